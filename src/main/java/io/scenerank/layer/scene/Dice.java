package io.scenerank.layer.scene;

import io.scenerank.layer.base.Arguments;
import io.scenerank.layer.base.BuildScope;
import io.scenerank.layer.base.Layer;
import io.scenerank.layer.base.Layer.Variable;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.variable.Initializer;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.math.Mean;
import org.tensorflow.types.family.TFloating;

/**
 * Data-adaptive activation: {@code p·x + alpha·(1-p)·x}, where p is the sigmoid of x normalised by
 * the mean and the variance of the current batch (epsilon 1e-3).
 *
 * <p>Training and inference both use the current batch, as in the Keras code: there are no moving
 * statistics, and so a row's score depends on the rows it is scored with.
 *
 * <p>Input and output [B, …]. Variable {@code alpha} [1] (zeros). Source: Deep Interest Network
 * (Zhou et al., 2018), section 5.3.
 */
final class Dice extends Layer {
  static final LayerType TYPE = LayerType.of("Dice", Dice::new).module("scenerank_keras.layers");

  private static final double EPSILON = 1e-3;

  private Dice(LayerConfig config) {
    super(config);
  }

  @Override
  public Call build(BuildScope scope, Arguments<MaskedTensor> inputs) {
    Variable alpha = scope.add("alpha", Shape.of(1), Initializer.ZEROS, Optional.empty());
    return unary(
        (context, x) -> {
          Ops tf = context.tf();
          Operand<TFloating> mean = tf.math.mean(x, tf.constant(0), Mean.keepDims(true));
          Operand<TFloating> variance =
              tf.math.mean(
                  tf.math.squaredDifference(x, tf.stopGradient(mean)),
                  tf.constant(0),
                  Mean.keepDims(true));
          Operand<TFloating> scale =
              tf.math.rsqrt(tf.math.add(variance, context.number(x, EPSILON)));
          Operand<TFloating> p = tf.math.sigmoid(tf.math.mul(tf.math.sub(x, mean), scale));
          Operand<TFloating> rest =
              tf.math.mul(alpha.read(tf), tf.math.sub(context.number(x, 1), p));
          return tf.math.add(tf.math.mul(rest, x), tf.math.mul(p, x));
        });
  }
}
