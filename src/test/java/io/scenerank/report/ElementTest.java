package io.scenerank.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;

class ElementTest {
  private static String write(Node node) {
    StringBuilder out = new StringBuilder();
    node.write(out);
    return out.toString();
  }

  @Test
  void textsAndAttributesAreEscaped() {
    Element element =
        Element.of("td", "a\"b'c")
            .with("x", 1.5)
            .text("<script>alert('&amp;')</script>")
            .add(Element.of("br"))
            .tooltip("1 < 2");
    assertThat(write(element))
        .isEqualTo(
            "<td class=\"a&quot;b&#39;c\" x=\"1.5\">&lt;script&gt;alert(&#39;&amp;amp;&#39;)"
                + "&lt;/script&gt;<br/><title>1 &lt; 2</title></td>");
    assertThat(write(Element.of("td"))).isEqualTo("<td></td>");
    assertThat(write(Element.of("p").add(List.of(new Text("a"), new Text("b")))))
        .isEqualTo("<p>ab</p>");
  }

  @Property(tries = 500)
  void anyTextComesBack(@ForAll String text) {
    Document document = Xml.parse(write(Element.of("p").with("title", text).text(text)));
    // What XML cannot hold is replaced; a parser makes one line feed of a carriage return.
    String expected =
        text.codePoints()
            .map(letter -> isXml(letter) ? letter : 0xFFFD)
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString()
            .replace("\r\n", "\n")
            .replace('\r', '\n');
    assertThat(document.getDocumentElement().getTextContent()).isEqualTo(expected);
    assertThat(document.getDocumentElement().getAttribute("title"))
        .isEqualTo(expected.replaceAll("[\n\t]", " "));
  }

  private static boolean isXml(int letter) {
    return letter == 9
        || letter == 10
        || letter == 13
        || letter >= 0x20 && letter < 0xD800
        || letter >= 0xE000 && letter < 0xFFFE
        || letter >= 0x10000;
  }
}
