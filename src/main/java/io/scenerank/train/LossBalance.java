package io.scenerank.train;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.variable.Initializer;
import io.scenerank.variable.Weight;
import io.scenerank.variable.WeightStore;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.types.TFloat32;

/** Weights of the tasks' losses that a training learns, in its graph. */
interface LossBalance {
  /** The loss of the batch without regularisers, scalar. */
  Operand<TFloat32> loss();

  /** What each task's loss is multiplied by in the step, [T]. */
  Operand<TFloat32> factors();

  /** Gradients of variables that the optimizer of the model's variables updates. */
  ImmutableMap<Weight, Operand<TFloat32>> gradients();

  /** The updates of the other variables. */
  ImmutableList<Op> updates();

  /** Its variables, without slots of the model's optimizer. */
  WeightStore variables();

  /**
   * Creates a variable. Its path is one of the optimizer's, which no layer of a model has.
   *
   * @param values how many values it has
   */
  static Weight variable(WeightStore store, String name, int values, float first) {
    String path = "optimizer/loss_weights/" + name;
    Shape shape = Shape.of(values);
    Initializer initializer = first == 0 ? Initializer.ZEROS : Initializer.constant(first);
    Weight.Part part = new Weight.Part(path, shape, 0, initializer);
    return store.add(path, shape, ImmutableList.of(part), 0f, false);
  }

  /** Whether a slot of the model's optimizer is that of one of these variables. */
  default boolean hasSlot(Weight slot) {
    List<Weight> own = variables().weights();
    return own.stream().anyMatch(weight -> slot.path().endsWith("/" + weight.path()));
  }
}
