package io.scenerank.layer.recommenders;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.Ints;
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
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Stack;
import org.tensorflow.types.family.TFloating;

/**
 * keras-rs' {@code DotInteraction}: the product of every pair of features.
 *
 * <p>Input a list of n features [B, d]; output [B, n·(n-1)/2] in the order (1,0), (2,0), (2,1), …,
 * with those of each feature and itself, [B, n·(n+1)/2]; with {@code skip_gather}, all of [B, n·n],
 * zeros where the second feature is not before the first. Source: Deep Learning Recommendation
 * Model for Personalization and Recommendation Systems (Naumov et al., 2019).
 */
final class DotInteraction extends Layer {
  static final LayerType TYPE =
      LayerType.of("DotInteraction", DotInteraction::new)
          .argument("self_interaction", false)
          .argument("skip_gather", false);

  private final boolean selfInteraction;
  private final boolean skipGather;

  private DotInteraction(LayerConfig config) {
    super(config);
    this.selfInteraction = config.flag("self_interaction");
    this.skipGather = config.flag("skip_gather");
  }

  @Override
  public Call build(BuildScope scope, Arguments<MaskedTensor> inputs) {
    return (context, arguments) ->
        Structure.leaf(
            MaskedTensor.of(products(context, features(arguments.get("inputs", 0).leaves()))));
  }

  private static ImmutableList<Operand<TFloating>> features(ImmutableList<MaskedTensor> inputs) {
    MaskedTensor first = inputs.get(0);
    for (MaskedTensor input : inputs) {
      Sizes.requireRank(input, 2);
      if (!input.shape().isCompatibleWith(first.shape())) {
        throw new IllegalArgumentException(
            "the features have the shapes "
                + first.shape()
                + " and "
                + input.shape()
                + ", expected the same");
      }
    }
    return inputs.stream().map(MaskedTensor::floats).collect(ImmutableList.toImmutableList());
  }

  private Operand<TFloating> products(
      CallContext context, ImmutableList<Operand<TFloating>> features) {
    Ops tf = context.tf();
    int n = features.size();
    Operand<TFloating> stacked = tf.stack(features, Stack.axis(1L)); // [B, n, d]
    Operand<TFloating> transposed =
        tf.linalg.transpose(stacked, tf.constant(new int[] {0, 2, 1})); // [B, d, n]
    Operand<TFloating> square =
        tf.train.batchMatMul(stacked, transposed, stacked.type()); // [B, n, n]
    Operand<TFloating> flat = tf.reshape(square, tf.constant(new int[] {-1, n * n}));
    if (!skipGather) {
      return tf.gather(flat, tf.constant(places(n)), tf.constant(1));
    }
    return tf.math.mul(flat, Casts.toFloating(tf, tf.constant(shown(n)), flat.type()));
  }

  /** The places below the diagonal, and those on it if they count, in the flat square. */
  private int[] places(int n) {
    List<Integer> places = new ArrayList<>();
    for (int row = 0; row < n; row++) {
      for (int column = 0; column < row + (selfInteraction ? 1 : 0); column++) {
        places.add(row * n + column);
      }
    }
    return Ints.toArray(places);
  }

  /** One at these places, else zero. */
  private float[] shown(int n) {
    float[] shown = new float[n * n];
    for (int place : places(n)) {
      shown[place] = 1;
    }
    return shown;
  }
}
