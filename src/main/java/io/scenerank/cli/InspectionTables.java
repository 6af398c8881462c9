package io.scenerank.cli;

import io.scenerank.eval.TextTable;
import io.scenerank.keras.Inspection;
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
    if (!inspection.layers().isEmpty()) {
      text.append(String.format("%n%,d layers:%n", inspection.layers().size()));
      TextTable layers = TextTable.withHeader("layer", "class");
      for (Inspection.LayerInfo layer : inspection.layers()) {
        layers = layers.plus(List.of(layer.name(), layer.className()));
      }
      text.append(layers.render()).append(System.lineSeparator());
    }
    text.append(variables());
    return text.toString();
  }

  private static String optimizer(Inspection.OptimizerInfo optimizer) {
    return String.format(
        Locale.ROOT,
        "Optimizer: %s%s, %,d slots%n",
        optimizer.name().orElse("of a class that is not said"),
        optimizer
            .step()
            .map(step -> String.format(Locale.ROOT, " after step %,d", step))
            .orElse(""),
        optimizer.slots());
  }

  private static String signature(Inspection.Signature signature) {
    TextTable table = TextTable.withHeader("", "name", "dtype", "shape");
    for (Inspection.TensorSpec input : signature.inputs()) {
      table = table.plus(row("input", input));
    }
    for (Inspection.TensorSpec output : signature.outputs()) {
      table = table.plus(row("output", output));
    }
    return String.format(
        "%nSignature %s (%s):%n%s%n", signature.name(), signature.method(), table.render());
  }

  private static List<String> row(String role, Inspection.TensorSpec spec) {
    return List.of(role, spec.name(), spec.dtype(), spec.shape().toString());
  }

  private String variables() {
    TextTable table = TextTable.withHeader("variable", "dtype", "shape", "values");
    for (Inspection.VariableInfo variable : inspection.variables()) {
      table =
          table.plus(
              List.of(
                  variable.path(),
                  variable.dtype(),
                  variable.shape().toString(),
                  String.format(Locale.ROOT, "%,d", variable.values())));
    }
    return String.format(
        Locale.ROOT,
        "%n%,d variables of %,d values:%n%s%n",
        inspection.variables().size(),
        inspection.values(),
        table.render());
  }
}
