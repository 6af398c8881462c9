package io.scenerank.layer.normalization;

import io.scenerank.layer.base.Arguments;
import io.scenerank.layer.base.BuildScope;
import io.scenerank.layer.base.Casts;
import io.scenerank.layer.base.Layer;
import io.scenerank.layer.base.Layer.CallContext;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.layer.base.Sizes;
import io.scenerank.layer.base.Structure;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TFloating;

/**
 * Keras' {@code BatchNormalization}: {@code gamma · (x - mean) / sqrt(variance + epsilon) + beta}.
 * In training the moments are the batch's, of the steps that count, and the moving ones follow
 * them; at inference and in a frozen layer they are the moving ones.
 *
 * <p>Input and output [B, …]. Variables {@code gamma} (ones), {@code beta} (zeros), and, untrained,
 * {@code moving_mean} (zeros) and {@code moving_variance} (ones), of the size of the axis. Source:
 * Batch Normalization (Ioffe and Szegedy, 2015), algorithms 1 and 2.
 */
final class BatchNormalization extends Layer {
  static final LayerType TYPE =
      ScaleAndOffset.arguments(
          LayerType.of("BatchNormalization", BatchNormalization::new)
              .alias("SyncBatchNormalization")
              .argument("axis", -1)
              .argument("momentum", 0.99)
              .argument("epsilon", 1e-3)
              .argument("moving_mean_initializer", "zeros")
              .argument("moving_variance_initializer", "ones")
              .only("renorm", false)
              .argument("renorm_clipping", null)
              .argument("renorm_momentum", 0.99)
              .argument("synchronized", false)
              .only("virtual_batch_size", null)
              .argument("fused", null));

  /** Keras' {@code backend.epsilon()}. */
  private static final double LEAST_COUNT = 1e-7;

  private final int axis;
  private final double momentum;
  private final double epsilon;

  private BatchNormalization(LayerConfig config) {
    super(config);
    this.axis = config.single("axis", Integer.MIN_VALUE);
    this.momentum = config.number("momentum");
    this.epsilon = config.number("epsilon");
  }

  @Override
  public Masking masking() {
    return Masking.PASS;
  }

  @Override
  public Call build(BuildScope scope, Arguments<MaskedTensor> inputs) {
    MaskedTensor first = inputs.tensors().get(0);
    int place = Sizes.axis(axis, first.rank());
    Shape shape = Shape.of(first.size(place));
    ScaleAndOffset variables = ScaleAndOffset.create(scope, config(), shape);
    MovingMoments moving =
        new MovingMoments(
            scope.addUntrained(
                "moving_mean", shape, config().initializer("moving_mean_initializer", shape)),
            scope.addUntrained(
                "moving_variance",
                shape,
                config().initializer("moving_variance_initializer", shape)),
            (float) momentum);
    long[] fitting = LayerNormalization.fitting(first, place);
    int[] over = Sizes.allBut(place, first.rank());
    return (context, arguments) -> {
      Ops tf = context.tf();
      MaskedTensor given = arguments.tensors().get(0);
      Operand<TFloating> x = Moments.widened(tf, given.floats());
      Moments moments;
      if (context.training().isPresent() && scope.isTrainable()) {
        Optional<Operand<TBool>> mask = mask(tf, arguments, 2);
        moments = ofBatch(context, x, mask, over);
        boolean fused = isFused(first.rank(), mask.isPresent());
        // One by one: an op that waits for both is a message more where they are on other machines.
        moving
            .follow(tf, fused ? moments.ofSample(tf, x, over) : moments)
            .forEach(scope.store()::addUpdate);
      } else {
        moments = moving.read(tf, x, fitting);
      }
      Operand<TFloating> normal = variables.normalize(tf, x, moments, epsilon, fitting);
      return Structure.leaf(
          MaskedTensor.of(Casts.toFloating(tf, normal, scope.policy().compute())));
    };
  }

  /** Whether Keras 2 takes TensorFlow's op for images, whose variance is that of a sample. */
  private boolean isFused(int rank, boolean masked) {
    return config().generation() == 2
        && (rank == 4 || rank == 5)
        && !masked
        && !(config().get("fused").isBoolean() && !config().flag("fused"));
  }

  /** The moments of a batch, with size 1 on the axes that they are taken over. */
  private Moments ofBatch(
      CallContext context, Operand<TFloating> x, Optional<Operand<TBool>> mask, int[] over) {
    Ops tf = context.tf();
    if (mask.isEmpty()) {
      return Moments.along(tf, x, over);
    }
    if (mask.get().shape().numDimensions() != x.shape().numDimensions() - 1) {
      throw new IllegalArgumentException(
          "the mask " + mask.get().shape() + " has not one axis less than the input " + x.shape());
    }
    Operand<TInt32> axes = tf.constant(over);
    Operand<TFloating> zero = context.number(x, 0);
    Operand<TBool> shown = tf.broadcastTo(tf.expandDims(mask.get(), tf.constant(-1)), tf.shape(x));
    Operand<TFloating> count =
        tf.math.add(
            tf.reduceSum(Casts.toFloating(tf, shown, x.type()), axes, ReduceSum.keepDims(true)),
            // Keras 2 has no such addend, so that a batch without any step gives NaN there.
            context.number(x, config().generation() == 2 ? 0 : LEAST_COUNT));
    Operand<TFloating> mean =
        tf.math.div(tf.reduceSum(tf.select(shown, x, zero), axes, ReduceSum.keepDims(true)), count);
    Operand<TFloating> difference = tf.select(shown, tf.math.sub(x, mean), zero);
    Operand<TFloating> squares =
        tf.reduceSum(tf.math.square(difference), axes, ReduceSum.keepDims(true));
    return new Moments(mean, tf.math.div(squares, count));
  }
}
