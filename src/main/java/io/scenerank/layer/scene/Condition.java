package io.scenerank.layer.scene;

import io.scenerank.layer.base.BatchProduct;
import io.scenerank.layer.base.Casts;
import io.scenerank.variable.Shapes;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Squeeze;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TFloating;

/**
 * What generated weights depend on. A condition with few values, such as the scene, occurs here
 * once for each value of the batch, so that weights are generated once for each value and not once
 * for each row.
 *
 * <p>Source: APG (Yan et al., 2022), "Condition design"; that equal conditions are taken once is
 * this library's own.
 */
final class Condition {
  private final Operand<TFloating> values;
  private final Optional<Operand<TFloating>> placeOfRow;

  /**
   * @param placeOfRow [B, u], 1 at the row's value and 0 elsewhere; absent where each row has its
   *     own
   */
  private Condition(Operand<TFloating> values, Optional<Operand<TFloating>> placeOfRow) {
    this.values = values;
    this.placeOfRow = placeOfRow;
  }

  /**
   * A condition with a value of its own for each row.
   *
   * @param values [B, s]
   */
  static Condition perRow(Operand<TFloating> values) {
    return new Condition(values, Optional.empty());
  }

  /**
   * A condition with few values.
   *
   * @param values [u, s], each value once
   * @param valueOfRow [B], the number of each row's value in [0, u)
   */
  static Condition distinct(Ops tf, Operand<TFloating> values, Operand<TInt32> valueOfRow) {
    Operand<TInt32> count = tf.reshape(size(tf, values), tf.constant(new int[0])); // u
    Operand<TFloat32> places = tf.oneHot(valueOfRow, count, tf.constant(1f), tf.constant(0f));
    return new Condition(
        values, Optional.of(Casts.toFloating(tf, places, values.type()))); // [B, u]
  }

  /** The values, [u, s], or [B, s] where each row has its own. */
  Operand<TFloating> values() {
    return values;
  }

  /**
   * Multiplies each row by the matrix of its value: {@code x[b] · w[value of b] + bias[value of
   * b]}.
   *
   * @param x [B, in]
   * @param w [u, in, out]
   * @param bias [u, out]
   * @return [B, out]
   */
  Operand<TFloating> affine(
      Ops tf, Operand<TFloating> x, Operand<TFloating> w, Operand<TFloating> bias) {
    if (placeOfRow.isEmpty()) {
      Operand<TFloating> row = tf.expandDims(x, tf.constant(1)); // [B, 1, in]
      Operand<TFloating> product = BatchProduct.call(tf, row, w); // [B, 1, out]
      return tf.math.add(tf.squeeze(product, Squeeze.axis(List.of(1L))), bias); // [B, out]
    }
    // All matrices below each other, and each row in the place of its own with zeros elsewhere: one
    // product, and no matrix is ever copied for a row.
    int in = Shapes.last(x);
    int out = Shapes.last(w);
    Operand<TFloating> place = placeOfRow.get(); // [B, u]
    Operand<TFloating> spread =
        tf.math.mul(tf.expandDims(place, tf.constant(2)), tf.expandDims(x, tf.constant(1)));
    Operand<TInt32> width = tf.math.mul(size(tf, values), tf.constant(in)); // u·in
    // Not -1 for B, which TensorFlow gets wrong for a batch without rows.
    Operand<TInt32> shape = tf.concat(List.of(size(tf, x), width), tf.constant(0));
    Operand<TFloating> rows = tf.reshape(spread, shape); // [B, u, in] → [B, u·in]
    Operand<TFloating> matrices = tf.reshape(w, tf.constant(new int[] {-1, out})); // [u·in, out]
    return tf.math.add(tf.linalg.matMul(rows, matrices), tf.linalg.matMul(place, bias)); // [B, out]
  }

  /**
   * The values of something that was computed once for each value, by row.
   *
   * @param ofValues [u, k]
   * @return [B, k]
   */
  Operand<TFloating> byRow(Ops tf, Operand<TFloating> ofValues) {
    return placeOfRow.isPresent() ? tf.linalg.matMul(placeOfRow.get(), ofValues) : ofValues;
  }

  /** The first dimension, [1]. */
  private static Operand<TInt32> size(Ops tf, Operand<TFloating> x) {
    return tf.slice(tf.shape(x), tf.constant(new int[] {0}), tf.constant(new int[] {1}));
  }
}
