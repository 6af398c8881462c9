package io.scenerank.train;

import com.google.common.collect.ImmutableList;
import io.scenerank.layer.Initializer;
import io.scenerank.layer.Weight;
import io.scenerank.layer.WeightStore;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * What an optimizer needs of its graph.
 *
 * @param tf ops on the training device
 * @param slots where slots are created
 * @param learningRate scalar, fed each step
 * @param step number of this step, scalar, from 1
 */
public record OptimizerContext(
    Ops tf, WeightStore slots, Operand<TFloat32> learningRate, Operand<TFloat32> step) {

  /** The path of the slot of this name that belongs to the variable at {@code path}. */
  static String slotPath(String name, String path) {
    return "optimizer/" + name + "/" + path;
  }

  /**
   * Creates a slot of the variable's shape under {@code optimizer/<name>/<path of the variable>}.
   */
  Weight slot(String name, Weight weight, Initializer initializer) {
    ImmutableList<Weight.Part> parts =
        weight.parts().stream()
            .map(
                part ->
                    new Weight.Part(
                        slotPath(name, part.path()), part.shape(), part.rowOffset(), initializer))
            .collect(ImmutableList.toImmutableList());
    return slots.add(slotPath(name, weight.path()), weight.shape(), parts, 0f, false);
  }
}
