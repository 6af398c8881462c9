package io.scenerank.layer.ops;

import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.Norms;
import io.scenerank.variable.Shapes;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/** Functions of matrices that are in the last two axes: triangles, diagonals, norms. */
final class MatrixOps {
  private MatrixOps() {}

  static ImmutableList<LayerType> types() {
    return ImmutableList.of(
        Operation.single("Tril", call -> triangle(call, true)).argument("k", 0),
        Operation.single("Triu", call -> triangle(call, false)).argument("k", 0),
        Operation.single("Diagonal", MatrixOps::diagonal)
            .argument("offset", 0)
            .argument("axis1", 0)
            .argument("axis2", 1),
        Operation.single("Trace", MatrixOps::trace)
            .argument("offset", 0)
            .argument("axis1", 0)
            .argument("axis2", 1),
        Operation.single("Diag", MatrixOps::diag).argument("k", 0),
        Operation.single("Norm", MatrixOps::norm)
            .argument("ord", null)
            .argument("axis", null)
            .argument("keepdims", false),
        Operation.single("Normalize", MatrixOps::normalize)
            .argument("axis", -1)
            .argument("order", 2)
            .argument("epsilon", null),
        Operation.single("CDist", MatrixOps::distances));
  }

  /**
   * True between two diagonals of the last two axes.
   *
   * @param below number of diagonals below the main one, -1 for all
   * @param above number of diagonals above it, -1 for all
   */
  static Operand<TBool> within(Ops tf, Operand<TNumber> like, int below, int above) {
    Operand<TBool> all = tf.fill(tf.shape(like), tf.constant(true));
    return tf.linalg.bandPart(all, tf.constant(below), tf.constant(above));
  }

  private static Operand<TNumber> triangle(OpCall call, boolean lower) {
    Ops tf = call.tf();
    Operand<TNumber> x = call.x();
    int k = call.integer("k");
    Operand<TBool> inside =
        lower
            ? k >= 0 ? within(tf, x, -1, k) : tf.math.logicalNot(within(tf, x, -k - 1, -1))
            : k <= 0 ? within(tf, x, -k, -1) : tf.math.logicalNot(within(tf, x, -1, k - 1));
    return tf.select(inside, x, UnaryOps.like(tf, x, 0));
  }

  private static Operand<TNumber> diagonal(OpCall call) {
    Operand<TNumber> x = call.x();
    int rank = Axes.rank(x);
    int[] order = Axes.last(rank, call.axis("axis1", rank), call.axis("axis2", rank));
    return diagonal(call.tf(), Axes.permuted(call.tf(), x, order), call.integer("offset"));
  }

  /** A diagonal of the last two axes, by the places of its values in a row of all of them. */
  static Operand<TNumber> diagonal(Ops tf, Operand<TNumber> x, int offset) {
    int rank = Axes.rank(x);
    Operand<TInt32> rows = Shapes.size(tf, x, rank - 2);
    Operand<TInt32> columns = Shapes.size(tf, x, rank - 1);
    Operand<TInt32> firstRow = tf.constant(Math.max(-offset, 0));
    Operand<TInt32> firstColumn = tf.constant(Math.max(offset, 0));
    Operand<TInt32> length =
        tf.math.maximum(
            tf.math.minimum(tf.math.sub(rows, firstRow), tf.math.sub(columns, firstColumn)),
            tf.constant(0));
    Operand<TInt32> numbers = tf.range(tf.constant(0), length, tf.constant(1));
    Operand<TInt32> places =
        tf.math.add(
            tf.math.mul(tf.math.add(numbers, firstRow), columns),
            tf.math.add(numbers, firstColumn));
    Operand<TNumber> joined =
        tf.reshape(x, Axes.shape(tf, Axes.sizes(tf, x, 0, rank - 2), tf.constant(-1)));
    return tf.gather(joined, places, tf.constant(rank - 2));
  }

  private static Operand<TNumber> trace(OpCall call) {
    Operand<TNumber> x = diagonal(call);
    Ops tf = call.tf();
    return ReductionOps.sum(tf, UnaryOps.ints(tf, x), new int[] {Axes.rank(x) - 1}, false);
  }

  private static Operand<TNumber> diag(OpCall call) {
    Ops tf = call.tf();
    Operand<TNumber> x = call.x();
    int k = call.integer("k");
    if (Axes.rank(x) != 1) {
      return diagonal(tf, x, k);
    }
    Operand<TNumber> rows =
        ShapeOps.padded(tf, x, new int[][] {{Math.max(-k, 0), Math.max(k, 0)}}, 0); // [n]
    Operand<TInt32> size = Shapes.size(tf, rows, 0);
    Operand<TInt32> columns =
        tf.math.add(tf.range(tf.constant(0), size, tf.constant(1)), tf.constant(k));
    Operand<TNumber> places =
        tf.oneHot(columns, size, UnaryOps.like(tf, x, 1), UnaryOps.like(tf, x, 0)); // [n, n]
    return tf.math.mul(tf.expandDims(rows, tf.constant(1)), places);
  }

  private static Operand<TNumber> norm(OpCall call) {
    Operand<TNumber> x = call.floats();
    int[] axes = call.axes("axis", Axes.rank(x));
    String order = call.has("ord") ? call.option("ord").asText() : "";
    boolean keep = call.flag("keepdims");
    if (axes.length == 1) {
      return vectorNorm(call.tf(), x, axes, keep, order.isEmpty() ? "2" : order);
    }
    if (axes.length != 2) {
      throw new IllegalArgumentException("a norm over " + axes.length + " axes, expected 1 or 2");
    }
    return matrixNorm(call, x, axes, keep, order.isEmpty() ? "fro" : order);
  }

  private static Operand<TNumber> euclidean(Ops tf, Operand<TNumber> x, int[] axes, boolean keep) {
    return tf.math.sqrt(ReductionOps.sum(tf, tf.math.square(x), axes, keep));
  }

  static Operand<TNumber> vectorNorm(
      Ops tf, Operand<TNumber> x, int[] axes, boolean keep, String order) {
    Operand<TNumber> absolute = tf.math.abs(x);
    double power = number(order);
    if (power == 2) {
      return euclidean(tf, x, axes, keep);
    }
    if (Double.isInfinite(power)) {
      return power > 0
          ? ReductionOps.max(tf, absolute, axes, keep)
          : ReductionOps.min(tf, absolute, axes, keep);
    }
    if (power == 0) {
      Operand<TNumber> counted =
          Value.cast(tf, tf.math.notEqual(x, UnaryOps.like(tf, x, 0)), DType.of(x.type()));
      return ReductionOps.sum(tf, counted, axes, keep);
    }
    Operand<TNumber> sum =
        ReductionOps.sum(tf, tf.math.pow(absolute, UnaryOps.like(tf, x, power)), axes, keep);
    return tf.math.pow(sum, UnaryOps.like(tf, x, 1 / power));
  }

  private static double number(String order) {
    try {
      return switch (order) {
        case "inf", "Infinity" -> Double.POSITIVE_INFINITY;
        case "-inf", "-Infinity" -> Double.NEGATIVE_INFINITY;
        default -> Double.parseDouble(order);
      };
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("ord is '" + order + "', expected a number", e);
    }
  }

  private static Operand<TNumber> matrixNorm(
      OpCall call, Operand<TNumber> x, int[] axes, boolean keep, String order) {
    Ops tf = call.tf();
    if (order.equals("fro")) {
      return euclidean(tf, x, axes, keep);
    }
    if (order.equals("nuc") || Math.abs(number(order)) == 2) {
      throw call.config().wrong("ord", "a norm without singular values: fro, 1, -1, inf, -inf");
    }
    double power = number(order);
    int summed = Double.isInfinite(power) ? axes[1] : axes[0];
    int other = Double.isInfinite(power) ? axes[0] : axes[1];
    Operand<TNumber> sums = ReductionOps.sum(tf, tf.math.abs(x), new int[] {summed}, true);
    Operand<TNumber> found =
        power > 0
            ? ReductionOps.max(tf, sums, new int[] {other}, true)
            : ReductionOps.min(tf, sums, new int[] {other}, true);
    return keep ? found : ReductionOps.sum(tf, found, axes, false);
  }

  private static Operand<TNumber> normalize(OpCall call) {
    Ops tf = call.tf();
    Operand<TNumber> given = call.x();
    Operand<TNumber> x = Axes.rank(given) == 0 ? tf.expandDims(given, tf.constant(0)) : given;
    int[] axes = call.axes("axis", Axes.rank(x));
    double epsilon = call.has("epsilon") ? call.number("epsilon") : Norms.EPSILON;
    int order = call.integer("order");
    if (order == 2) {
      return Value.numbers(Norms.unit(tf, Value.typed(x), axes, epsilon));
    }
    Operand<TNumber> norm = vectorNorm(tf, x, axes, true, Integer.toString(order));
    return tf.math.div(x, tf.math.maximum(norm, UnaryOps.like(tf, x, epsilon)));
  }

  private static Operand<TNumber> distances(OpCall call) {
    Ops tf = call.tf();
    OpCall.Pair pair = call.pair("x", "y");
    Operand<TNumber> x = pair.left(); // […, n, d]
    Operand<TNumber> y = pair.right(); // […, m, d]
    Operand<TNumber> difference =
        tf.math.sub(
            tf.expandDims(x, tf.constant(Axes.rank(x) - 1)),
            tf.expandDims(y, tf.constant(Axes.rank(y) - 2))); // […, n, m, d]
    return euclidean(tf, difference, new int[] {Axes.rank(difference) - 1}, false);
  }
}
