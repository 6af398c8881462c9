package io.scenerank.parity;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import io.scenerank.config.ConfigMapper;
import java.nio.file.Path;
import java.util.Locale;

/**
 * What running a case showed.
 *
 * @param path the case file
 * @param kind {@code layer} or {@code model}
 * @param name of the layer or model
 * @param tensors every compared tensor
 */
public record CaseResult(
    Path path, String kind, String name, ImmutableList<TensorComparison> tensors) {

  /** Whether every tensor is within its tolerance. */
  public boolean passed() {
    return tensors.stream().allMatch(TensorComparison::passed);
  }

  /** A line for the case and one for each tensor. */
  public String toText() {
    StringBuilder text = new StringBuilder();
    text.append(String.format("%s  %s %s  %s%n", passed() ? "ok    " : "FAILED", kind, name, path));
    for (TensorComparison tensor : tensors) {
      text.append(
          String.format(
              Locale.ROOT,
              "  %s %-60s max abs %.2e  max rel %.2e  at %s%s%n",
              tensor.passed() ? "ok    " : "FAILED",
              tensor.tensor(),
              tensor.maxAbs(),
              tensor.maxRel(),
              tensor.at(),
              tensor.passed()
                  ? ""
                  : String.format(
                      Locale.ROOT,
                      ": computed %s, expected %s, tolerance %.0e",
                      tensor.actual(),
                      tensor.expected(),
                      tensor.tolerance())));
    }
    return text.toString();
  }

  /** The case with an object for each tensor. */
  public ObjectNode toJson() {
    ObjectNode node = new ConfigMapper().newObject();
    node.put("case", path.toString());
    node.put("kind", kind);
    node.put("name", name);
    node.put("passed", passed());
    ArrayNode rows = node.putArray("tensors");
    for (TensorComparison tensor : tensors) {
      ObjectNode row = rows.addObject();
      row.put("tensor", tensor.tensor());
      row.put("max_abs", tensor.maxAbs());
      row.put("max_rel", tensor.maxRel());
      tensor.at().forEach(row.withArray("at")::add);
      row.put("tolerance", tensor.tolerance());
      row.put("passed", tensor.passed());
    }
    return node;
  }
}
