package io.scenerank.variable;

import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** First values of a variable; bit for bit those of Keras 3 for the same integer seed. */
@FunctionalInterface
// Only this interface makes a UniformInitializer: no thread initialises that class first.
@SuppressWarnings("ClassInitializationDeadlock")
public interface Initializer {
  /** {@code GlorotUniform}: U(-l, l) with l = sqrt(6 / (fan_in + fan_out)). */
  Initializer GLOROT_UNIFORM =
      new UniformInitializer(
          shape -> {
            int rank = shape.numDimensions();
            // The axes before the last two, of an attention's kernel for instance, count on both
            // sides.
            double field = 1;
            for (int axis = 0; axis < rank - 2; axis++) {
              field *= shape.get(axis);
            }
            double fanIn = field * (rank > 1 ? shape.get(rank - 2) : shape.get(0));
            double fanOut = field * shape.get(rank - 1);
            return glorotLimit(fanIn, fanOut);
          });

  /** {@code uniform}, Keras' RandomUniform: U(-0.05, 0.05). */
  Initializer UNIFORM = new UniformInitializer(shape -> 0.05f);

  /** All 0. */
  Initializer ZEROS = constant(0f);

  /**
   * {@code GlorotUniform} of a kernel whose inputs and outputs are known, as Keras 3 has it in an
   * {@code EinsumDense}: fan_in is the size of the first axes, fan_out that of the others.
   *
   * @param inputAxes number of the axes that are inputs
   */
  static Initializer glorotUniform(int inputAxes) {
    return new UniformInitializer(
        shape -> {
          double fanIn = shape.take(inputAxes).size();
          return glorotLimit(fanIn, shape.size() / fanIn);
        });
  }

  /** {@code RandomUniform}: U(min, max). */
  static Initializer uniform(double min, double max) {
    UniformInitializer around = new UniformInitializer(shape -> (max - min) / 2);
    return min == -max
        ? around
        : (tf, shape, seed) ->
            tf.math.add(around.call(tf, shape, seed), tf.constant((float) ((min + max) / 2)));
  }

  /** {@code RandomNormal}: N(mean, stddev). */
  static Initializer normal(double mean, double stddev) {
    return (tf, shape, seed) ->
        scaled(
            tf,
            tf.random.statelessRandomNormal(
                tf.constant(shape.asArray()), StatelessSeed.words(tf, seed)),
            mean,
            stddev);
  }

  /** {@code TruncatedNormal}: N(mean, stddev), drawn again beyond two standard deviations. */
  static Initializer truncatedNormal(double mean, double stddev) {
    return (tf, shape, seed) ->
        scaled(
            tf,
            tf.random.statelessTruncatedNormal(
                tf.constant(shape.asArray()), StatelessSeed.words(tf, seed)),
            mean,
            stddev);
  }

  /** {@code OrthogonalInitializer}: gain times a matrix with orthogonal rows or columns. */
  static Initializer orthogonal(double gain) {
    return new OrthogonalInitializer((float) gain);
  }

  /** {@code Identity}: gain on the diagonal of a matrix. */
  static Initializer identity(double gain) {
    return (tf, shape, seed) -> {
      int rows = Math.toIntExact(shape.get(0));
      int columns = Math.toIntExact(shape.get(1));
      return tf.oneHot(
          tf.range(tf.constant(0), tf.constant(rows), tf.constant(1)),
          tf.constant(columns),
          tf.constant((float) gain),
          tf.constant(0f));
    };
  }

  private static Operand<TFloat32> scaled(
      Ops tf, Operand<TFloat32> unit, double mean, double stddev) {
    Operand<TFloat32> spread = tf.math.mul(unit, tf.constant((float) stddev));
    return mean == 0 ? spread : tf.math.add(spread, tf.constant((float) mean));
  }

  /** All of one value. */
  static Initializer constant(float value) {
    return new ConstantInitializer(value);
  }

  /**
   * Adds the ops that compute the first values.
   *
   * @param shape shape of the variable, all dimensions known
   * @param seed Keras' integer seed
   */
  Operand<TFloat32> call(Ops tf, Shape shape, int seed);

  /**
   * Adds the ops that compute the first values of some rows, bit for bit those that {@link #call}
   * gives them. Uniform and constant values take no more memory than these rows.
   *
   * @param shape shape of the whole variable
   * @param first number of the first row, a multiple of 4
   * @param count number of rows
   */
  default Operand<TFloat32> rows(Ops tf, Shape shape, int seed, long first, long count) {
    long[] begin = new long[shape.numDimensions()];
    begin[0] = first;
    return tf.slice(
        call(tf, shape, seed),
        tf.constant(begin),
        tf.constant(shape.tail().prepend(count).asArray()));
  }

  private static float glorotLimit(double fanIn, double fanOut) {
    // Keras' order of operations, in double: scale / max(1, mean fan), then sqrt(3 · scale).
    double scale = 1.0 / Math.max(1.0, (fanIn + fanOut) / 2.0);
    return (float) Math.sqrt(3.0 * scale);
  }
}
