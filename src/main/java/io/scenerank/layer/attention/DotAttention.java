package io.scenerank.layer.attention;

import io.scenerank.layer.base.BatchProduct;
import io.scenerank.layer.base.Casts;
import io.scenerank.layer.base.Layer.CallContext;
import io.scenerank.layer.base.Noise;
import io.scenerank.layer.base.Sizes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat16;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TFloating;
import org.tensorflow.types.family.TType;

/**
 * Attention of several heads over some axes. Keras 3 computes it in two ways, which differ where a
 * query sees no key: the fused one, taken without dropout and where no scores are requested, then
 * takes the mean of all values, the other one zeros. Keras 2 always takes the mean.
 *
 * @param scoresEquation einsum of query and key
 * @param outputEquation einsum of weights and value
 * @param axes number of axes that are attended over
 * @param scale factor of the scores
 * @param generation of Keras
 * @param noise of the dropout
 * @param rate of the dropout of the weights
 */
record DotAttention(
    String scoresEquation,
    String outputEquation,
    int axes,
    double scale,
    int generation,
    Noise noise,
    double rate) {
  private static final double FUSED_HIDDEN = -0.7 * 3.38953e38;
  private static final double HIDDEN = -1e9;

  /**
   * What attention gives.
   *
   * @param output [B, …, T…, heads, valueDim]
   * @param weights [B, …, heads, T…, S…]
   */
  record Result(Operand<TFloating> output, Operand<TFloating> weights) {}

  /**
   * Attends.
   *
   * @param query [B, …, T…, heads, keyDim]
   * @param key [B, …, S…, heads, keyDim]
   * @param value [B, …, S…, heads, valueDim]
   * @param visible true where a query sees a key, as [B, T, S]
   * @param wantsWeights whether the weights are requested
   */
  Result call(
      CallContext context,
      Operand<TFloating> query,
      Operand<TFloating> key,
      Operand<TFloating> value,
      Optional<Operand<TBool>> visible,
      boolean wantsWeights) {
    Ops tf = context.tf();
    boolean fused =
        generation == 3 && rate == 0 && !wantsWeights && query.shape().numDimensions() == 4;
    Operand<TFloating> weights =
        fused ? fused(tf, query, key, visible) : weights(tf, query, key, visible);
    Operand<TFloating> dropped = noise.dropout(context, weights, rate, Optional.empty());
    return new Result(output(tf, dropped, value), weights);
  }

  /** [B, …, heads, T…, S…]. */
  private Operand<TFloating> scores(Ops tf, Operand<TFloating> query, Operand<TFloating> key) {
    return isOverSteps(query)
        ? BatchProduct.transposedY(tf, headsFirst(tf, query), headsFirst(tf, key))
        : tf.linalg.einsum(List.of(query, key), scoresEquation);
  }

  /** [B, …, T…, heads, valueDim]. */
  private Operand<TFloating> output(Ops tf, Operand<TFloating> weights, Operand<TFloating> value) {
    return isOverSteps(value)
        ? headsFirst(tf, BatchProduct.call(tf, weights, headsFirst(tf, value)))
        : tf.linalg.einsum(List.of(weights, value), outputEquation);
  }

  /**
   * Whether the second axis of four alone is attended over, in a type for which TensorFlow has the
   * gradient of a product for each row.
   */
  private boolean isOverSteps(Operand<TFloating> projected) {
    return axes == 1
        && projected.shape().numDimensions() == 4
        && projected.type() == (Class<?>) TFloat32.class;
  }

  /** Swaps the axes 1 and 2; where one of them has a single place, no value moves. */
  private static Operand<TFloating> headsFirst(Ops tf, Operand<TFloating> x) {
    Shape shape = x.shape();
    boolean moves = shape.get(1) != 1 && shape.get(2) != 1;
    if (!moves && !shape.tail().hasUnknownDimension()) {
      return tf.reshape(x, tf.constant(new long[] {-1, shape.get(2), shape.get(1), shape.get(3)}));
    }
    return tf.linalg.transpose(x, tf.constant(new int[] {0, 2, 1, 3}));
  }

  private Operand<TFloating> fused(
      Ops tf, Operand<TFloating> query, Operand<TFloating> key, Optional<Operand<TBool>> visible) {
    Class<? extends TType> type =
        key.type() == (Class<?>) TFloat64.class ? TFloat64.class : TFloat32.class;
    Operand<TFloating> products = Casts.toFloating(tf, scores(tf, query, key), type);
    Operand<TFloating> scores = tf.math.mul(products, Casts.number(tf, products, scale));
    if (visible.isPresent()) {
      scores =
          tf.select(expanded(tf, visible.get(), 4), scores, Casts.number(tf, scores, FUSED_HIDDEN));
    }
    return Casts.toFloating(tf, tf.nn.softmax(scores), key.type());
  }

  private Operand<TFloating> weights(
      Ops tf, Operand<TFloating> query, Operand<TFloating> key, Optional<Operand<TBool>> visible) {
    Operand<TFloating> scaled = tf.math.mul(query, Casts.number(tf, query, scale));
    Operand<TFloating> scores = scores(tf, scaled, key);
    if (visible.isEmpty()) {
      return softmax(tf, scores);
    }
    Operand<TBool> mask = expanded(tf, visible.get(), scores.shape().numDimensions());
    boolean half = scores.type() == (Class<?>) TFloat16.class;
    if (generation == 2) {
      Operand<TFloating> far = Casts.number(tf, scores, half ? -65504 : HIDDEN);
      return softmax(tf, tf.select(mask, scores, tf.math.add(scores, far)));
    }
    Operand<TFloating> far = Casts.number(tf, scores, half ? -3e4 : HIDDEN);
    return tf.select(mask, softmax(tf, tf.select(mask, scores, far)), Casts.number(tf, scores, 0));
  }

  /** Softmax over the keys, whose axes are the last ones. */
  private Operand<TFloating> softmax(Ops tf, Operand<TFloating> scores) {
    if (axes == 1) {
      return tf.nn.softmax(scores);
    }
    List<Operand<TInt32>> flat = new ArrayList<>();
    for (int axis = 0; axis < scores.shape().numDimensions() - axes; axis++) {
      flat.add(Sizes.of(tf, scores, axis));
    }
    flat.add(tf.constant(-1));
    Operand<TFloating> shares = tf.nn.softmax(Sizes.reshape(tf, scores, flat));
    return Sizes.reshape(tf, shares, Sizes.all(tf, scores));
  }

  /** A mask [B, T…, S…] with axes for what is before T in the scores. */
  private Operand<TBool> expanded(Ops tf, Operand<TBool> mask, int rank) {
    Operand<TBool> wide = mask;
    while (wide.shape().numDimensions() < rank) {
      wide = tf.expandDims(wide, tf.constant(-2 * axes - 1));
    }
    return wide;
  }
}
