package io.scenerank.keras;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import io.scenerank.train.optimizer.AdamState;
import java.util.List;
import java.util.Optional;
import org.tensorflow.ndarray.Shape;

/**
 * An optimizer as a file holds it.
 *
 * @param name what the file calls it, {@code adam_1}, where it does
 * @param step number of steps so far
 * @param learningRate its learning rate, where that is a number and no schedule
 * @param listed its variables of the shapes of the model's, in its order
 * @param slots Adam's moments by the key of their variable, where the file says whose they are
 */
record StoredOptimizer(
    Optional<String> name,
    StoredVariable step,
    Optional<StoredVariable> learningRate,
    ImmutableList<StoredVariable> listed,
    ImmutableMap<String, Moments> slots) {

  /** Both moments of a variable. */
  record Moments(StoredVariable m, StoredVariable v) {
    boolean fit(Shape shape) {
      return m.shape().equals(shape) && v.shape().equals(shape);
    }
  }

  /**
   * Picks an optimizer's variables out of its list: the first integer counts the steps; a float
   * without dimensions behind it is the learning rate, which is missing where a schedule gives it.
   */
  static Optional<StoredOptimizer> of(Optional<String> name, List<StoredVariable> variables) {
    return variables.stream()
        .filter(variable -> !variable.isFloat() && variable.shape().size() == 1)
        .findFirst()
        .map(
            step ->
                new StoredOptimizer(
                    name,
                    step,
                    variables.stream()
                        .skip(variables.indexOf(step) + 1L)
                        .limit(1)
                        .filter(StoredOptimizer::isRate)
                        .findFirst(),
                    variables.stream()
                        .filter(
                            variable -> variable.isFloat() && variable.shape().numDimensions() > 0)
                        .collect(ImmutableList.toImmutableList()),
                    ImmutableMap.of()));
  }

  private static boolean isRate(StoredVariable variable) {
    return variable.isFloat() && variable.shape().numDimensions() == 0;
  }

  /** The same optimizer, whose file says whose moments are whose. */
  StoredOptimizer withSlots(ImmutableMap<String, Moments> newSlots) {
    return new StoredOptimizer(name, step, learningRate, listed, newSlots);
  }

  /** Number of variables of the model's shapes. */
  int size() {
    return Math.max(listed.size(), 2 * slots.size());
  }

  /** Whether the optimizer has run no step, so that it has no state to bring along. */
  boolean isFresh() {
    return size() == 0;
  }

  /** Whether the file calls it Adam, with Keras' counter or without. */
  boolean isNamedAdam() {
    return name.filter(given -> given.matches("adam(_\\d{1,9})?")).isPresent();
  }

  /**
   * Reads the values.
   *
   * @param moments what {@link MomentMatch} found
   * @throws io.scenerank.config.InvalidInputException if a value is damaged
   */
  AdamState read(String where, ImmutableMap<String, Moments> moments) {
    return new AdamState(
        step.readLong(where),
        ImmutableMap.copyOf(Maps.transformValues(moments, both -> both.m().read(where))),
        ImmutableMap.copyOf(Maps.transformValues(moments, both -> both.v().read(where))));
  }
}
