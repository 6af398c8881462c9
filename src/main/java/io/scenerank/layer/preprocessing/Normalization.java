package io.scenerank.layer.preprocessing;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.Arguments;
import io.scenerank.layer.base.BuildScope;
import io.scenerank.layer.base.Casts;
import io.scenerank.layer.base.Layer;
import io.scenerank.layer.base.Layer.Variable;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.layer.base.Sizes;
import io.scenerank.layer.base.Structure;
import io.scenerank.variable.Initializer;
import java.util.Arrays;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TFloating;

/**
 * Keras' {@code Normalization}: {@code (x - mean) / max(sqrt(variance), 1e-7)}, or back.
 *
 * <p>Input and output [B, …]. Mean and variance are arguments, or the variables {@code mean} and
 * {@code variance} of the sizes of {@code axis}, which {@code adapt} has set and no gradient
 * changes; Keras' file has a third array next to them, {@code count}, which is always 0. Source:
 * Keras' layer of this name.
 */
final class Normalization extends Layer {
  static final LayerType TYPE =
      LayerType.of("Normalization", Normalization::new)
          .argument("axis", -1)
          .argument("mean", null)
          .argument("variance", null)
          .argument("invert", false);

  private static final double LEAST = 1e-7;

  private Normalization(LayerConfig config) {
    super(config);
    if (config.has("mean") != config.has("variance")) {
      throw config.wrong("variance", "a value where mean has one");
    }
  }

  @Override
  public Masking masking() {
    return config().generation() == 2 ? Masking.DROP : Masking.PASS;
  }

  /** Mean and variance, of a shape that goes with the input. */
  @FunctionalInterface
  private interface Moment {
    Operand<TFloating> of(Ops tf);
  }

  @Override
  public Call build(BuildScope scope, Arguments<MaskedTensor> inputs) {
    MaskedTensor first = inputs.only();
    int[] axes = axes(first.rank());
    long[] broadcast = new long[first.rank()];
    Arrays.fill(broadcast, 1);
    for (int axis : axes) {
      broadcast[axis] = first.size(axis);
    }
    Class<? extends TFloating> type = scope.policy().compute();
    boolean given = config().has("mean");
    Moment mean =
        given
            ? argument("mean", axes, first.rank(), type)
            : variable(scope, "mean", axes, broadcast, Initializer.ZEROS);
    Moment variance =
        given
            ? argument("variance", axes, first.rank(), type)
            : variable(scope, "variance", axes, broadcast, Initializer.constant(1f));
    return (context, arguments) -> {
      Ops tf = context.tf();
      Operand<TFloating> x = Casts.toFloating(tf, arguments.only().value(), type);
      Operand<TFloating> deviation =
          tf.math.maximum(tf.math.sqrt(variance.of(tf)), context.number(x, LEAST));
      Operand<TFloating> out =
          config().flag("invert")
              ? tf.math.add(mean.of(tf), tf.math.mul(x, deviation))
              : tf.math.div(tf.math.sub(x, mean.of(tf)), deviation);
      return Structure.leaf(MaskedTensor.of(out));
    };
  }

  private int[] axes(int rank) {
    JsonNode axis = config().get("axis");
    ImmutableList<Integer> all = axis.isNull() ? ImmutableList.of() : config().integers("axis");
    return Sizes.axes(all, rank);
  }

  private static Moment variable(
      BuildScope scope, String name, int[] axes, long[] broadcast, Initializer initializer) {
    long[] sizes = Arrays.stream(axes).mapToLong(axis -> broadcast[axis]).toArray();
    Variable variable = scope.addUntrained(name, Shape.of(sizes), initializer);
    return tf -> tf.reshape(variable.read(tf), tf.constant(broadcast));
  }

  /** The array's axes are the last of those that are kept. */
  private Moment argument(String key, int[] axes, int rank, Class<? extends TFloating> type) {
    ArrayArgument array = ArrayArgument.of(config(), key);
    int dimensions = array.shape().numDimensions();
    if (dimensions > axes.length) {
      throw config().wrong(key, "at most " + axes.length + " axes");
    }
    long[] expanded = new long[rank];
    Arrays.fill(expanded, 1);
    for (int i = 1; i <= dimensions; i++) {
      expanded[axes[axes.length - i]] = array.shape().get(dimensions - i);
    }
    return tf -> array.constant(tf, Shape.of(expanded), type);
  }
}
