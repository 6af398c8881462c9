package io.scenerank.layer.ops;

import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.LayerType;
import io.scenerank.variable.Shapes;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Gather;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/** Functions that pick values by their numbers or by conditions, or put them at such places. */
final class GatherOps {
  private GatherOps() {}

  static ImmutableList<LayerType> types() {
    return ImmutableList.of(
        Operation.single("Take", GatherOps::take).argument("axis", null),
        Operation.single("TakeAlongAxis", GatherOps::takeAlongAxis).argument("axis", null),
        Operation.single("Where", GatherOps::where),
        Operation.single("Clip", GatherOps::clip).argument("x_min").argument("x_max"),
        Operation.single("Scatter", GatherOps::scatter).argument("shape"),
        Operation.single("ScatterUpdate", GatherOps::scatterUpdate).argument("reduction", null),
        segments("SegmentSum"),
        segments("SegmentMax"),
        segments("SegmentMin"));
  }

  private static LayerType segments(String name) {
    return Operation.single(name, call -> segments(call, name))
        .argument("num_segments", null)
        .argument("sorted", false);
  }

  /** Indices below 0 count from the end. */
  private static Operand<TNumber> fromFront(
      Ops tf, Operand<TNumber> given, Operand<TNumber> x, int axis) {
    Operand<TNumber> indices = UnaryOps.isFloat(given) ? Value.cast(tf, given, DType.INT32) : given;
    if (DType.of(indices.type()) == DType.BOOL || DType.of(indices.type()) == DType.UINT8) {
      indices = Value.cast(tf, indices, DType.INT32);
    }
    Operand<TInt32> size = Shapes.size(tf, x, axis);
    Operand<TNumber> wrapped = tf.math.add(indices, Value.cast(tf, size, DType.of(indices.type())));
    return tf.select(tf.math.less(indices, UnaryOps.like(tf, indices, 0)), wrapped, indices);
  }

  private static Operand<TNumber> take(OpCall call) {
    Ops tf = call.tf();
    Operand<TNumber> given = call.x("x", 0);
    Operand<TNumber> x = call.has("axis") ? given : ShapeOps.flat(tf, given);
    int axis = call.has("axis") ? call.axis("axis", Axes.rank(x)) : 0;
    return tf.gather(x, fromFront(tf, call.x("indices", 1), x, axis), tf.constant(axis));
  }

  private static Operand<TNumber> takeAlongAxis(OpCall call) {
    Ops tf = call.tf();
    Operand<TNumber> x = call.x("x", 0);
    Operand<TNumber> indices = call.x("indices", 1);
    if (!call.has("axis")) {
      Operand<TNumber> flat = ShapeOps.flat(tf, x);
      return tf.gather(flat, fromFront(tf, ShapeOps.flat(tf, indices), flat, 0), tf.constant(0));
    }
    int axis = call.axis("axis", Axes.rank(x));
    return alongAxis(tf, x, fromFront(tf, indices, x, axis), axis);
  }

  /** The values of an axis at the indices; all other axes are those of both, or 1 in one. */
  static Operand<TNumber> alongAxis(
      Ops tf, Operand<TNumber> x, Operand<? extends TNumber> indices, int axis) {
    int rank = Axes.rank(x);
    int[] order = Axes.last(rank, axis);
    Operand<TNumber> values = Axes.permuted(tf, x, order);
    Operand<? extends TNumber> places = Axes.permuted(tf, indices, order);
    List<Operand<TInt32>> leading = leading(tf, values, places);
    Operand<TInt32> steps = Shapes.size(tf, values, rank - 1);
    Operand<TInt32> chosen = Shapes.size(tf, places, rank - 1);
    Operand<TNumber> rows = tf.broadcastTo(values, Axes.shape(tf, leading, steps));
    Operand<TNumber> at = tf.broadcastTo(Value.numbers(places), Axes.shape(tf, leading, chosen));
    Operand<TInt32> all = tf.constant(-1);
    Operand<TNumber> found =
        tf.gather(
            tf.reshape(rows, Axes.shape(tf, List.of(all, steps))),
            tf.reshape(at, Axes.shape(tf, List.of(all, chosen))),
            tf.constant(1),
            Gather.batchDims(1L));
    return Axes.permuted(
        tf, tf.reshape(found, Axes.shape(tf, leading, chosen)), Axes.inverse(order));
  }

  /** Sizes of the leading axes of both; where one has 1, those of the other. */
  private static List<Operand<TInt32>> leading(
      Ops tf, Operand<TNumber> values, Operand<? extends TNumber> places) {
    List<Operand<TInt32>> sizes = new ArrayList<>();
    for (int axis = 0; axis < Axes.rank(values) - 1; axis++) {
      long one = Axes.size(values, axis);
      long other = Axes.size(places, axis);
      Operand<TInt32> size = Shapes.size(tf, values, axis);
      sizes.add(
          one == 1
              ? Shapes.size(tf, places, axis)
              : one > 1 || other == 1
                  ? size
                  : tf.math.maximum(size, Shapes.size(tf, places, axis)));
    }
    return sizes;
  }

  private static Operand<TNumber> where(OpCall call) {
    if (call.arguments().find("x1", 1).isEmpty() || call.arguments().find("x2", 2).isEmpty()) {
      throw new IllegalArgumentException("where is called without x1 and x2, expected both");
    }
    Value left = call.value("x1", 1);
    Value right = call.value("x2", 2);
    DType type = DType.result(left.type(), right.type());
    Ops tf = call.tf();
    return tf.select(
        UnaryOps.bools(tf, call.x("condition", 0)), left.as(tf, type), right.as(tf, type));
  }

  private static Operand<TNumber> clip(OpCall call) {
    Ops tf = call.tf();
    Operand<TNumber> x = UnaryOps.ints(tf, call.x());
    DType type = DType.of(x.type());
    return clipped(
        tf,
        x,
        Constants.read(tf, call.option("x_min")).as(tf, type),
        Constants.read(tf, call.option("x_max")).as(tf, type));
  }

  /** Values between two limits; nothing flows back where one counts. */
  static Operand<TNumber> clipped(
      Ops tf, Operand<TNumber> x, Operand<TNumber> least, Operand<TNumber> most) {
    return Axes.rank(least) == 0 && Axes.rank(most) == 0
        ? tf.clipByValue(x, least, most)
        : tf.math.maximum(tf.math.minimum(x, most), least);
  }

  private static Operand<TNumber> scatter(OpCall call) {
    Ops tf = call.tf();
    Operand<TNumber> indices = call.x("indices", 0);
    Operand<TNumber> shape =
        Value.cast(tf, tf.constant(call.integers("shape")), DType.of(indices.type()));
    return tf.scatterNd(indices, call.x("values", 1), shape);
  }

  /** TensorFlow's own update has no gradient here. */
  private static Operand<TNumber> scatterUpdate(OpCall call) {
    Ops tf = call.tf();
    Operand<TNumber> x = call.x("inputs", 0);
    Operand<TNumber> indices = call.x("indices", 1);
    Operand<TNumber> updates = call.value("updates", 2).as(tf, DType.of(x.type()));
    Operand<TNumber> shape = Value.cast(tf, tf.shape(x), DType.of(indices.type()));
    Operand<TNumber> added = tf.scatterNd(indices, updates, shape);
    String reduction = call.option("reduction").asText("none");
    if (reduction.equals("add")) {
      return tf.math.add(x, added);
    }
    if (call.has("reduction") && !reduction.equals("none")) {
      throw call.config().wrong("reduction", "None or add");
    }
    Operand<TNumber> marks =
        tf.scatterNd(indices, tf.fill(tf.shape(updates), UnaryOps.like(tf, updates, 1)), shape);
    return tf.select(tf.math.greater(marks, UnaryOps.like(tf, marks, 0)), added, x);
  }

  private static Operand<TNumber> segments(OpCall call, String name) {
    Ops tf = call.tf();
    Operand<TNumber> data = call.x("data", 0);
    Operand<TNumber> ids = call.x("segment_ids", 1);
    Operand<TInt32> number =
        call.has("num_segments")
            ? tf.constant(call.integer("num_segments"))
            : Value.<TInt32>typed(
                Value.cast(
                    tf,
                    tf.math.add(tf.max(ids, tf.constant(new int[] {0})), UnaryOps.like(tf, ids, 1)),
                    DType.INT32));
    return switch (name) {
      case "SegmentSum" -> tf.math.unsortedSegmentSum(data, ids, number);
      case "SegmentMax" -> tf.math.unsortedSegmentMax(data, ids, number);
      default -> tf.math.unsortedSegmentMin(data, ids, number);
    };
  }
}
