package io.scenerank.layer.ops;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.layer.base.LayerType;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.nn.LeakyRelu;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/** Activations of {@code keras.ops.nn}. */
final class ActivationOps {
  /** A function of each value. */
  private interface Function {
    Operand<TNumber> call(Ops tf, Operand<TNumber> x);
  }

  /** A function of each value with one parameter. */
  private interface Parametrised {
    Operand<TNumber> call(Ops tf, Operand<TNumber> x, double parameter);
  }

  private static final ImmutableMap<String, Function> PLAIN =
      ImmutableMap.<String, Function>builder()
          .put("Relu", (tf, x) -> tf.nn.relu(x))
          .put("Relu6", (tf, x) -> tf.nn.relu6(x))
          .put("Sigmoid", (tf, x) -> tf.math.sigmoid(x))
          .put("SparseSigmoid", ActivationOps::sparseSigmoid)
          .put("Softplus", (tf, x) -> tf.math.softplus(x))
          .put("Softsign", (tf, x) -> tf.nn.softsign(x))
          .put("SparsePlus", ActivationOps::sparsePlus)
          .put("Silu", (tf, x) -> tf.math.mul(x, tf.math.sigmoid(x)))
          .put("LogSigmoid", (tf, x) -> tf.math.neg(tf.math.softplus(tf.math.neg(x))))
          .put("HardSigmoid", ActivationOps::hardSigmoid)
          .put("HardSilu", (tf, x) -> tf.math.mul(x, hardSigmoid(tf, x)))
          .put("Selu", (tf, x) -> tf.nn.selu(x))
          .put("TanhShrink", (tf, x) -> tf.math.sub(x, tf.math.tanh(x)))
          .put("HardTanh", (tf, x) -> tf.clipByValue(x, num(tf, x, -1), num(tf, x, 1)))
          .buildOrThrow();

  private ActivationOps() {}

  static ImmutableList<LayerType> types() {
    ImmutableList.Builder<LayerType> types = ImmutableList.builder();
    PLAIN.forEach(
        (name, function) ->
            types.add(Operation.single(name, call -> function.call(call.tf(), call.x()))));
    types.add(
        with("SoftShrink", "threshold", 0.5, ActivationOps::softShrink),
        with("HardShrink", "threshold", 0.5, ActivationOps::hardShrink),
        with("Squareplus", "b", 4, ActivationOps::squareplus),
        with("LeakyRelu", "negative_slope", 0.2, ActivationOps::leakyRelu),
        with("Elu", "alpha", 1, ActivationOps::elu),
        with("Celu", "alpha", 1, ActivationOps::celu),
        Operation.single("Gelu", call -> gelu(call.tf(), call.x(), call.flag("approximate")))
            .argument("approximate", true),
        Operation.single("Threshold", ActivationOps::threshold)
            .argument("threshold")
            .argument("default_value"),
        Operation.single("Glu", ActivationOps::glu).argument("axis", -1),
        Operation.single("Softmax", ActivationOps::softmax).argument("axis", -1),
        Operation.single("LogSoftmax", ActivationOps::logSoftmax).argument("axis", -1),
        Operation.single("Sparsemax", ActivationOps::sparsemax).argument("axis", -1));
    return types.build();
  }

  private static LayerType with(
      String name, String option, double standard, Parametrised function) {
    return Operation.single(name, call -> function.call(call.tf(), call.x(), call.number(option)))
        .argument(option, standard);
  }

  private static Operand<TNumber> num(Ops tf, Operand<TNumber> x, double value) {
    return UnaryOps.like(tf, x, value);
  }

  private static Operand<TBool> above(Ops tf, Operand<TNumber> x, double limit) {
    return tf.math.greater(x, num(tf, x, limit));
  }

  private static Operand<TNumber> sparseSigmoid(Ops tf, Operand<TNumber> x) {
    Operand<TNumber> middle = tf.math.mul(num(tf, x, 0.5), tf.math.add(x, num(tf, x, 1)));
    return tf.select(
        tf.math.lessEqual(x, num(tf, x, -1)),
        num(tf, x, 0),
        tf.select(tf.math.greaterEqual(x, num(tf, x, 1)), num(tf, x, 1), middle));
  }

  private static Operand<TNumber> sparsePlus(Ops tf, Operand<TNumber> x) {
    Operand<TNumber> middle =
        tf.math.mul(num(tf, x, 0.25), tf.math.square(tf.math.add(x, num(tf, x, 1))));
    return tf.select(
        tf.math.lessEqual(x, num(tf, x, -1)),
        num(tf, x, 0),
        tf.select(tf.math.less(x, num(tf, x, 1)), middle, x));
  }

  private static Operand<TNumber> hardSigmoid(Ops tf, Operand<TNumber> x) {
    return tf.math.div(tf.nn.relu6(tf.math.add(x, num(tf, x, 3))), num(tf, x, 6));
  }

  private static Operand<TNumber> softShrink(Ops tf, Operand<TNumber> x, double limit) {
    return tf.select(
        above(tf, x, limit),
        tf.math.sub(x, num(tf, x, limit)),
        tf.select(
            tf.math.less(x, num(tf, x, -limit)), tf.math.add(x, num(tf, x, limit)), num(tf, x, 0)));
  }

  private static Operand<TNumber> hardShrink(Ops tf, Operand<TNumber> x, double limit) {
    return tf.select(above(tf, tf.math.abs(x), limit), x, num(tf, x, 0));
  }

  private static Operand<TNumber> squareplus(Ops tf, Operand<TNumber> x, double b) {
    Operand<TNumber> root = tf.math.sqrt(tf.math.add(tf.math.square(x), num(tf, x, b)));
    return tf.math.div(tf.math.add(x, root), num(tf, x, 2));
  }

  private static Operand<TNumber> leakyRelu(Ops tf, Operand<TNumber> x, double slope) {
    return tf.nn.leakyRelu(x, LeakyRelu.alpha((float) slope));
  }

  private static Operand<TNumber> elu(Ops tf, Operand<TNumber> x, double alpha) {
    Operand<TNumber> plain = tf.nn.elu(x);
    return alpha == 1
        ? plain
        : tf.select(above(tf, x, 0), plain, tf.math.mul(num(tf, x, alpha), plain));
  }

  private static Operand<TNumber> celu(Ops tf, Operand<TNumber> x, double alpha) {
    Operand<TNumber> zero = num(tf, x, 0);
    Operand<TNumber> below =
        tf.math.expm1(tf.math.div(tf.math.minimum(x, zero), num(tf, x, alpha)));
    return tf.math.add(tf.math.maximum(x, zero), tf.math.mul(num(tf, x, alpha), below));
  }

  private static Operand<TNumber> gelu(Ops tf, Operand<TNumber> x, boolean approximate) {
    Operand<TNumber> inner;
    if (approximate) {
      Operand<TNumber> cubes = tf.math.mul(num(tf, x, 0.044715), tf.math.pow(x, num(tf, x, 3)));
      inner = tf.math.tanh(tf.math.mul(num(tf, x, Math.sqrt(2 / Math.PI)), tf.math.add(x, cubes)));
    } else {
      inner = tf.math.erf(tf.math.div(x, num(tf, x, Math.sqrt(2))));
    }
    return tf.math.mul(tf.math.mul(num(tf, x, 0.5), x), tf.math.add(num(tf, x, 1), inner));
  }

  private static Operand<TNumber> threshold(OpCall call) {
    Ops tf = call.tf();
    Operand<TNumber> x = call.x();
    return tf.select(
        above(tf, x, call.number("threshold")), x, num(tf, x, call.number("default_value")));
  }

  private static Operand<TNumber> glu(OpCall call) {
    Operand<TNumber> x = call.x();
    int axis = call.axis("axis", Axes.rank(x));
    List<Operand<TNumber>> halves =
        JoinOps.cut(call.tf(), x, new int[] {Axes.known(x, axis) / 2}, axis);
    return call.tf().math.mul(halves.get(0), call.tf().math.sigmoid(halves.get(1)));
  }

  private static Operand<TNumber> softmax(OpCall call) {
    Ops tf = call.tf();
    Operand<TNumber> x = call.x();
    if (!call.has("axis")) {
      return tf.reshape(tf.nn.softmax(ShapeOps.flat(tf, x)), tf.shape(x));
    }
    int[] order = Axes.last(Axes.rank(x), call.axis("axis", Axes.rank(x)));
    return Axes.permuted(tf, tf.nn.softmax(Axes.permuted(tf, x, order)), Axes.inverse(order));
  }

  /** TensorFlow's own op has a wrong gradient on three axes or more. */
  private static Operand<TNumber> logSoftmax(OpCall call) {
    Operand<TNumber> x = call.x();
    int[] axes = call.axes("axis", Axes.rank(x));
    Operand<TNumber> largest = call.tf().stopGradient(ReductionOps.max(call.tf(), x, axes, true));
    Operand<TNumber> shifted = call.tf().math.sub(x, largest);
    Operand<TNumber> sum = ReductionOps.sum(call.tf(), call.tf().math.exp(shifted), axes, true);
    return call.tf().math.sub(shifted, call.tf().math.log(sum));
  }

  private static Operand<TNumber> sparsemax(OpCall call) {
    Ops tf = call.tf();
    Operand<TNumber> given = call.x();
    int rank = Axes.rank(given);
    int[] order = Axes.last(rank, call.axis("axis", rank));
    Operand<TNumber> x = Axes.permuted(tf, given, order);
    int[] last = {rank - 1};
    Operand<TNumber> falling = tf.math.neg(OrderOps.sortedLast(tf, tf.math.neg(x)));
    Operand<TNumber> sums = tf.math.cumsum(falling, tf.constant(rank - 1));
    Operand<TInt32> size = tf.reshape(Axes.dynamic(tf, x, rank - 1), tf.constant(new int[0]));
    Operand<TNumber> numbers =
        Value.cast(
            tf,
            tf.range(tf.constant(1), tf.math.add(size, tf.constant(1)), tf.constant(1)),
            DType.of(x.type()));
    Operand<TNumber> one = num(tf, x, 1);
    Operand<TBool> support =
        above(tf, tf.math.sub(falling, tf.math.div(tf.math.sub(sums, one), numbers)), 0);
    Operand<TNumber> inside = Value.cast(tf, support, DType.of(x.type()));
    Operand<TNumber> total =
        ReductionOps.sum(tf, tf.select(support, sums, num(tf, x, 0)), last, true);
    // Keras sums up the cumulated sums of the support, and so does this.
    Operand<TNumber> tau =
        tf.math.div(tf.math.sub(total, one), ReductionOps.sum(tf, inside, last, true));
    return Axes.permuted(
        tf, tf.math.maximum(tf.math.sub(x, tau), num(tf, x, 0)), Axes.inverse(order));
  }
}
