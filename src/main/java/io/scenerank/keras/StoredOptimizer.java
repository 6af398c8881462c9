package io.scenerank.keras;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.feature.InvalidInputException;
import io.scenerank.layer.FloatTensor;
import io.scenerank.model.ModelDefinition;
import io.scenerank.train.AdamState;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.tensorflow.ndarray.Shape;

/**
 * An Adam as a file holds it.
 *
 * @param step number of steps so far
 * @param moments first and second moment of each trainable variable, by turns, in the order of
 *     {@code model.trainable_variables}
 */
record StoredOptimizer(StoredVariable step, ImmutableList<StoredVariable> moments) {

  /**
   * Picks an optimizer's variables out of its list: the first integer counts the steps, scalars of
   * another type (the learning rate) are no moments.
   */
  static Optional<StoredOptimizer> of(List<StoredVariable> variables) {
    return variables.stream()
        .filter(variable -> !variable.isFloat() && variable.shape().size() == 1)
        .findFirst()
        .map(
            step ->
                new StoredOptimizer(
                    step,
                    variables.stream()
                        .filter(
                            variable -> variable.isFloat() && variable.shape().numDimensions() > 0)
                        .collect(ImmutableList.toImmutableList())));
  }

  /** Whether the optimizer has run no step, so that it has no moments to bring along. */
  boolean isFresh() {
    return moments.isEmpty();
  }

  /**
   * The moments by variable.
   *
   * @param generation of Keras, 2 or 3
   * @throws InvalidInputException if the moments are not two for each trainable variable, of its
   *     shape
   */
  AdamState read(
      String where, ModelDefinition<?> definition, ModelVariables variables, int generation) {
    ImmutableList<String> paths =
        KerasOrder.trainableVariables(definition, generation, variables.paths());
    if (moments.size() != 2 * paths.size()) {
      throw new InvalidInputException(
          String.format(
              "%s: the optimizer has %d moments, expected the %d of an Adam of %d variables",
              where, moments.size(), 2 * paths.size(), paths.size()));
    }
    ImmutableMap.Builder<String, FloatTensor> m = ImmutableMap.builder();
    ImmutableMap.Builder<String, FloatTensor> v = ImmutableMap.builder();
    for (int i = 0; i < paths.size(); i++) {
      Shape shape = variables.shapes().get(paths.get(i));
      m.put(paths.get(i), moment(where, paths.get(i), shape, moments.get(2 * i)));
      v.put(paths.get(i), moment(where, paths.get(i), shape, moments.get(2 * i + 1)));
    }
    return new AdamState(step.readLong(where), m.buildOrThrow(), v.buildOrThrow());
  }

  private static FloatTensor moment(String where, String path, Shape shape, StoredVariable stored) {
    if (!stored.shape().equals(shape)) {
      throw new InvalidInputException(
          String.format(
              "%s: the optimizer's '%s' is %s, expected %s for the moment of %s",
              where,
              stored.key(),
              Arrays.toString(stored.shape().asArray()),
              Arrays.toString(shape.asArray()),
              path));
    }
    return stored.read(where);
  }
}
