package io.scenerank.keras;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.feature.InvalidInputException;
import io.scenerank.layer.FloatTensor;
import io.scenerank.model.ModelDefinition;
import io.scenerank.train.AdamState;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.ndarray.Shape;

/**
 * An Adam as a file holds it.
 *
 * @param step number of steps so far
 * @param learningRate its learning rate, where that is a number and no schedule
 * @param moments first and second moment of each trainable variable, by turns, in the order of
 *     {@code model.trainable_variables}
 */
record StoredOptimizer(
    StoredVariable step,
    Optional<StoredVariable> learningRate,
    ImmutableList<StoredVariable> moments) {

  /**
   * Picks an optimizer's variables out of its list: the first integer counts the steps, the first
   * float without dimensions is the learning rate.
   */
  static Optional<StoredOptimizer> of(List<StoredVariable> variables) {
    return variables.stream()
        .filter(variable -> !variable.isFloat() && variable.shape().size() == 1)
        .findFirst()
        .map(
            step ->
                new StoredOptimizer(
                    step,
                    variables.stream().filter(StoredOptimizer::isRate).findFirst(),
                    variables.stream()
                        .filter(
                            variable -> variable.isFloat() && variable.shape().numDimensions() > 0)
                        .collect(ImmutableList.toImmutableList())));
  }

  private static boolean isRate(StoredVariable variable) {
    return variable.isFloat() && variable.shape().numDimensions() == 0;
  }

  /** Whether the optimizer has run no step, so that it has no moments to bring along. */
  boolean isFresh() {
    return moments.isEmpty();
  }

  /**
   * The moments by variable.
   *
   * @param variables of the model
   * @throws InvalidInputException if the moments are not two for each trainable variable, of its
   *     shape
   */
  AdamState read(KerasSource source, ModelDefinition<?> definition, ModelVariables variables) {
    String where = source.where();
    ImmutableList<String> reference =
        KerasOrder.trainableVariables(definition, source.generation(), variables.paths());
    ImmutableList<String> paths =
        source.model().map(model -> inOrderOf(model, reference)).orElse(reference);
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

  /** The variables in the order of a model that may have its layers in another one. */
  private static ImmutableList<String> inOrderOf(
      FunctionalModel model, ImmutableList<String> variables) {
    ImmutableList<String> layers =
        model.layers().stream().map(FunctionalLayer::path).collect(ImmutableList.toImmutableList());
    Map<String, Integer> places = new HashMap<>();
    for (String variable : variables) {
      places.put(
          variable,
          OwnedPath.of(variable, layers).stream()
              .mapToInt(owned -> layers.indexOf(owned.layer()))
              .min()
              .orElse(layers.size()));
    }
    return ImmutableList.sortedCopyOf(Comparator.comparing(places::get), variables);
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
