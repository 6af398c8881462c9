package io.scenerank.serve;

/**
 * Floats of 16 bits. Values are rounded to the nearest, ties to even, as TensorFlow's own casts do.
 */
final class SmallFloats {
  /** The largest float16. */
  static final float LARGEST_HALF = 65_504;

  private static final int HALF_SHIFT = 13;
  private static final int HALF_BIAS_STEP = 112 << 23;
  private static final int HALF_SMALLEST_NORMAL = 113 << 23;
  private static final int HALF_INFINITY = 0x7c00;
  private static final int HALF_OVERFLOW = 143 << 23;
  private static final int QUIET = 0x200;
  private static final float HALF_SUBNORMAL_UNIT = 0x1p-24f;

  private SmallFloats() {}

  /** The bits of the nearest float16; infinity beyond {@link #LARGEST_HALF}. */
  static short half(float value) {
    int bits = Float.floatToRawIntBits(value);
    int sign = bits >>> 16 & 0x8000;
    int magnitude = bits & 0x7fff_ffff;
    if (Float.isNaN(value)) {
      return (short) (sign | HALF_INFINITY | QUIET);
    }
    if (magnitude >= HALF_OVERFLOW) {
      return (short) (sign | HALF_INFINITY);
    }
    if (magnitude < HALF_SMALLEST_NORMAL) {
      return (short) (sign | (int) Math.rint(Math.abs(value) / (double) HALF_SUBNORMAL_UNIT));
    }
    // A carry out of the fraction goes into the exponent, where it belongs.
    return (short) (sign | roundToEven(magnitude - HALF_BIAS_STEP, HALF_SHIFT));
  }

  /** The float that a float16 is. */
  static float ofHalf(short half) {
    int exponent = half >>> 10 & 0x1f;
    int fraction = half & 0x3ff;
    float magnitude =
        switch (exponent) {
          case 0 -> fraction * HALF_SUBNORMAL_UNIT;
          case 0x1f -> fraction == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
          default ->
              Float.intBitsToFloat((exponent << 23) + HALF_BIAS_STEP | fraction << HALF_SHIFT);
        };
    return half < 0 ? -magnitude : magnitude;
  }

  /** The bits of the nearest bfloat16. */
  static short bfloat16(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (Float.isNaN(value)) {
      return (short) (bits >>> 16 | 0x40);
    }
    return (short) ((bits >>> 16 & 0x8000) | roundToEven(bits & 0x7fff_ffff, Short.SIZE));
  }

  /** The float that a bfloat16 is. */
  static float ofBfloat16(short bits) {
    return Float.intBitsToFloat(bits << 16);
  }

  private static int roundToEven(int bits, int shift) {
    int even = bits >>> shift & 1;
    return (bits + (1 << (shift - 1)) - 1 + even) >>> shift;
  }
}
