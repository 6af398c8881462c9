package io.scenerank.variable;

import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.Qr;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Keras' {@code OrthogonalInitializer}: the orthogonal factor of a matrix of normal random numbers.
 *
 * @param gain what it is multiplied by
 */
record OrthogonalInitializer(float gain) implements Initializer {
  @Override
  public Operand<TFloat32> call(Ops tf, Shape shape, int seed) {
    long columns = shape.get(shape.numDimensions() - 1);
    long rows = shape.size() / columns;
    boolean wide = rows < columns;
    Shape drawn = Shape.of(Math.max(rows, columns), Math.min(rows, columns));
    Operand<TFloat32> normal =
        tf.random.statelessRandomNormal(
            tf.constant(drawn.asArray()), StatelessSeed.words(tf, seed));
    Qr<TFloat32> qr = tf.linalg.qr(normal);
    Operand<TInt32> diagonal =
        tf.range(tf.constant(0), tf.constant((int) drawn.get(1)), tf.constant(1));
    Operand<TFloat32> unit =
        tf.oneHot(diagonal, tf.constant((int) drawn.get(1)), tf.constant(1f), tf.constant(0f));
    Operand<TFloat32> signs = tf.math.sign(tf.reduceSum(tf.math.mul(qr.r(), unit), tf.constant(0)));
    Operand<TFloat32> q = tf.math.mul(qr.q(), signs);
    Operand<TFloat32> turned = wide ? tf.linalg.transpose(q, tf.constant(new int[] {1, 0})) : q;
    return tf.math.mul(tf.constant(gain), tf.reshape(turned, tf.constant(shape.asArray())));
  }
}
