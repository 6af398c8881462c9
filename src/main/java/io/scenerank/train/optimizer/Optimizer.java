package io.scenerank.train.optimizer;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import io.scenerank.variable.Initializer;
import io.scenerank.variable.Weight;
import io.scenerank.variable.WeightStore;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** Adds the updates of one training step to a graph, on the device of the context's ops. */
public interface Optimizer {
  /**
   * Updates a whole variable, or a whole shard of it, with a gradient of its shape.
   *
   * @param shard which of the variable's resources
   */
  Op apply(Weight weight, int shard, Operand<TFloat32> gradient);

  /**
   * Updates a variable that is none of the model's, such as a weight of the losses, with a gradient
   * of its shape. What an optimizer does to the model's variables besides, weight decay and the
   * clipping of each gradient, it does not do to this one.
   */
  default Op applyPlain(Weight weight, Operand<TFloat32> gradient) {
    return apply(weight, 0, gradient);
  }

  /**
   * Updates some rows of a table.
   *
   * @param shard which of the table's resources
   * @param rows its own numbers of the rows, [u], each row once
   * @param gradient [u, D]
   */
  Op applyRows(Weight table, int shard, Operand<TInt32> rows, Operand<TFloat32> gradient);

  /**
   * What an optimizer needs of its graph.
   *
   * @param tf ops on the training device
   * @param slots where slots are created
   * @param learningRate scalar, fed each step
   * @param step number of this step, scalar, from 1
   */
  record OptimizerContext(
      Ops tf, WeightStore slots, Operand<TFloat32> learningRate, Operand<TFloat32> step) {

    /** The same, with values that are on the context's device once they are there. */
    OptimizerContext arrived() {
      return new OptimizerContext(tf, slots, tf.identity(learningRate), tf.identity(step));
    }

    /** The same, with ops that run after another. */
    OptimizerContext after(Op op) {
      return new OptimizerContext(tf.withControlDependencies(op), slots, learningRate, step);
    }

    /** The path of the slot of this name that belongs to the variable at {@code path}. */
    public static String slotPath(String name, String path) {
      return "optimizer/" + name + "/" + path;
    }

    /** The name of a slot, by its path; empty for a variable of the optimizer itself. */
    public static Optional<String> slotName(String path) {
      List<String> parts = Splitter.on('/').limit(3).splitToList(path);
      return parts.size() == 3 ? Optional.of(parts.get(1)) : Optional.empty();
    }

    /**
     * The slot of a variable, of its shape and on its device, under {@code optimizer/<name>/<path
     * of the variable>}; created where it is not there yet.
     *
     * @param shard which of the variable's resources the slot is wanted for
     */
    public Weight.Shard slot(String name, Weight weight, int shard, Initializer initializer) {
      String path = slotPath(name, weight.path());
      return slots
          .find(path)
          .orElseGet(() -> slots.addBeside(weight, path, parts(name, weight, initializer)))
          .shards()
          .get(shard);
    }

    private static ImmutableList<Weight.Part> parts(
        String name, Weight weight, Initializer initializer) {
      return weight.parts().stream()
          .map(
              part ->
                  new Weight.Part(
                      slotPath(name, part.path()), part.shape(), part.rowOffset(), initializer))
          .collect(ImmutableList.toImmutableList());
    }
  }
}
