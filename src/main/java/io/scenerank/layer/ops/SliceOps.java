package io.scenerank.layer.ops;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.Structure;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.StridedSlice;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/** Python's indexing: integers, slices, new axes and the ellipsis. */
final class SliceOps {
  private SliceOps() {}

  static ImmutableList<LayerType> types() {
    return ImmutableList.of(
        Operation.single("GetItem", SliceOps::getItem),
        Operation.single("Slice", SliceOps::slice).argument("shape"),
        Operation.single("Diff", SliceOps::diff).argument("n", 1).argument("axis", -1));
  }

  /** The parts of an index as TensorFlow's StridedSlice has them. */
  private static final class Spec {
    private final List<Integer> begin = new ArrayList<>();
    private final List<Integer> end = new ArrayList<>();
    private final List<Integer> step = new ArrayList<>();
    private long openBegin;
    private long openEnd;
    private long ellipsis;
    private long newAxis;
    private long shrink;

    private long add(int from, int to, int by) {
      begin.add(from);
      end.add(to);
      step.add(by);
      return 1L << (begin.size() - 1);
    }

    void add(JsonNode item) {
      if (item.isNull()) {
        newAxis |= add(0, 1, 1);
      } else if (item.isIntegralNumber()) {
        shrink |= add(item.intValue(), item.intValue() + 1, 1);
      } else if (item.path("class_name").asText().equals("__ellipsis__")) {
        ellipsis |= add(0, 0, 1);
      } else if (item.isObject()) {
        addSlice(item.has("config") ? item.path("config") : item);
      } else {
        throw new IllegalArgumentException(
            "the index " + item + " is neither an integer nor a slice, None or Ellipsis");
      }
    }

    private void addSlice(JsonNode slice) {
      long place =
          add(bound(slice.path("start")), bound(slice.path("stop")), slice.path("step").asInt(1));
      openBegin |= slice.path("start").isNumber() ? 0 : place;
      openEnd |= slice.path("stop").isNumber() ? 0 : place;
    }

    private static int bound(JsonNode number) {
      if (!number.isNumber() && !number.isNull() && !number.isMissingNode()) {
        throw new IllegalArgumentException(
            "a bound of a slice is " + number + ", expected an integer");
      }
      return number.asInt(0);
    }

    Operand<TNumber> apply(Ops tf, Operand<TNumber> x) {
      return tf.stridedSlice(
          x,
          ints(tf, begin),
          ints(tf, end),
          ints(tf, step),
          StridedSlice.beginMask(openBegin),
          StridedSlice.endMask(openEnd),
          StridedSlice.ellipsisMask(ellipsis),
          StridedSlice.newAxisMask(newAxis),
          StridedSlice.shrinkAxisMask(shrink));
    }

    private static Operand<TInt32> ints(Ops tf, List<Integer> values) {
      return tf.constant(values.stream().mapToInt(Integer::intValue).toArray());
    }
  }

  private static Operand<TNumber> getItem(OpCall call) {
    if (!(call.arguments().get("key", 1) instanceof Structure.Constant<?> key)) {
      throw new IllegalArgumentException(
          "the index is a tensor, expected integers and slices that the model's file holds");
    }
    Spec spec = new Spec();
    JsonNode items = key.value();
    if (items.isArray()) {
      items.forEach(spec::add);
    } else {
      spec.add(items);
    }
    return spec.apply(call.tf(), call.x());
  }

  private static Operand<TNumber> slice(OpCall call) {
    Ops tf = call.tf();
    Operand<TNumber> start = call.x("start_indices", 1);
    return tf.slice(
        call.x("inputs", 0),
        start,
        Value.cast(tf, tf.constant(call.integers("shape")), DType.of(start.type())));
  }

  private static Operand<TNumber> diff(OpCall call) {
    Ops tf = call.tf();
    Operand<TNumber> x = call.x();
    int axis = call.axis("axis", Axes.rank(x));
    for (int i = 0; i < call.integer("n"); i++) {
      x = difference(tf, x, axis);
    }
    return x;
  }

  /** Each value less the one before it. */
  static Operand<TNumber> difference(Ops tf, Operand<TNumber> x, int axis) {
    Operand<TNumber> later = between(tf, x, axis, 1, 0);
    Operand<TNumber> earlier = between(tf, x, axis, 0, 1);
    return DType.of(x.type()) == DType.BOOL
        ? Value.numbers(tf.math.notEqual(later, earlier))
        : tf.math.sub(later, earlier);
  }

  /** An axis without some first and last values. */
  static Operand<TNumber> between(Ops tf, Operand<TNumber> x, int axis, int first, int last) {
    Spec spec = new Spec();
    for (int i = 0; i < axis; i++) {
      spec.openBegin |= spec.add(0, 0, 1);
      spec.openEnd = spec.openBegin;
    }
    long place = spec.add(first, -last, 1);
    spec.openEnd |= last == 0 ? place : 0;
    return spec.apply(tf, x);
  }
}
