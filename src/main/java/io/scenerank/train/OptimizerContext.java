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

  /**
   * Creates a slot of the variable's shape under {@code optimizer/<name>/<path of the variable>}.
   */
  Weight slot(String name, Weight weight, Initializer initializer) {
    String prefix = "optimizer/" + name + "/";
    ImmutableList<Weight.Part> parts =
        weight.parts().stream()
            .map(
                part ->
                    new Weight.Part(
                        prefix + part.path(), part.shape(), part.rowOffset(), initializer))
            .collect(ImmutableList.toImmutableList());
    return slots.add(prefix + weight.path(), weight.shape(), parts, 0f, false);
  }
}
