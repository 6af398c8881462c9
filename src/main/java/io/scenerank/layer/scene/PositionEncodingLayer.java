package io.scenerank.layer.scene;

import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.Arguments;
import io.scenerank.layer.base.BuildScope;
import io.scenerank.layer.base.Layer;
import io.scenerank.layer.base.Layer.Variable;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.layer.base.Structure;
import io.scenerank.variable.Initializer;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TFloating;

/**
 * One vector a position of a sequence, learned or not.
 *
 * <p>Input [B, L, any], output [B, L, dims], the same for every row. Variable {@code
 * position_embeddings} [max_len, dims]. Source: Attention Is All You Need (Vaswani et al., 2017),
 * section 3.5; M2M (Zhang et al., 2022), "Backbone network".
 */
final class PositionEncodingLayer extends Layer {
  static final LayerType TYPE =
      LayerType.of("PositionEncodingLayer", PositionEncodingLayer::new)
          .module("scenerank_keras.attention")
          .argument("dims", null)
          .argument("max_len")
          .argument("initializer", "glorot_uniform");

  private static final String SINUSOIDAL = "sinusoidal";

  private final int maxLen;
  private final Initializer initializer;

  private PositionEncodingLayer(LayerConfig config) {
    super(config);
    this.maxLen = config.integer("max_len", 1);
    String name = config.text("initializer", ImmutableList.of("glorot_uniform", SINUSOIDAL));
    this.initializer =
        name.equals(SINUSOIDAL) ? PositionEncodingLayer::sinusoidal : Initializer.GLOROT_UNIFORM;
  }

  @Override
  public Masking masking() {
    return Masking.PASS;
  }

  @Override
  public Call build(BuildScope scope, Arguments<MaskedTensor> inputs) {
    int dims = config().has("dims") ? config().integer("dims", 1) : inputs.only().size(-1);
    Variable positions =
        scope.add("position_embeddings", Shape.of(maxLen, dims), initializer, Optional.empty());
    return (context, arguments) -> {
      Ops tf = context.tf();
      MaskedTensor x = arguments.only();
      int length = x.size(1);
      if (length > maxLen) {
        throw new IllegalArgumentException(
            "the sequence has " + length + " steps, expected at most max_len " + maxLen);
      }
      Operand<TFloating> rows =
          tf.slice(
              positions.read(tf),
              tf.constant(new int[] {0, 0}), // int32: the gradient of a slice takes no int64
              tf.constant(new int[] {length, dims})); // [L, dims]
      Operand<TInt32> leading =
          tf.slice(
              tf.shape(x.value()),
              tf.constant(new int[] {0}),
              tf.constant(new int[] {2})); // [B, L]
      Operand<TFloating> every =
          tf.broadcastTo(
              rows, tf.concat(List.of(leading, tf.constant(new int[] {dims})), tf.constant(0)));
      return Structure.leaf(new MaskedTensor(every, x.mask()));
    };
  }

  /** Sines at even places, cosines at odd ones, of position / 10000^(2·⌊i/2⌋/dims). */
  private static Operand<TFloat32> sinusoidal(Ops tf, Shape shape, int seed) {
    int positions = Math.toIntExact(shape.get(0));
    int dims = Math.toIntExact(shape.get(1));
    float[] values = new float[positions * dims];
    for (int position = 0; position < positions; position++) {
      for (int i = 0; i < dims; i++) {
        double angle = position / Math.pow(10000, (double) (i - i % 2) / dims);
        values[position * dims + i] = (float) (i % 2 == 0 ? Math.sin(angle) : Math.cos(angle));
      }
    }
    return tf.reshape(tf.constant(values), tf.constant(shape.asArray()));
  }
}
