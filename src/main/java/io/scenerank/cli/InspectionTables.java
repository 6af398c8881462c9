package io.scenerank.cli;

import com.google.common.base.Strings;
import io.scenerank.keras.Inspector.Inspection;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** An inspection as tables of text. */
final class InspectionTables {
  private final Inspection inspection;

  InspectionTables(Inspection inspection) {
    this.inspection = inspection;
  }

  String render() {
    StringBuilder text = new StringBuilder();
    text.append(String.format("%s: %s%n", inspection.path(), inspection.kind()));
    inspection.model().ifPresent(model -> text.append(String.format("Model: %s%n", model)));
    inspection
        .versions()
        .forEach(
            (name, version) -> text.append(String.format("Written by %s %s%n", name, version)));
    inspection.optimizer().ifPresent(optimizer -> text.append(optimizer(optimizer)));
    inspection.signatures().forEach(signature -> text.append(signature(signature)));
    text.append(refused());
    if (!inspection.layers().isEmpty()) {
      text.append(String.format(Locale.ROOT, "%n%,d layers:%n", inspection.layers().size()))
          .append(
              lines(
                  inspection.layers().stream()
                      .map(layer -> List.of(layer.name(), layer.className()))
                      .toList()));
    }
    text.append(variables());
    return text.toString();
  }

  private static String optimizer(Inspection.OptimizerInfo optimizer) {
    return String.format(
        Locale.ROOT,
        "Optimizer: %s%s, %,d slots%n",
        optimizer.name().orElse("of an unknown class"),
        optimizer
            .step()
            .map(step -> String.format(Locale.ROOT, " after step %,d", step))
            .orElse(""),
        optimizer.slots());
  }

  private static String signature(Inspection.Signature signature) {
    List<List<String>> rows = new ArrayList<>();
    signature.inputs().forEach(input -> rows.add(row("input", input)));
    signature.outputs().forEach(output -> rows.add(row("output", output)));
    return String.format(
        "%nSignature %s (%s):%n%s", signature.name(), signature.method(), lines(rows));
  }

  private String refused() {
    return inspection.refused().isEmpty()
        ? ""
        : String.format(
            Locale.ROOT,
            "%n%,d ops for which the model is refused unless it is trusted (--trust):%n%s",
            inspection.refused().size(),
            lines(
                inspection.refused().stream()
                    .map(refused -> List.of(refused.op(), refused.effect(), refused.where()))
                    .toList()));
  }

  private static List<String> row(String role, Inspection.TensorSpec spec) {
    return List.of(role, spec.name(), spec.dtype(), spec.shape().toString());
  }

  private String variables() {
    return String.format(
        Locale.ROOT,
        "%n%,d variables of %,d values:%n%s",
        inspection.variables().size(),
        inspection.values(),
        lines(
            inspection.variables().stream()
                .map(
                    variable ->
                        List.of(variable.path(), variable.dtype(), variable.shape().toString()))
                .toList()));
  }

  /** A line a row, its cells below each other: the lists are too long for a table with borders. */
  private static String lines(List<List<String>> rows) {
    StringBuilder text = new StringBuilder();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int column = 0; column < row.size(); column++) {
        int index = column;
        int width = rows.stream().mapToInt(other -> other.get(index).length()).max().orElse(0);
        line.append("  ").append(Strings.padEnd(row.get(column), width, ' '));
      }
      text.append(line.toString().stripTrailing()).append(System.lineSeparator());
    }
    return text.toString();
  }
}
