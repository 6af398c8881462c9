package io.scenerank.report;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.util.Arrays;
import java.util.Map;

/**
 * An element of HTML or SVG. Written as well-formed XML, with every text and attribute escaped.
 * Immutable.
 *
 * @param children elements and texts
 */
record Element(String name, ImmutableMap<String, String> attributes, ImmutableList<Node> children)
    implements Node {

  /** An element without attributes and children. */
  static Element of(String name) {
    return new Element(name, ImmutableMap.of(), ImmutableList.of());
  }

  /** An element of this class. */
  static Element of(String name, String cssClass) {
    return of(name).with("class", cssClass);
  }

  /** This element with one more attribute. */
  Element with(String attribute, String value) {
    return new Element(
        name,
        ImmutableMap.<String, String>builder()
            .putAll(attributes)
            .put(attribute, value)
            .buildOrThrow(),
        children);
  }

  /** This element with one more attribute. */
  Element with(String attribute, double value) {
    return with(attribute, Numbers.coordinate(value));
  }

  /** This element with more children. */
  Element add(Iterable<? extends Node> more) {
    return new Element(
        name, attributes, ImmutableList.<Node>builder().addAll(children).addAll(more).build());
  }

  /** This element with more children. */
  Element add(Node... more) {
    return add(Arrays.asList(more));
  }

  /** This element with more text. */
  Element text(String text) {
    return add(new Text(text));
  }

  /** This element with a tooltip. */
  Element tooltip(String text) {
    return add(of("title").text(text));
  }

  @Override
  public void write(StringBuilder out) {
    out.append('<').append(name);
    for (Map.Entry<String, String> attribute : attributes.entrySet()) {
      out.append(' ').append(attribute.getKey()).append("=\"");
      Text.escape(attribute.getValue(), out);
      out.append('"');
    }
    // HTML takes <br/> for an empty element and <td/> for the beginning of one.
    if (children.isEmpty() && VOID.contains(name)) {
      out.append("/>");
      return;
    }
    out.append('>');
    children.forEach(child -> child.write(out));
    out.append("</").append(name).append('>');
  }

  private static final ImmutableList<String> VOID = ImmutableList.of("meta", "br", "hr", "col");
}
