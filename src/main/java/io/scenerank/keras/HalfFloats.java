package io.scenerank.keras;

/** Floats of 16 bits; every value of theirs is one of float32. */
final class HalfFloats {
  private static final int MANTISSA = 10;
  private static final int BIAS = 15;

  private HalfFloats() {}

  /** IEEE 754 binary16. */
  static float fromHalf(short bits) {
    int sign = bits & 0x8000;
    int exponent = bits >> MANTISSA & 0x1F;
    int mantissa = bits & 0x3FF;
    float magnitude =
        switch (exponent) {
          case 0 -> Math.scalb((float) mantissa, 1 - BIAS - MANTISSA);
          case 0x1F -> mantissa == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
          default -> Math.scalb((float) (mantissa | 0x400), exponent - BIAS - MANTISSA);
        };
    return sign == 0 ? magnitude : -magnitude;
  }

  /** The upper half of a float32. */
  static float fromBfloat16(short bits) {
    return Float.intBitsToFloat(bits << 16);
  }
}
