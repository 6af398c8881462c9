package io.scenerank.layer.ops;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.layer.base.Casts;
import io.scenerank.layer.base.LayerType;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;
import org.tensorflow.types.family.TType;

/** Functions of each value of a tensor. */
final class UnaryOps {
  /** A function of each value. */
  interface Function {
    Operand<? extends TType> call(Ops tf, Operand<TNumber> x);
  }

  /** Functions of floats: integers are converted first. */
  private static final ImmutableMap<String, Function> OF_FLOATS =
      ImmutableMap.<String, Function>builder()
          .put("Exp", (tf, x) -> tf.math.exp(x))
          .put("Exp2", (tf, x) -> tf.math.pow(like(tf, x, 2), x))
          .put("Expm1", (tf, x) -> tf.math.expm1(x))
          .put("Log", (tf, x) -> tf.math.log(x))
          .put("Log10", (tf, x) -> logarithm(tf, x, 10))
          .put("Log2", (tf, x) -> logarithm(tf, x, 2))
          .put("Log1p", (tf, x) -> tf.math.log1p(x))
          .put("Sqrt", (tf, x) -> tf.math.sqrt(x))
          .put("Rsqrt", (tf, x) -> tf.math.rsqrt(x))
          .put("Reciprocal", (tf, x) -> tf.math.reciprocal(x))
          .put("Cbrt", UnaryOps::cubeRoot)
          .put("Sin", (tf, x) -> tf.math.sin(x))
          .put("Cos", (tf, x) -> tf.math.cos(x))
          .put("Tan", (tf, x) -> tf.math.tan(x))
          .put("Sinh", (tf, x) -> tf.math.sinh(x))
          .put("Cosh", (tf, x) -> tf.math.cosh(x))
          .put("Tanh", (tf, x) -> tf.math.tanh(x))
          .put("Arcsin", (tf, x) -> tf.math.asin(x))
          .put("Arccos", (tf, x) -> tf.math.acos(x))
          .put("Arctan", (tf, x) -> tf.math.atan(x))
          .put("Arcsinh", (tf, x) -> tf.math.asinh(x))
          .put("Arccosh", (tf, x) -> tf.math.acosh(x))
          .put("Arctanh", (tf, x) -> tf.math.atanh(x))
          .put("Sinc", UnaryOps::sinc)
          .put("Floor", (tf, x) -> tf.stopGradient(tf.math.floor(x)))
          .put("Ceil", (tf, x) -> tf.stopGradient(tf.math.ceil(x)))
          .put("Erf", (tf, x) -> tf.math.erf(x))
          .put("Erfc", (tf, x) -> tf.math.sub(like(tf, x, 1), tf.math.erf(x)))
          .put("Erfinv", (tf, x) -> tf.math.erfinv(x))
          .put("Deg2rad", (tf, x) -> tf.math.mul(x, like(tf, x, Math.PI / 180)))
          .put("Rad2deg", (tf, x) -> tf.math.mul(x, like(tf, x, 180 / Math.PI)))
          .put("Fabs", (tf, x) -> tf.math.abs(x))
          .buildOrThrow();

  /** Functions that leave the type. */
  private static final ImmutableMap<String, Function> OF_NUMBERS =
      ImmutableMap.<String, Function>builder()
          .put("Absolute", (tf, x) -> isUnsigned(x) ? x : tf.math.abs(x))
          .put("Negative", (tf, x) -> tf.math.neg(x))
          .put("Square", (tf, x) -> tf.math.square(ints(tf, x)))
          .put("Sign", (tf, x) -> tf.stopGradient(tf.math.sign(x)))
          .put("Trunc", UnaryOps::trunc)
          .put("Copy", (tf, x) -> tf.identity(x))
          .put("StopGradient", (tf, x) -> tf.stopGradient(x))
          .put("Conjugate", (tf, x) -> tf.identity(x))
          .put("Real", (tf, x) -> tf.identity(x))
          .put("BitwiseInvert", (tf, x) -> tf.bitwise.invert(x))
          .put("BitwiseNot", (tf, x) -> tf.bitwise.invert(x))
          .put("LogicalNot", (tf, x) -> tf.math.logicalNot(bools(tf, x)))
          .put("Isnan", (tf, x) -> isFloat(x) ? tf.math.isNan(x) : filled(tf, x, false))
          .put("Isinf", (tf, x) -> isFloat(x) ? tf.math.isInf(x) : filled(tf, x, false))
          .put("Isfinite", (tf, x) -> isFloat(x) ? tf.math.isFinite(x) : filled(tf, x, true))
          .put("Isposinf", (tf, x) -> infinite(tf, x, Double.POSITIVE_INFINITY))
          .put("Isneginf", (tf, x) -> infinite(tf, x, Double.NEGATIVE_INFINITY))
          .put("Isreal", (tf, x) -> filled(tf, x, true))
          .put("Signbit", UnaryOps::signBit)
          .put("Size", (tf, x) -> tf.size(x))
          .put("Ndim", (tf, x) -> tf.constant(Axes.rank(x)))
          .buildOrThrow();

  private UnaryOps() {}

  static ImmutableList<LayerType> types() {
    ImmutableList.Builder<LayerType> types = ImmutableList.builder();
    OF_FLOATS.forEach(
        (name, function) ->
            types.add(Operation.single(name, call -> function.call(call.tf(), call.floats()))));
    OF_NUMBERS.forEach(
        (name, function) -> {
          LayerType type = Operation.single(name, call -> function.call(call.tf(), call.x()));
          types.add(name.equals("Absolute") ? type.alias("Abs") : type);
        });
    types.add(Operation.single("Round", UnaryOps::round).argument("decimals", 0));
    types.add(
        Operation.single("NanToNum", UnaryOps::nanToNum)
            .argument("nan", 0.0)
            .argument("posinf", null)
            .argument("neginf", null));
    return types.build();
  }

  /** A number of the type of {@code x}. */
  static Operand<TNumber> like(Ops tf, Operand<TNumber> x, double value) {
    return Value.constant(tf, value, DType.of(x.type()));
  }

  static boolean isFloat(Operand<TNumber> x) {
    return DType.of(x.type()).isFloat();
  }

  private static boolean isUnsigned(Operand<TNumber> x) {
    DType type = DType.of(x.type());
    return type == DType.BOOL || type == DType.UINT8;
  }

  /** Values as booleans: all but 0 are true. */
  static Operand<TBool> bools(Ops tf, Operand<TNumber> x) {
    return Casts.to(tf, x, TBool.class);
  }

  /** Booleans as int32; numbers as they are. */
  static Operand<TNumber> ints(Ops tf, Operand<TNumber> x) {
    return DType.of(x.type()) == DType.BOOL ? Value.cast(tf, x, DType.INT32) : x;
  }

  private static Operand<TBool> filled(Ops tf, Operand<TNumber> x, boolean value) {
    return tf.fill(tf.shape(x), tf.constant(value));
  }

  private static Operand<TBool> infinite(Ops tf, Operand<TNumber> x, double value) {
    return isFloat(x) ? tf.math.equal(x, like(tf, x, value)) : filled(tf, x, false);
  }

  private static Operand<TNumber> logarithm(Ops tf, Operand<TNumber> x, double base) {
    return tf.math.div(tf.math.log(x), tf.math.log(like(tf, x, base)));
  }

  private static Operand<TNumber> cubeRoot(Ops tf, Operand<TNumber> x) {
    return tf.math.mul(
        tf.stopGradient(tf.math.sign(x)), tf.math.pow(tf.math.abs(x), like(tf, x, 1.0 / 3)));
  }

  private static Operand<TNumber> sinc(Ops tf, Operand<TNumber> x) {
    Operand<TNumber> angle = tf.math.mul(x, like(tf, x, Math.PI));
    return tf.select(
        tf.math.equal(x, like(tf, x, 0)), like(tf, x, 1), tf.math.div(tf.math.sin(angle), angle));
  }

  private static Operand<TNumber> trunc(Ops tf, Operand<TNumber> given) {
    if (!isFloat(given)) {
      return given;
    }
    return tf.stopGradient(
        tf.select(
            tf.math.less(given, like(tf, given, 0)), tf.math.ceil(given), tf.math.floor(given)));
  }

  private static Operand<TBool> signBit(Ops tf, Operand<TNumber> x) {
    if (!isFloat(x)) {
      return DType.of(x.type()) == DType.BOOL
          ? filled(tf, x, false)
          : tf.math.less(x, like(tf, x, 0));
    }
    Operand<TInt32> bits = tf.bitcast(Value.cast(tf, x, DType.FLOAT32), TInt32.class);
    return tf.math.less(bits, tf.constant(0));
  }

  private static Operand<? extends TType> round(OpCall call) {
    Ops tf = call.tf();
    Operand<TNumber> x = call.x();
    int decimals = call.integer("decimals");
    DType type = DType.of(x.type());
    if (decimals == 0) {
      return tf.stopGradient(tf.math.round(x));
    }
    if (!type.isFloat() && decimals > 0) {
      return x;
    }
    Operand<TNumber> floats = type.isFloat() ? x : Value.cast(tf, x, DType.FLOAT32);
    Operand<TNumber> factor = like(tf, floats, Math.pow(10, decimals));
    Operand<TNumber> rounded = tf.stopGradient(tf.math.round(tf.math.mul(floats, factor)));
    return Value.cast(tf, tf.math.div(rounded, factor), type);
  }

  private static Operand<? extends TType> nanToNum(OpCall call) {
    return nanToNum(
        call,
        call.x(),
        call.number("nan"),
        call.has("posinf") ? call.number("posinf") : Double.NaN,
        call.has("neginf") ? call.number("neginf") : Double.NaN);
  }

  /**
   * Numbers in the place of what is none.
   *
   * @param above in the place of infinity; NaN for the largest number of the type
   */
  static Operand<TNumber> nanToNum(
      OpCall call, Operand<TNumber> given, double nan, double above, double below) {
    Ops tf = call.tf();
    if (!isFloat(given)) {
      return given;
    }
    double largest = largest(DType.of(given.type()));
    Operand<TNumber> x = tf.select(tf.math.isNan(given), like(tf, given, nan), given);
    x =
        tf.select(
            infinite(tf, x, Double.POSITIVE_INFINITY),
            like(tf, x, Double.isNaN(above) ? largest : above),
            x);
    return tf.select(
        infinite(tf, x, Double.NEGATIVE_INFINITY),
        like(tf, x, Double.isNaN(below) ? -largest : below),
        x);
  }

  /** The largest finite number of a type. */
  static double largest(DType type) {
    return switch (type) {
      case FLOAT64 -> Double.MAX_VALUE;
      case FLOAT16 -> 65504;
      case BFLOAT16 -> 0x1.FEp127;
      case FLOAT32, WEAK_FLOAT -> Float.MAX_VALUE;
      default -> throw new IllegalArgumentException("a type of integers has no infinite number");
    };
  }
}
