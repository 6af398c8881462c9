package io.scenerank.keras;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Puts what forms have in common into {@code model_params}. */
final class DefinitionParams {
  private DefinitionParams() {}

  static void list(ObjectNode params, String key, Iterable<Integer> values) {
    ArrayNode array = params.putArray(key);
    values.forEach(array::add);
  }

  /** All widths but the last, which is the output's. */
  static void inner(ObjectNode params, String key, List<Integer> units) {
    list(params, key, units.subList(0, Math.max(0, units.size() - 1)));
  }

  /** The tasks, sorted by what tells their place; the model's order decides where it is alike. */
  static void tasks(
      ObjectNode params,
      List<DefinitionWiring.Output> outputs,
      Function<DefinitionWiring.Output, Integer> place) {
    ArrayNode tasks = params.putArray("task_names");
    outputs.stream()
        .sorted(Comparator.comparing(place))
        .forEach(output -> tasks.add(output.task()));
  }

  /** The linear logits, which all tasks share. */
  static void linear(
      ObjectNode params, List<DefinitionWiring.Output> outputs, DefinitionColumns columns) {
    Optional<FunctionalTensor> linear = outputs.get(0).linear();
    params.put("linear_logits", linear.isPresent());
    linear.ifPresent(columns::linear);
  }

  /** The number in a layer's path, {@code 1} of {@code task_1_gates}; last where there is none. */
  static int number(FunctionalLayer layer, String before, String after) {
    String path = layer.path();
    boolean fits =
        path.length() <= before.length() + after.length() + 9
            && path.matches("\\Q" + before + "\\E\\d+\\Q" + after + "\\E");
    return fits
        ? Integer.parseInt(path.substring(before.length(), path.length() - after.length()))
        : Integer.MAX_VALUE;
  }
}
