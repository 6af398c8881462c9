package io.scenerank.layer.pooling;

import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.Arguments;
import io.scenerank.layer.base.BuildScope;
import io.scenerank.layer.base.Casts;
import io.scenerank.layer.base.DataFormat;
import io.scenerank.layer.base.Layer;
import io.scenerank.layer.base.Layer.CallContext;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.layer.base.Sizes;
import io.scenerank.layer.base.Structure;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReduceMax;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.op.math.Mean;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TFloating;

/**
 * Keras' {@code GlobalAveragePooling1D} and {@code GlobalMaxPooling1D}: the mean or the maximum
 * over all steps.
 *
 * <p>[B, L, D] → [B, D], or [B, 1, D] with {@code keepdims}. The mean is that of the steps that
 * count, NaN where none does; the maximum takes all. The output has no mask.
 */
final class GlobalPooling1D extends Layer {
  static final ImmutableList<LayerType> TYPES =
      ImmutableList.of(
          type("GlobalAveragePooling1D", true).alias("GlobalAvgPool1D"),
          type("GlobalMaxPooling1D", false).alias("GlobalMaxPool1D"));

  private final boolean average;
  private final DataFormat format;
  private final boolean keepDims;

  private GlobalPooling1D(LayerConfig config, boolean average) {
    super(config);
    this.average = average;
    this.format = DataFormat.of(config);
    this.keepDims = config.flag("keepdims");
  }

  private static LayerType type(String kerasClass, boolean average) {
    return LayerType.of(kerasClass, config -> new GlobalPooling1D(config, average))
        .argument("data_format", null)
        .argument("keepdims", false);
  }

  @Override
  public Call build(BuildScope scope, Arguments<MaskedTensor> inputs) {
    Sizes.requireRank(inputs.tensors().get(0), 3);
    return (context, arguments) -> {
      Ops tf = context.tf();
      Operand<TFloating> x = arguments.tensors().get(0).floats();
      Operand<TInt32> time = tf.constant(format.steps());
      Operand<TFloating> pooled =
          average
              ? mean(context, x, time, mask(tf, arguments, 1))
              : tf.reduceMax(x, time, ReduceMax.keepDims(keepDims));
      return Structure.leaf(MaskedTensor.of(pooled));
    };
  }

  private Operand<TFloating> mean(
      CallContext context,
      Operand<TFloating> x,
      Operand<TInt32> time,
      Optional<Operand<TBool>> mask) {
    Ops tf = context.tf();
    if (mask.isEmpty()) {
      return tf.math.mean(x, time, Mean.keepDims(keepDims));
    }
    Operand<TBool> steps =
        tf.expandDims(mask.get(), tf.constant(format == DataFormat.CHANNELS_LAST ? 2 : 1));
    Operand<TFloating> weights = Casts.toFloating(tf, steps, x.type());
    // Keras 2 multiplies, so that a NaN at a step that does not count stays one.
    Operand<TFloating> shown =
        config().generation() == 2
            ? tf.math.mul(x, weights)
            : tf.select(steps, x, context.number(x, 0));
    return tf.math.div(
        tf.reduceSum(shown, time, ReduceSum.keepDims(keepDims)),
        tf.reduceSum(weights, time, ReduceSum.keepDims(keepDims)));
  }
}
