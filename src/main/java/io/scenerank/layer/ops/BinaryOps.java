package io.scenerank.layer.ops;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.layer.base.LayerType;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.family.TNumber;
import org.tensorflow.types.family.TType;

/** Functions of the values of two tensors, which are broadcast against each other. */
final class BinaryOps {
  /** A function of two values of one type. */
  interface Function {
    Operand<? extends TType> call(Ops tf, Operand<TNumber> x1, Operand<TNumber> x2);
  }

  /** A function of two truth values. */
  private interface Logical {
    Operand<TBool> call(Ops tf, Operand<TBool> x1, Operand<TBool> x2);
  }

  /** Functions in the common type of their operands. */
  private static final ImmutableMap<String, Function> COMMON =
      ImmutableMap.<String, Function>builder()
          .put("Add", BinaryOps::add)
          .put("Subtract", (tf, x1, x2) -> tf.math.sub(x1, x2))
          .put("Multiply", BinaryOps::multiply)
          .put("Maximum", (tf, x1, x2) -> tf.math.maximum(x1, x2))
          .put("Minimum", (tf, x1, x2) -> tf.math.minimum(x1, x2))
          .put("Fmax", (tf, x1, x2) -> withoutNan(tf, x1, x2, tf.math.maximum(x1, x2)))
          .put("Fmin", (tf, x1, x2) -> withoutNan(tf, x1, x2, tf.math.minimum(x1, x2)))
          .put("Power", (tf, x1, x2) -> tf.math.pow(x1, x2))
          .put("FloorDivide", BinaryOps::floorDivide)
          .put("Mod", BinaryOps::mod)
          .put("Fmod", BinaryOps::fmod)
          .put("Equal", (tf, x1, x2) -> tf.math.equal(x1, x2))
          .put("NotEqual", (tf, x1, x2) -> tf.math.notEqual(x1, x2))
          .put("Greater", (tf, x1, x2) -> tf.math.greater(ordered(tf, x1), ordered(tf, x2)))
          .put(
              "GreaterEqual",
              (tf, x1, x2) -> tf.math.greaterEqual(ordered(tf, x1), ordered(tf, x2)))
          .put("Less", (tf, x1, x2) -> tf.math.less(ordered(tf, x1), ordered(tf, x2)))
          .put("LessEqual", (tf, x1, x2) -> tf.math.lessEqual(ordered(tf, x1), ordered(tf, x2)))
          .put("BitwiseAnd", (tf, x1, x2) -> tf.bitwise.bitwiseAnd(x1, x2))
          .put("BitwiseOr", (tf, x1, x2) -> tf.bitwise.bitwiseOr(x1, x2))
          .put("BitwiseXor", (tf, x1, x2) -> tf.bitwise.bitwiseXor(x1, x2))
          .put("BitwiseLeftShift", (tf, x1, x2) -> tf.bitwise.leftShift(x1, x2))
          .put("LeftShift", (tf, x1, x2) -> tf.bitwise.leftShift(x1, x2))
          .put("BitwiseRightShift", (tf, x1, x2) -> tf.bitwise.rightShift(x1, x2))
          .put("RightShift", (tf, x1, x2) -> tf.bitwise.rightShift(x1, x2))
          .buildOrThrow();

  /** Functions in a float type. */
  private static final ImmutableMap<String, Function> FLOATS =
      ImmutableMap.<String, Function>builder()
          .put("Divide", (tf, x1, x2) -> tf.math.div(x1, x2))
          .put("TrueDivide", (tf, x1, x2) -> tf.math.div(x1, x2))
          .put("DivideNoNan", (tf, x1, x2) -> tf.math.divNoNan(x1, x2))
          .put("Arctan2", BinaryOps::arctan2)
          .put("Hypot", BinaryOps::hypot)
          .put("Heaviside", BinaryOps::heaviside)
          .put("Logaddexp", (tf, x1, x2) -> logAddExp(tf, x1, x2, 1))
          .put("Logaddexp2", (tf, x1, x2) -> logAddExp(tf, x1, x2, Math.log(2)))
          .put("Ldexp", (tf, x1, x2) -> tf.math.mul(x1, tf.math.pow(UnaryOps.like(tf, x1, 2), x2)))
          .buildOrThrow();

  private static final ImmutableMap<String, Logical> LOGICAL =
      ImmutableMap.of(
          "LogicalAnd", (tf, x1, x2) -> tf.math.logicalAnd(x1, x2),
          "LogicalOr", (tf, x1, x2) -> tf.math.logicalOr(x1, x2),
          "LogicalXor", (tf, x1, x2) -> tf.math.notEqual(x1, x2));

  private static final ImmutableList<String> BITWISE =
      ImmutableList.of(
          "BitwiseAnd",
          "BitwiseOr",
          "BitwiseXor",
          "BitwiseLeftShift",
          "LeftShift",
          "BitwiseRightShift",
          "RightShift");

  private BinaryOps() {}

  static ImmutableList<LayerType> types() {
    ImmutableList.Builder<LayerType> types = ImmutableList.builder();
    COMMON.forEach(
        (name, function) ->
            types.add(Operation.single(name, call -> common(call, name, function))));
    FLOATS.forEach(
        (name, function) ->
            types.add(
                Operation.single(name, call -> on(call, call.pair(DType.WEAK_FLOAT), function))));
    LOGICAL.forEach(
        (name, function) ->
            types.add(
                Operation.single(
                    name,
                    call ->
                        function.call(
                            call.tf(),
                            UnaryOps.bools(call.tf(), call.x("x1", 0)),
                            UnaryOps.bools(call.tf(), call.x("x2", 1))))));
    types.add(Operation.single("Isclose", BinaryOps::isClose).argument("equal_nan", false));
    return types.build();
  }

  private static Operand<? extends TType> common(OpCall call, String name, Function function) {
    return on(call, BITWISE.contains(name) ? call.pair("x", "y") : call.pair(), function);
  }

  private static Operand<? extends TType> on(OpCall call, OpCall.Pair pair, Function function) {
    return function.call(call.tf(), pair.left(), pair.right());
  }

  private static Operand<? extends TType> add(Ops tf, Operand<TNumber> x1, Operand<TNumber> x2) {
    return DType.of(x1.type()) == DType.BOOL
        ? tf.math.logicalOr(UnaryOps.bools(tf, x1), UnaryOps.bools(tf, x2))
        : tf.math.add(x1, x2);
  }

  private static Operand<? extends TType> multiply(
      Ops tf, Operand<TNumber> x1, Operand<TNumber> x2) {
    return DType.of(x1.type()) == DType.BOOL
        ? tf.math.logicalAnd(UnaryOps.bools(tf, x1), UnaryOps.bools(tf, x2))
        : tf.math.mul(x1, x2);
  }

  /** TensorFlow orders no booleans. */
  private static Operand<TNumber> ordered(Ops tf, Operand<TNumber> x) {
    return UnaryOps.ints(tf, x);
  }

  private static Operand<TNumber> withoutNan(
      Ops tf, Operand<TNumber> x1, Operand<TNumber> x2, Operand<TNumber> chosen) {
    if (!UnaryOps.isFloat(x1)) {
      return chosen;
    }
    Operand<TNumber> found = tf.select(tf.math.isNan(x1), x2, chosen);
    return tf.select(tf.math.isNan(x2), x1, found);
  }

  /** Nothing flows back through the quotient, as in Python. */
  private static Operand<TNumber> floorDivide(Ops tf, Operand<TNumber> x1, Operand<TNumber> x2) {
    return tf.stopGradient(tf.math.floorDiv(x1, x2));
  }

  /** The remainder; TensorFlow's own op has no gradient here. */
  private static Operand<TNumber> mod(Ops tf, Operand<TNumber> given, Operand<TNumber> by) {
    Operand<TNumber> x1 = UnaryOps.ints(tf, given);
    Operand<TNumber> x2 = UnaryOps.ints(tf, by);
    return UnaryOps.isFloat(x1) ? floatMod(tf, x1, x2) : tf.math.floorMod(x1, x2);
  }

  /** The value of TensorFlow's op with the gradient of {@code x1 - x2 · floor(x1 / x2)}. */
  private static Operand<TNumber> floatMod(Ops tf, Operand<TNumber> x1, Operand<TNumber> x2) {
    Operand<TNumber> quotient = floorDivide(tf, x1, x2);
    Operand<TNumber> formula = tf.math.sub(x1, tf.math.mul(x2, quotient));
    Operand<TNumber> rounding = tf.math.sub(tf.math.floorMod(x1, x2), formula);
    return tf.math.add(formula, tf.stopGradient(rounding));
  }

  private static Operand<TNumber> fmod(Ops tf, Operand<TNumber> given, Operand<TNumber> by) {
    Operand<TNumber> x1 = UnaryOps.ints(tf, given);
    Operand<TNumber> x2 = UnaryOps.ints(tf, by);
    return tf.math.mul(
        tf.stopGradient(tf.math.sign(x1)), mod(tf, tf.math.abs(x1), tf.math.abs(x2)));
  }

  /** TensorFlow's gradient has a wrong shape where the operands are broadcast. */
  private static Operand<TNumber> arctan2(Ops tf, Operand<TNumber> x1, Operand<TNumber> x2) {
    Operand<TNumber> zeros = tf.math.mul(tf.math.add(x1, x2), UnaryOps.like(tf, x1, 0));
    var shape = tf.shape(tf.stopGradient(zeros));
    return tf.math.atan2(tf.broadcastTo(x1, shape), tf.broadcastTo(x2, shape));
  }

  private static Operand<TNumber> hypot(Ops tf, Operand<TNumber> x1, Operand<TNumber> x2) {
    Operand<TNumber> one = tf.math.abs(x1);
    Operand<TNumber> other = tf.math.abs(x2);
    Operand<TNumber> larger = tf.math.maximum(one, other);
    Operand<TNumber> ratio = tf.math.divNoNan(tf.math.minimum(one, other), larger);
    return tf.math.mul(
        larger, tf.math.sqrt(tf.math.add(UnaryOps.like(tf, x1, 1), tf.math.square(ratio))));
  }

  private static Operand<TNumber> heaviside(Ops tf, Operand<TNumber> x1, Operand<TNumber> x2) {
    Operand<TNumber> zero = UnaryOps.like(tf, x1, 0);
    return tf.select(
        tf.math.less(x1, zero),
        zero,
        tf.select(tf.math.greater(x1, zero), UnaryOps.like(tf, x1, 1), x2));
  }

  private static Operand<TNumber> logAddExp(
      Ops tf, Operand<TNumber> x1, Operand<TNumber> x2, double unit) {
    Operand<TNumber> delta = tf.math.sub(x1, x2);
    Operand<TNumber> scale = UnaryOps.like(tf, x1, unit);
    Operand<TNumber> part =
        tf.math.log1p(tf.math.exp(tf.math.mul(tf.math.neg(tf.math.abs(delta)), scale)));
    return tf.select(
        tf.math.isNan(delta),
        tf.math.add(x1, x2),
        tf.math.add(tf.math.maximum(x1, x2), tf.math.div(part, scale)));
  }

  private static Operand<TBool> isClose(OpCall call) {
    Ops tf = call.tf();
    OpCall.Pair pair = call.pair();
    Operand<TNumber> x1 = pair.left();
    Operand<TNumber> x2 = pair.right();
    if (!pair.type().isFloat()) {
      return tf.math.equal(x1, x2);
    }
    double relative = call.optional("rtol", 2).map(Value::number).orElse(1e-5);
    double absolute = call.optional("atol", 3).map(Value::number).orElse(1e-8);
    Operand<TNumber> limit =
        tf.math.add(
            UnaryOps.like(tf, x1, absolute),
            tf.math.mul(UnaryOps.like(tf, x1, relative), tf.math.abs(x2)));
    Operand<TBool> close = tf.math.lessEqual(tf.math.abs(tf.math.sub(x1, x2)), limit);
    return call.flag("equal_nan")
        ? tf.math.logicalOr(close, tf.math.logicalAnd(tf.math.isNan(x1), tf.math.isNan(x2)))
        : close;
  }
}
