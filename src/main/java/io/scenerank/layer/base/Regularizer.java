package io.scenerank.layer.base;

import io.scenerank.variable.Shapes;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** A term of the loss that keeps values small. Source: Keras' {@code regularizers}. */
public interface Regularizer {
  /**
   * Adds the term.
   *
   * @param x of any shape
   * @return scalar
   */
  Operand<TFloat32> call(Ops tf, Operand<TFloat32> x);

  /** The factor of sum(x²), where that is all that it is. */
  default float l2() {
    return 0;
  }

  /**
   * {@code l1 · sum(|x|) + l2 · sum(x²)}.
   *
   * @param l1 factor of the absolute values
   * @param l2Factor factor of the squares
   */
  record L1L2(float l1, float l2Factor) implements Regularizer {
    @Override
    public Operand<TFloat32> call(Ops tf, Operand<TFloat32> x) {
      Operand<TInt32> axes = Shapes.axes(tf, x);
      Operand<TFloat32> absolute = tf.math.mul(tf.constant(l1), tf.reduceSum(tf.math.abs(x), axes));
      Operand<TFloat32> squares =
          tf.math.mul(tf.constant(l2Factor), tf.reduceSum(tf.math.square(x), axes));
      return l1 == 0 ? squares : l2Factor == 0 ? absolute : tf.math.add(absolute, squares);
    }

    @Override
    public float l2() {
      return l1 == 0 ? l2Factor : 0;
    }
  }

  /**
   * {@code factor · sum(|cosine of two different rows or columns|) / number of pairs / 2}: Keras'
   * {@code OrthogonalRegularizer} of a matrix.
   *
   * @param factor factor of the term
   * @param rows whether rows are compared, or columns
   */
  record Orthogonal(float factor, boolean rows) implements Regularizer {
    private static final float EPSILON = 1e-12f;

    @Override
    public Operand<TFloat32> call(Ops tf, Operand<TFloat32> x) {
      Operand<TFloat32> vectors =
          rows ? x : tf.linalg.transpose(x, tf.constant(new int[] {1, 0})); // [n, d]
      Operand<TFloat32> squares =
          tf.reduceSum(tf.math.square(vectors), tf.constant(1), ReduceSum.keepDims(true));
      Operand<TFloat32> unit =
          tf.math.mul(
              vectors, tf.math.rsqrt(tf.math.maximum(squares, tf.constant(EPSILON)))); // [n, d]
      Operand<TFloat32> products = tf.linalg.matMul(unit, unit, MatMul.transposeB(true)); // [n, n]
      long n = vectors.shape().get(0);
      float[][] different = new float[(int) n][(int) n];
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
          different[i][j] = i == j ? 0 : 1;
        }
      }
      Operand<TFloat32> others = tf.math.mul(products, tf.constant(different));
      float pairs = n * (n - 1f) / 2;
      return tf.math.mul(
          tf.constant(factor * 0.5f / pairs),
          tf.reduceSum(tf.math.abs(others), tf.constant(new int[] {0, 1})));
    }
  }
}
