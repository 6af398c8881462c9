package io.scenerank.layer.normalization;

import io.scenerank.layer.base.Arguments;
import io.scenerank.layer.base.BuildScope;
import io.scenerank.layer.base.Casts;
import io.scenerank.layer.base.Layer;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.layer.base.Sizes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TFloating;

/**
 * Keras' {@code GroupNormalization}: the channels of a row in groups, each of which is normalized
 * over all of its values.
 *
 * <p>Input and output [B, …, C]. Variables {@code gamma} (ones) and {@code beta} (zeros), [C].
 * Source: Group Normalization (Wu and He, 2018), section 3.
 */
final class GroupNormalization extends Layer {
  static final LayerType TYPE =
      ScaleAndOffset.arguments(
          LayerType.of("GroupNormalization", GroupNormalization::new)
              .argument("groups", 32)
              .argument("axis", -1)
              .argument("epsilon", 1e-3));

  private final int groups;
  private final int axis;
  private final double epsilon;

  private GroupNormalization(LayerConfig config) {
    super(config);
    this.groups = config.integer("groups");
    if (groups != -1 && groups < 1) {
      throw config.wrong("groups", "-1 or an integer of at least 1");
    }
    this.axis = config.single("axis", Integer.MIN_VALUE);
    this.epsilon = config.number("epsilon");
  }

  @Override
  public Masking masking() {
    return Masking.PASS;
  }

  @Override
  public boolean autocasts() {
    return false;
  }

  @Override
  public Call build(BuildScope scope, Arguments<MaskedTensor> inputs) {
    MaskedTensor first = inputs.only();
    int place = Sizes.axis(axis, first.rank());
    int channels = first.size(place);
    int parts = groups == -1 ? channels : groups;
    if (channels % parts != 0) {
      throw new IllegalArgumentException(
          "groups is " + parts + ", expected a divisor of the " + channels + " channels");
    }
    ScaleAndOffset variables = ScaleAndOffset.create(scope, config(), Shape.of(channels));
    long[] fitting = new long[first.rank() + 1];
    Arrays.fill(fitting, 1);
    fitting[place] = parts;
    fitting[place + 1] = channels / parts;
    int[] over = IntStream.rangeClosed(1, first.rank()).filter(i -> i != place).toArray();
    return unary(
        (context, x) -> {
          Ops tf = context.tf();
          Operand<TFloating> wide = Moments.widened(tf, x);
          Operand<TFloating> grouped = Sizes.reshape(tf, wide, grouped(tf, x, place, parts));
          Moments moments = Moments.along(tf, grouped, over);
          Operand<TFloating> normal = variables.normalize(tf, grouped, moments, epsilon, fitting);
          return Casts.toFloating(
              tf, Sizes.reshape(tf, normal, Sizes.all(tf, x)), scope.policy().compute());
        });
  }

  /** The sizes of x with its channels as groups and channels of a group. */
  private static List<Operand<TInt32>> grouped(Ops tf, Operand<TFloating> x, int place, int parts) {
    List<Operand<TInt32>> sizes = new ArrayList<>(Sizes.all(tf, x));
    int ofGroup = Math.toIntExact(x.shape().get(place)) / parts;
    sizes.set(place, tf.constant(parts));
    sizes.add(place + 1, tf.constant(ofGroup));
    return sizes;
  }
}
