package io.scenerank.layer.base;

import io.scenerank.layer.base.Layer.Variable;
import io.scenerank.variable.Initializer;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Low-rank adaptation: a frozen kernel and the product of two small matrices that are trained. In
 * Keras' files the product is merged into the kernel; a model that is loaded begins with zeros in
 * both, of which no gradient leads away, as in Keras. Source: LoRA: Low-Rank Adaptation of Large
 * Language Models (Hu et al., 2021).
 */
final class Adaptation {
  private static final String RANK = "lora_rank";

  private Adaptation() {}

  /** Whether an argument is about what a layer's inputs are multiplied by or looked up in. */
  static boolean isKernel(String argument) {
    return argument.equals("kernel") || argument.equals("embeddings");
  }

  /** Whether a layer adapts its variable of this name. */
  static boolean adapts(LayerConfig config, String argument) {
    return isKernel(argument) && config.argumentOrMissing(RANK).asInt(0) > 0;
  }

  /** Creates the two matrices. */
  static Variable of(BuildScope scope, Variable variable, LayerConfig config, String argument) {
    int rank = config.argumentOrMissing(RANK).asInt();
    Shape shape = variable.shape();
    long last = shape.get(shape.numDimensions() - 1);
    Shape outer = shape.take(shape.numDimensions() - 1);
    Variable a =
        scope.addUnstored("lora_" + argument + "_a", outer.append(rank), Initializer.ZEROS);
    Variable b =
        scope.addUnstored("lora_" + argument + "_b", Shape.of(rank, last), Initializer.ZEROS);
    Ops tf = scope.store().ops();
    Operand<TFloat32> rows =
        tf.reshape(a.value(), tf.constant(new long[] {outer.size(), rank})); // [in, rank]
    Operand<TFloat32> product = tf.linalg.matMul(rows, b.value());
    Operand<TFloat32> change =
        tf.math.mul(
            tf.constant(config.adaptationScale(rank)),
            tf.reshape(product, tf.constant(shape.asArray())));
    return new Variable(
        variable.weight().withValue(tf.math.add(variable.value(), change)), variable.compute());
  }
}
