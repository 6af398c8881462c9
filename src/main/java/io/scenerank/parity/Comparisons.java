package io.scenerank.parity;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Sets;
import io.scenerank.config.InvalidInputException;
import io.scenerank.variable.FloatTensor;
import io.scenerank.variable.Weight;
import java.util.Map;

/** Compares what was computed with what a case expects. */
final class Comparisons {
  private final Tolerances tolerances;

  Comparisons(Tolerances tolerances) {
    this.tolerances = tolerances;
  }

  /**
   * @param actual computed tensors by their name in the file, {@code outputs/out} for instance
   * @param expected expected tensors by group and name
   * @throws InvalidInputException if the file expects a tensor that there is not, or of another
   *     shape
   */
  ImmutableList<TensorComparison> compare(
      CaseFile file,
      ImmutableMap<String, FloatTensor> actual,
      ImmutableMap<String, ImmutableMap<String, FloatTensor>> expected) {
    ImmutableList.Builder<TensorComparison> result = ImmutableList.builder();
    expected.forEach(
        (group, tensors) ->
            tensors.forEach(
                (name, value) -> {
                  String tensor = group + "/" + name;
                  FloatTensor computed = actual.get(tensor);
                  if (computed == null || !computed.shape().equals(value.shape())) {
                    throw new InvalidInputException(
                        String.format(
                            "%s: '%s' has the shape %s in the file, %s in the model",
                            file.path(),
                            tensor,
                            value.shape(),
                            computed == null ? "and is not" : computed.shape()));
                  }
                  result.add(TensorComparison.of(tensor, computed, value, tolerance(group)));
                }));
    return result.build();
  }

  private double tolerance(String group) {
    return switch (group) {
      case "outputs" -> tolerances.outputs();
      case "input_grads", "weight_grads" -> tolerances.gradients();
      case "initial" -> 0; // the same bits, or another initialiser
      case "steps" -> tolerances.losses();
      default -> tolerances.weights();
    };
  }

  /**
   * Checks that the file holds every variable in its shape and no other.
   *
   * @throws InvalidInputException listing what is missing, surplus or of another shape
   */
  void requireWeights(CaseFile file, Map<String, Weight.Part> variables) {
    ImmutableSet<String> missing =
        Sets.difference(variables.keySet(), file.weights().keySet()).immutableCopy();
    ImmutableSet<String> surplus =
        Sets.difference(file.weights().keySet(), variables.keySet()).immutableCopy();
    if (!missing.isEmpty() || !surplus.isEmpty()) {
      throw new InvalidInputException(
          file.path()
              + ": the weights do not fit "
              + file.name()
              + ": missing "
              + missing
              + ", surplus "
              + surplus);
    }
    variables.forEach(
        (path, part) -> {
          if (!requireNonNull(file.weights().get(path), path).shape().equals(part.shape())) {
            throw new InvalidInputException(
                String.format(
                    "%s: weights/%s has the shape %s, expected %s",
                    file.path(),
                    path,
                    requireNonNull(file.weights().get(path), path).shape(),
                    part.shape()));
          }
        });
  }
}
