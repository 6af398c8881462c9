package io.scenerank.layer;

import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** First values of a variable; bit for bit those of Keras 3 for the same integer seed. */
@FunctionalInterface
public interface Initializer {
  /** {@code GlorotUniform}: U(-l, l) with l = sqrt(6 / (fan_in + fan_out)). */
  Initializer GLOROT_UNIFORM =
      (tf, shape, seed) -> {
        int rank = shape.numDimensions();
        // The axes before the last two, of an attention's kernel for instance, count on both sides.
        double field = 1;
        for (int axis = 0; axis < rank - 2; axis++) {
          field *= shape.get(axis);
        }
        double fanIn = field * (rank > 1 ? shape.get(rank - 2) : shape.get(0));
        double fanOut = field * shape.get(rank - 1);
        return glorot(tf, shape, seed, fanIn, fanOut);
      };

  /** {@code uniform}, Keras' RandomUniform: U(-0.05, 0.05). */
  Initializer UNIFORM = (tf, shape, seed) -> uniform(tf, shape, seed, 0.05f);

  /** All 0. */
  Initializer ZEROS = constant(0f);

  /**
   * {@code GlorotUniform} of a kernel whose inputs and outputs are known, as Keras 3 has it in an
   * {@code EinsumDense}: fan_in is the size of the first axes, fan_out that of the others.
   *
   * @param inputAxes number of the axes that are inputs
   */
  static Initializer glorotUniform(int inputAxes) {
    return (tf, shape, seed) -> {
      double fanIn = shape.take(inputAxes).size();
      return glorot(tf, shape, seed, fanIn, shape.size() / fanIn);
    };
  }

  /** All of one value. */
  static Initializer constant(float value) {
    return (tf, shape, seed) -> tf.fill(tf.constant(shape.asArray()), tf.constant(value));
  }

  /**
   * Adds the ops that compute the first values.
   *
   * @param shape shape of the variable, all dimensions known
   * @param seed Keras' integer seed
   */
  Operand<TFloat32> call(Ops tf, Shape shape, int seed);

  private static Operand<TFloat32> glorot(
      Ops tf, Shape shape, int seed, double fanIn, double fanOut) {
    // Keras' order of operations, in double: scale / max(1, mean fan), then sqrt(3 · scale).
    double scale = 1.0 / Math.max(1.0, (fanIn + fanOut) / 2.0);
    return uniform(tf, shape, seed, (float) Math.sqrt(3.0 * scale));
  }

  private static Operand<TFloat32> uniform(Ops tf, Shape shape, int seed, float limit) {
    // Keras 3 turns the integer seed s into the stateless pair [s mod (2^31 - 2), 0].
    Operand<TFloat32> unit =
        tf.random.statelessRandomUniform(
            tf.constant(shape.asArray()), tf.constant(new int[] {StatelessSeed.word(seed), 0}));
    return tf.math.add(tf.math.mul(unit, tf.constant(limit - (-limit))), tf.constant(-limit));
  }
}
