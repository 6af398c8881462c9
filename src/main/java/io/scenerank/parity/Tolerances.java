package io.scenerank.parity;

/**
 * How far a number may be from the expected one: {@code |a - e| <= tolerance · (1 + |e|)}, as
 * numpy's {@code allclose} with one value for both its tolerances.
 *
 * @param outputs of outputs; float32 kernels of one TensorFlow agree to a few units in the last
 *     place
 * @param gradients of gradients, which sum over the batch in an order that is not fixed
 * @param losses of training steps, sums over the batch
 * @param weights of variables after training steps, which carry the rounding on
 */
record Tolerances(double outputs, double gradients, double losses, double weights) {
  /** 1e-6, 1e-5, 1e-5 and 1e-4. */
  static Tolerances defaults() {
    return new Tolerances(1e-6, 1e-5, 1e-5, 1e-4);
  }

  /**
   * At least these, for a model some layers of which compute with fewer digits: sums in another
   * order then differ by a rounding.
   *
   * @param roundoff how far one rounding is off, 2^-11 of float16 and 2^-8 of bfloat16
   */
  Tolerances atLeast(double roundoff) {
    return new Tolerances(
        Math.max(outputs, roundoff),
        Math.max(gradients, roundoff),
        Math.max(losses, roundoff),
        Math.max(weights, roundoff));
  }

  /** One tolerance for everything but first values, which are the same bits or wrong. */
  static Tolerances all(double tolerance) {
    return new Tolerances(tolerance, tolerance, tolerance, tolerance);
  }
}
