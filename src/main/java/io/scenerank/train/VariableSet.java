package io.scenerank.train;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.config.InvalidInputException;
import io.scenerank.config.SpellingHint;
import io.scenerank.train.optimizer.Optimizer.OptimizerContext;
import io.scenerank.variable.FloatTensor;
import io.scenerank.variable.Weight;
import io.scenerank.variable.WeightAccess;
import java.util.List;
import java.util.Map;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;

/**
 * Variables that are read and written together: all of a model's, or the slots of one name by the
 * paths of the variables that they belong to.
 */
final class VariableSet {
  private final String what;
  private final String prefix;
  private final ImmutableMap<String, Shape> shapes;
  private final WeightAccess access;

  private VariableSet(Ops tf, String what, String prefix, List<Weight> weights) {
    this.what = what;
    this.prefix = prefix;
    this.access = new WeightAccess(tf, weights);
    ImmutableMap.Builder<String, Shape> parts = ImmutableMap.builder();
    for (Weight weight : weights) {
      weight
          .parts()
          .forEach(part -> parts.put(part.path().substring(prefix.length()), part.shape()));
    }
    this.shapes = parts.buildOrThrow();
  }

  /** A model's variables. */
  static VariableSet ofModel(Ops tf, List<Weight> weights) {
    return new VariableSet(tf, "variable", "", weights);
  }

  /** Those of the slots that have this name. */
  static VariableSet ofSlot(Ops tf, String slot, ImmutableList<Weight> slots) {
    String prefix = OptimizerContext.slotPath(slot, "");
    return new VariableSet(
        tf,
        "moment " + slot + " of the variable",
        prefix,
        slots.stream().filter(weight -> weight.path().startsWith(prefix)).toList());
  }

  /** The values by path. */
  ImmutableMap<String, FloatTensor> read(Session session) {
    ImmutableMap<String, FloatTensor> values = access.read(session);
    ImmutableMap.Builder<String, FloatTensor> byPath = ImmutableMap.builder();
    values.forEach((path, value) -> byPath.put(path.substring(prefix.length()), value));
    return byPath.buildOrThrow();
  }

  /**
   * Checks that there is one value of the right shape for every variable and none besides.
   *
   * @throws InvalidInputException naming the variable that is missing, surplus or of another shape
   */
  void requireFits(Map<String, FloatTensor> values) {
    shapes.forEach(
        (path, shape) -> {
          FloatTensor value = values.get(path);
          if (value == null || !value.shape().equals(shape)) {
            throw new InvalidInputException(
                String.format(
                    "%s '%s': found %s, expected the shape %s",
                    what, path, value == null ? "nothing" : "the shape " + value.shape(), shape));
          }
        });
    for (String path : values.keySet()) {
      if (!shapes.containsKey(path)) {
        throw new InvalidInputException(
            String.format(
                "%s '%s' is not one that the model trains%s",
                what,
                path,
                SpellingHint.to(path, shapes.keySet())
                    .map(near -> "; did you mean '" + near + "'?")
                    .orElse("")));
      }
    }
  }

  /** Whether there is a variable of this path. */
  boolean has(String path) {
    return shapes.containsKey(path);
  }

  /** Writes rows of a table. See {@link WeightAccess#assignRows}. */
  void assignRows(Session session, String path, int[] rows, float[] values) {
    access.assignRows(session, prefix + path, rows, values);
  }

  /** Writes values that {@link #requireFits} has passed. */
  void assign(Session session, Map<String, FloatTensor> values) {
    ImmutableMap.Builder<String, FloatTensor> byName = ImmutableMap.builder();
    values.forEach((path, value) -> byName.put(prefix + path, value));
    access.assign(session, byName.buildOrThrow());
  }
}
