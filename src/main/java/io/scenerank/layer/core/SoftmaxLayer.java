package io.scenerank.layer.core;

import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.Arguments;
import io.scenerank.layer.base.BuildScope;
import io.scenerank.layer.base.Casts;
import io.scenerank.layer.base.Layer;
import io.scenerank.layer.base.Layer.CallContext;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.layer.base.Sizes;
import io.scenerank.layer.base.Softmaxes;
import io.scenerank.layer.base.Structure;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat16;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TFloating;
import org.tensorflow.types.family.TType;

/**
 * Keras' {@code Softmax} along one axis or several together. Where the mask is false the result is
 * 0 in Keras 3; in Keras 2 the values there are made very small, so that a row without any other
 * keeps its shares.
 *
 * <p>Input and output [B, …]; the mask's axes are the last ones of the input.
 */
final class SoftmaxLayer extends Layer {
  static final LayerType TYPE = LayerType.of("Softmax", SoftmaxLayer::new).argument("axis", -1);

  private final ImmutableList<Integer> axes;

  private SoftmaxLayer(LayerConfig config) {
    super(config);
    this.axes = config.integers("axis");
  }

  @Override
  public Masking masking() {
    return Masking.PASS;
  }

  /** A mask of numbers counts above one half. */
  @Override
  public Operand<TBool> readMask(Ops tf, Operand<? extends TType> mask) {
    return mask.type() == (Class<?>) TBool.class
        ? super.readMask(tf, mask)
        : tf.math.greater(Casts.to(tf, mask, TFloat32.class), tf.constant(0.5f));
  }

  @Override
  public Call build(BuildScope scope, Arguments<MaskedTensor> inputs) {
    return (context, arguments) -> {
      Ops tf = context.tf();
      Operand<TFloating> x = arguments.only().floats();
      Optional<Operand<TBool>> mask = mask(tf, arguments, 1);
      mask.ifPresent(given -> requireFitting(given.shape(), x.shape()));
      Operand<TFloating> shares =
          softmax(tf, mask.isPresent() ? hidden(context, x, mask.get()) : x);
      return Structure.leaf(
          MaskedTensor.of(
              mask.isPresent() && config().generation() == 3
                  ? tf.select(mask.get(), shares, context.number(x, 0))
                  : shares));
    };
  }

  private Operand<TFloating> softmax(Ops tf, Operand<TFloating> x) {
    return Softmaxes.softmax(tf, x, Sizes.axes(axes, x.shape().numDimensions()));
  }

  private Operand<TFloating> hidden(
      CallContext context, Operand<TFloating> x, Operand<TBool> mask) {
    Ops tf = context.tf();
    Operand<TFloating> small =
        context.number(x, x.type() == (Class<?>) TFloat16.class ? -3e4 : -1e9);
    return config().generation() == 3
        ? tf.select(mask, x, small)
        : tf.math.add(x, tf.select(mask, context.number(x, 0), small));
  }

  private static void requireFitting(Shape mask, Shape x) {
    int before = x.numDimensions() - mask.numDimensions();
    boolean fits = before >= 0;
    for (int i = 0; fits && i < mask.numDimensions(); i++) {
      long wanted = x.get(before + i);
      long given = mask.get(i);
      fits = given == wanted || given == 1 || given < 0 || wanted < 0;
    }
    if (!fits) {
      throw new IllegalArgumentException(
          "the mask " + mask + " does not fit the last axes of the input " + x);
    }
  }
}
