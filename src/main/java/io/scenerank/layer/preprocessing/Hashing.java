package io.scenerank.layer.preprocessing;

import com.fasterxml.jackson.databind.JsonNode;
import io.scenerank.layer.base.Arguments;
import io.scenerank.layer.base.BuildScope;
import io.scenerank.layer.base.Casts;
import io.scenerank.layer.base.Layer;
import io.scenerank.layer.base.Layer.CallContext;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.layer.preprocessing.CategoryEncoder.Mode;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TFloating;

/**
 * Keras' {@code Hashing}: the bin of a text or an integer, as in {@link Buckets}.
 *
 * <p>Input [B, …], output int64 of the same shape, or vectors as in {@link CategoryEncoder}. With
 * {@code mask_value}, bin 0 is for that value alone. Source: Keras' layer of this name.
 */
final class Hashing extends Layer {
  static final LayerType TYPE =
      LayerType.of("Hashing", Hashing::new)
          .argument("num_bins")
          .argument("mask_value", null)
          .argument("salt", null)
          .argument("output_mode", "int")
          .only("sparse", false);

  private final CategoryEncoder encoder;
  private final Buckets buckets;

  private Hashing(LayerConfig config) {
    super(config);
    this.encoder =
        new CategoryEncoder(
            CategoryEncoder.mode(config, Mode.INT, Mode.ONE_HOT, Mode.MULTI_HOT, Mode.COUNT),
            config.integer("num_bins", 1));
    this.buckets = Buckets.of(config);
  }

  @Override
  public boolean autocasts() {
    return false;
  }

  @Override
  public Call build(BuildScope scope, Arguments<MaskedTensor> inputs) {
    Class<? extends TFloating> type = scope.policy().compute();
    return (context, arguments) -> {
      Ops tf = context.tf();
      return encoder.bins(tf, bins(context, arguments.only()), config(), type);
    };
  }

  private Operand<TInt64> bins(CallContext context, MaskedTensor x) {
    Ops tf = context.tf();
    boolean masked = config().has("mask_value") && encoder.depth() > 1;
    long count = masked ? encoder.depth() - 1 : encoder.depth();
    Operand<TInt64> bins = buckets.call(tf, Buckets.texts(tf, x), count);
    return masked
        ? tf.select(isMasked(tf, x), tf.constant(0L), tf.math.add(bins, tf.constant(1L)))
        : bins;
  }

  private Operand<TBool> isMasked(Ops tf, MaskedTensor x) {
    JsonNode value = config().get("mask_value");
    if (x.isText()) {
      return tf.math.equal(x.text(), tf.constant(config().text("mask_value")));
    }
    return value.isIntegralNumber() && !x.isFloating()
        ? tf.math.equal(Casts.to(tf, x.value(), TInt64.class), tf.constant(value.longValue()))
        : tf.math.equal(
            Casts.to(tf, x.value(), TFloat64.class), tf.constant(config().number("mask_value")));
  }
}
