package io.scenerank.keras;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import io.scenerank.feature.InvalidInputException;
import io.scenerank.model.ModelDefinition;
import io.scenerank.train.AdamState;
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
 * @param listed first and second moment of each trainable variable, by turns, in the order of
 *     {@code model.trainable_variables}
 * @param slots the moments by the key of their variable, where the file says whose they are
 */
record StoredOptimizer(
    StoredVariable step,
    Optional<StoredVariable> learningRate,
    ImmutableList<StoredVariable> listed,
    ImmutableMap<String, Moments> slots) {

  /** Both moments of a variable. */
  record Moments(StoredVariable m, StoredVariable v) {
    private boolean fit(Shape shape) {
      return m.shape().equals(shape) && v.shape().equals(shape);
    }
  }

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
                        .collect(ImmutableList.toImmutableList()),
                    ImmutableMap.of()));
  }

  private static boolean isRate(StoredVariable variable) {
    return variable.isFloat() && variable.shape().numDimensions() == 0;
  }

  /** Number of moments. */
  int size() {
    return listed.size() + 2 * slots.size();
  }

  /** Whether the optimizer has run no step, so that it has no moments to bring along. */
  boolean isFresh() {
    return size() == 0;
  }

  /**
   * The moments by the path of their variable; empty if they are not those of the model's trainable
   * variables, each of its shape.
   *
   * @param variables of the model
   * @param match the source's variables
   */
  Optional<ImmutableMap<String, Moments>> match(
      KerasSource source,
      ModelDefinition<?> definition,
      ModelVariables variables,
      WeightMatch match) {
    ImmutableList<String> reference =
        new KerasOrder(FunctionalModel.of(definition, source.generation()))
            .trainableVariables(variables.paths());
    ImmutableList<String> paths =
        source.model().map(model -> inOrderOf(model, reference)).orElse(reference);
    if (size() != 2 * paths.size()) {
      return Optional.empty();
    }
    ImmutableMap.Builder<String, Moments> moments = ImmutableMap.builder();
    for (int i = 0; i < paths.size(); i++) {
      Moments found =
          slots.isEmpty()
              ? new Moments(listed.get(2 * i), listed.get(2 * i + 1))
              : slots.get(match.keyOf(paths.get(i)));
      if (found == null || !found.fit(variables.shapes().get(paths.get(i)))) {
        return Optional.empty();
      }
      moments.put(paths.get(i), found);
    }
    return Optional.of(moments.buildOrThrow());
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

  /**
   * Reads the values.
   *
   * @param moments what {@link #match} found
   * @throws InvalidInputException if a value is damaged
   */
  AdamState read(String where, ImmutableMap<String, Moments> moments) {
    return new AdamState(
        step.readLong(where),
        ImmutableMap.copyOf(Maps.transformValues(moments, both -> both.m().read(where))),
        ImmutableMap.copyOf(Maps.transformValues(moments, both -> both.v().read(where))));
  }
}
