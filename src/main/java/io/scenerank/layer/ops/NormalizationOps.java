package io.scenerank.layer.ops;

import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.layer.base.Norms;
import io.scenerank.layer.base.Structure;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/** Normalisations and attention as functions, whose parameters are tensors. */
final class NormalizationOps {
  private NormalizationOps() {}

  static ImmutableList<LayerType> types() {
    return ImmutableList.of(
        Operation.type("Moments", NormalizationOps::moments)
            .argument("axes")
            .argument("keepdims", false)
            .only("synchronized", false),
        Operation.single("BatchNorm", NormalizationOps::batchNorm)
            .argument("axis")
            .argument("epsilon", 0.001),
        Operation.single("LayerNorm", NormalizationOps::layerNorm)
            .argument("axis", -1)
            .argument("epsilon", null)
            .argument("rms_scaling", false),
        Operation.single("RMSNorm", NormalizationOps::rmsNorm)
            .argument("axis", -1)
            .argument("epsilon", null),
        Operation.single("DotProductAttention", NormalizationOps::attention)
            .argument("is_causal", false)
            .only("flash_attention", null)
            .argument("attn_logits_soft_cap", null));
  }

  private static Structure<MaskedTensor> moments(OpCall call) {
    Ops tf = call.tf();
    Operand<TNumber> x = call.x();
    int[] axes = call.axes("axes", Axes.rank(x));
    boolean keep = call.flag("keepdims");
    return Operation.list(
        List.of(
            ReductionOps.meanOfAny(tf, x, axes, keep),
            ReductionOps.varianceOfAny(tf, x, axes, keep)));
  }

  /** A vector of an axis, or a tensor of several, of the rank of {@code x}. */
  private static Operand<TNumber> along(
      Ops tf, Operand<TNumber> vector, Operand<TNumber> x, int... axes) {
    if (Axes.rank(vector) == Axes.rank(x)) {
      return vector;
    }
    int[] shape = new int[Axes.rank(x)];
    Arrays.fill(shape, 1);
    for (int axis : axes) {
      shape[axis] = Axes.known(x, axis);
    }
    return tf.reshape(vector, tf.constant(shape));
  }

  private static Operand<TNumber> batchNorm(OpCall call) {
    Ops tf = call.tf();
    Operand<TNumber> x = call.x("x", 0);
    int axis = call.axis("axis", Axes.rank(x));
    Operand<TNumber> mean = along(tf, call.x("mean", 1), x, axis);
    Operand<TNumber> variance = along(tf, call.x("variance", 2), x, axis);
    Operand<TNumber> factor =
        tf.math.rsqrt(tf.math.add(variance, UnaryOps.like(tf, variance, call.number("epsilon"))));
    Optional<Value> offset = call.optional("offset", 3);
    Optional<Value> scale = call.optional("scale", 4);
    DType type = DType.of(x.type());
    if (scale.isPresent()) {
      factor = tf.math.mul(factor, along(tf, scale.get().as(tf, type), x, axis));
    }
    Operand<TNumber> shift = tf.math.neg(tf.math.mul(mean, factor));
    if (offset.isPresent()) {
      shift = tf.math.add(shift, along(tf, offset.get().as(tf, type), x, axis));
    }
    return tf.math.add(tf.math.mul(x, factor), shift);
  }

  private static Operand<TNumber> layerNorm(OpCall call) {
    Ops tf = call.tf();
    Operand<TNumber> given = call.x("x", 0);
    Operand<TNumber> x = ReductionOps.wide(tf, given);
    DType type = DType.of(x.type());
    int[] axes = call.axes("axis", Axes.rank(x));
    Arrays.sort(axes);
    Operand<TNumber> mean = ReductionOps.mean(tf, x, axes, true);
    Operand<TNumber> centred = tf.math.sub(x, mean);
    Operand<TNumber> variance = ReductionOps.mean(tf, tf.math.square(centred), axes, true);
    Operand<TNumber> factor = tf.math.rsqrt(tf.math.add(variance, epsilon(call, x)));
    boolean scaling = call.flag("rms_scaling");
    Operand<TNumber> out = tf.math.mul(scaling ? x : centred, factor);
    Optional<Value> gamma = call.optional("gamma", 1);
    Optional<Value> beta = call.optional("beta", 2);
    if (gamma.isPresent()) {
      out = tf.math.mul(out, along(tf, gamma.get().as(tf, type), x, axes));
    }
    if (beta.isPresent() && !scaling) {
      out = tf.math.add(out, along(tf, beta.get().as(tf, type), x, axes));
    }
    return Value.cast(tf, out, DType.of(given.type()));
  }

  private static Operand<TNumber> epsilon(OpCall call, Operand<TNumber> x) {
    double epsilon = call.has("epsilon") ? call.number("epsilon") : Norms.EPSILON;
    return UnaryOps.like(call.tf(), x, epsilon);
  }

  private static Operand<TNumber> rmsNorm(OpCall call) {
    Ops tf = call.tf();
    Operand<TNumber> given = call.x("x", 0);
    Operand<TNumber> x = ReductionOps.wide(tf, given);
    int[] axes = call.axes("axis", Axes.rank(x));
    Operand<TNumber> squares = ReductionOps.mean(tf, tf.math.square(x), axes, true);
    Operand<TNumber> out = tf.math.mul(x, tf.math.rsqrt(tf.math.add(squares, epsilon(call, x))));
    Optional<Value> scale = call.optional("scale", 1);
    if (scale.isPresent()) {
      out = tf.math.mul(out, scale.get().as(tf, DType.of(x.type())));
    }
    return Value.cast(tf, out, DType.of(given.type()));
  }

  /** Queries [B, T, N, H], keys and values [B, S, N, H] → [B, T, N, H]. */
  private static Operand<TNumber> attention(OpCall call) {
    Ops tf = call.tf();
    List<Value> given =
        List.of(call.value("query", 0), call.value("key", 1), call.value("value", 2));
    DType type = DType.result(given.stream().map(Value::type).toList());
    Operand<TNumber> query = given.get(0).as(tf, type);
    Operand<TNumber> key = grouped(tf, given.get(1).as(tf, type), query);
    Operand<TNumber> value = grouped(tf, given.get(2).as(tf, type), query);
    double scale =
        call.optional("scale", 5)
            .map(Value::number)
            .orElseGet(() -> 1 / Math.sqrt(Axes.known(query, 3)));
    Operand<TNumber> logits =
        ReductionOps.wide(tf, tf.linalg.einsum(List.of(query, key), "btnh,bsnh->bnts"));
    logits = tf.math.mul(logits, UnaryOps.like(tf, logits, scale));
    Optional<Value> bias = call.optional("bias", 3);
    if (bias.isPresent()) {
      logits = tf.math.add(logits, bias.get().as(tf, DType.of(logits.type())));
    }
    logits = masked(call, logits);
    Operand<TNumber> weights = Value.cast(tf, tf.nn.softmax(logits), type);
    return tf.linalg.einsum(List.of(weights, value), "bnts,bsnh->btnh");
  }

  /** Heads of keys and values, of which several of the queries share one. */
  private static Operand<TNumber> grouped(Ops tf, Operand<TNumber> x, Operand<TNumber> query) {
    long heads = Axes.size(query, 2);
    long own = Axes.size(x, 2);
    return heads > own && own > 1 ? ShapeOps.repeated(tf, x, (int) (heads / own), 2) : x;
  }

  private static Operand<TNumber> masked(OpCall call, Operand<TNumber> logits) {
    Ops tf = call.tf();
    Optional<Operand<TBool>> visible =
        call.optional("mask", 4)
            .map(mask -> UnaryOps.bools(tf, mask.as(tf, DType.result(mask.type()))));
    if (call.flag("is_causal")) {
      Operand<TInt32> shape = Axes.shape(tf, Axes.sizes(tf, logits, 2, 4));
      Operand<TBool> past =
          tf.linalg.bandPart(tf.fill(shape, tf.constant(true)), tf.constant(-1), tf.constant(0));
      visible =
          Optional.of(
              visible.<Operand<TBool>>map(mask -> tf.math.logicalAnd(mask, past)).orElse(past));
    }
    double hidden = -0.7 * UnaryOps.largest(DType.of(logits.type()));
    return visible.isPresent()
        ? tf.select(visible.get(), logits, UnaryOps.like(tf, logits, hidden))
        : logits;
  }
}
