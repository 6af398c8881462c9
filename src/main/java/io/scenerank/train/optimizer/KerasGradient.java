package io.scenerank.train.optimizer;

import io.scenerank.variable.Weight;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * The gradient of a variable as Keras 3 sees it: dense, or of a table's rows, of which one that a
 * batch looks up several times is there several times. Keras squares each of these separately and
 * adds up the squares, where others square the sum.
 *
 * @param rows numbers of rows, [n]; absent for a dense gradient
 * @param values of the variable's shape, or [n, D]
 * @param size number of the table's rows
 */
record KerasGradient(Ops tf, Optional<Operand<TInt32>> rows, Operand<TFloat32> values, long size) {

  /** The gradient of a whole variable. */
  static KerasGradient dense(Ops tf, Operand<TFloat32> values) {
    return new KerasGradient(tf, Optional.empty(), values, 0);
  }

  private Operand<TFloat32> gathered(Operand<TFloat32> each) {
    return rows.isPresent()
        ? tf.math.unsortedSegmentSum(each, rows.get(), tf.constant(size))
        : each;
  }

  /** The gradient, of the variable's shape. */
  Operand<TFloat32> sum() {
    return gathered(values);
  }

  /** Sums of squares. */
  Operand<TFloat32> squares() {
    return gathered(tf.math.square(values));
  }

  /** Sums of absolute values. */
  Operand<TFloat32> absolutes() {
    return gathered(tf.math.abs(values));
  }

  /** The gradient of one of the tables that share the variable. */
  KerasGradient of(Weight.Part part) {
    if (rows.isEmpty()) {
      return dense(tf, SlotUpdates.rows(tf, values, part));
    }
    Operand<TInt32> own = tf.math.sub(rows.get(), tf.constant((int) part.rowOffset()));
    Operand<TBool> inside =
        tf.math.logicalAnd(
            tf.math.greaterEqual(own, tf.constant(0)),
            tf.math.less(own, tf.constant((int) part.shape().get(0)))); // [n]
    Operand<TFloat32> zeros = tf.constant(0f);
    return new KerasGradient(
        tf,
        Optional.of(tf.select(inside, own, tf.constant(-1))), // no row of the table
        tf.select(tf.expandDims(inside, tf.constant(1)), values, zeros),
        part.shape().get(0));
  }

  /** Keras' {@code clipnorm}. */
  KerasGradient clipped(float limit) {
    Operand<TFloat32> most = tf.constant(limit);
    Operand<TFloat32> factor = tf.math.maximum(KerasRules.norm(tf, values), most);
    return new KerasGradient(tf, rows, tf.math.div(tf.math.mul(values, most), factor), size);
  }
}
