package io.scenerank.layer.preprocessing;

import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.Arguments;
import io.scenerank.layer.base.BuildScope;
import io.scenerank.layer.base.Casts;
import io.scenerank.layer.base.Layer;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.layer.base.Structure;
import io.scenerank.layer.preprocessing.CategoryEncoder.Mode;
import java.util.Arrays;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TFloating;
import org.tensorflow.types.family.TNumber;

/**
 * Keras' {@code Discretization}: the number of the bin that holds a value; a value on a boundary
 * belongs to the bin behind it.
 *
 * <p>Input [B, …], output int32 of the same shape, or vectors as in {@link CategoryEncoder}.
 * Source: Keras' layer of this name.
 */
final class Discretization extends Layer {
  static final LayerType TYPE =
      LayerType.of("Discretization", Discretization::new)
          .argument("bin_boundaries", null)
          .argument("num_bins", null)
          .argument("epsilon", 0.01)
          .argument("output_mode", "int")
          .only("sparse", false);

  private final ImmutableList<Float> boundaries;
  private final CategoryEncoder encoder;

  private Discretization(LayerConfig config) {
    super(config);
    if (!config.has("bin_boundaries")) {
      throw config.wrong(
          "bin_boundaries",
          "numbers: adapt has set none, or Keras 2 saved the layer, which keeps what adapt finds"
              + " out of the config; give them to the constructor");
    }
    this.boundaries =
        Arrays.stream(config.numbers("bin_boundaries"))
            .mapToObj(value -> (float) value)
            .collect(ImmutableList.toImmutableList());
    this.encoder =
        new CategoryEncoder(
            CategoryEncoder.mode(config, Mode.INT, Mode.ONE_HOT, Mode.MULTI_HOT, Mode.COUNT),
            boundaries.size() + 1);
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
      Operand<TInt32> bins = tf.bucketize(comparable(tf, arguments.only()), boundaries);
      return Structure.leaf(
          MaskedTensor.of(
              encoder.mode() == Mode.INT
                  ? bins
                  : encoder.vectors(
                      tf, tf.dtypes.cast(bins, TInt64.class), Optional.empty(), type)));
    };
  }

  /** Floats are compared as float32, integers as they are. */
  private static Operand<? extends TNumber> comparable(Ops tf, MaskedTensor x) {
    if (x.isFloating()) {
      return Casts.to(tf, x.value(), TFloat32.class);
    }
    return x.value().type() == (Class<?>) TInt64.class
        ? Casts.to(tf, x.value(), TInt64.class)
        : Casts.to(tf, x.value(), TInt32.class);
  }
}
