package io.scenerank.layer.ops;

import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.layer.base.Structure;
import io.scenerank.variable.Shapes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Squeeze;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;
import org.tensorflow.types.family.TType;

/** Functions that move the values of a tensor, or repeat them. */
final class ShapeOps {
  private ShapeOps() {}

  static ImmutableList<LayerType> types() {
    return ImmutableList.of(
        Operation.single("Reshape", ShapeOps::reshape).argument("newshape", null),
        Operation.single("Ravel", call -> flat(call.tf(), call.x())),
        Operation.single("Transpose", ShapeOps::transpose).argument("axes", null),
        Operation.single("Swapaxes", ShapeOps::swapAxes).argument("axis1").argument("axis2"),
        Operation.single("Moveaxis", ShapeOps::moveAxis).argument("source").argument("destination"),
        Operation.single("ExpandDims", ShapeOps::expandDims).argument("axis"),
        Operation.single("Squeeze", ShapeOps::squeeze).argument("axis", null),
        Operation.single("Flip", ShapeOps::flip).argument("axis", null),
        Operation.single("Fliplr", call -> reversed(call.tf(), call.x(), 1)),
        Operation.single("Flipud", call -> reversed(call.tf(), call.x(), 0)),
        Operation.single("Rot90", ShapeOps::rotate).argument("k", 1).argument("axes", null),
        Operation.single("Roll", ShapeOps::roll).argument("shift").argument("axis", null),
        Operation.single("Tile", ShapeOps::tile).argument("repeats"),
        Operation.single("Repeat", ShapeOps::repeat).argument("repeats").argument("axis", null),
        Operation.single("BroadcastTo", ShapeOps::broadcastTo).argument("shape", null),
        Operation.single("Pad", ShapeOps::pad).argument("pad_width").argument("mode", "constant"));
  }

  /** A vector of all values. */
  static Operand<TNumber> flat(Ops tf, Operand<TNumber> x) {
    return tf.reshape(x, tf.constant(new int[] {-1}));
  }

  private static Operand<TNumber> reshape(OpCall call) {
    Operand<TNumber> x = call.x(0);
    Optional<Operand<TInt32>> shape = dynamicShape(call, "newshape");
    return call.tf().reshape(x, shape.orElseGet(() -> call.tf().constant(sizes(call, "newshape"))));
  }

  /** A shape that the graph computes, where it is given as an operand. */
  private static Optional<Operand<TInt32>> dynamicShape(OpCall call, String name) {
    Structure<MaskedTensor> given = call.arguments().named().get(name);
    return given == null
        ? Optional.empty()
        : Optional.of(Value.typed(call.value(name, 1).as(call.tf(), DType.INT32)));
  }

  /** Sizes of which one may be None, which the number of values says. */
  private static int[] sizes(OpCall call, String name) {
    if (!call.option(name).isArray()) {
      return call.integers(name);
    }
    List<Integer> sizes = new ArrayList<>();
    call.option(name).forEach(size -> sizes.add(size.isNull() ? -1 : size.asInt()));
    return sizes.stream().mapToInt(Integer::intValue).toArray();
  }

  private static Operand<TNumber> transpose(OpCall call) {
    Operand<TNumber> x = call.x();
    int rank = Axes.rank(x);
    int[] order = Axes.all(rank);
    for (int axis = 0; axis < rank; axis++) {
      order[axis] = rank - 1 - axis;
    }
    return Axes.permuted(
        call.tf(), x, call.has("axes") ? Axes.front(call.integers("axes"), rank) : order);
  }

  private static Operand<TNumber> swapAxes(OpCall call) {
    Operand<TNumber> x = call.x();
    int rank = Axes.rank(x);
    int[] order = Axes.all(rank);
    int first = call.axis("axis1", rank);
    int second = call.axis("axis2", rank);
    order[first] = second;
    order[second] = first;
    return Axes.permuted(call.tf(), x, order);
  }

  private static Operand<TNumber> moveAxis(OpCall call) {
    Operand<TNumber> x = call.x();
    int rank = Axes.rank(x);
    return Axes.permuted(
        call.tf(),
        x,
        moved(
            rank,
            Axes.front(call.integers("source"), rank),
            Axes.front(call.integers("destination"), rank)));
  }

  /** The order of axes in which those of {@code source} are at {@code destination}. */
  static int[] moved(int rank, int[] source, int[] destination) {
    if (source.length != destination.length) {
      throw new IllegalArgumentException(
          source.length + " axes in source, " + destination.length + " in destination");
    }
    int[] order = new int[rank];
    Arrays.fill(order, -1);
    for (int i = 0; i < source.length; i++) {
      order[destination[i]] = source[i];
    }
    int[] rest = Arrays.copyOf(Axes.last(rank, source), rank - source.length);
    int next = 0;
    for (int place = 0; place < rank; place++) {
      if (order[place] < 0) {
        order[place] = rest[next++];
      }
    }
    return order;
  }

  private static Operand<TNumber> expandDims(OpCall call) {
    Operand<TNumber> x = call.x();
    int[] given = call.integers("axis");
    int[] axes = Axes.front(given, Axes.rank(x) + given.length);
    Arrays.sort(axes);
    for (int axis : axes) {
      x = call.tf().expandDims(x, call.tf().constant(axis));
    }
    return x;
  }

  private static Operand<TNumber> squeeze(OpCall call) {
    Operand<TNumber> x = call.x();
    List<Long> axes = new ArrayList<>();
    for (int axis : call.axes("axis", Axes.rank(x))) {
      // Without axes, all that are known to have size 1: the batch stays.
      if (call.has("axis") || Axes.size(x, axis) == 1) {
        axes.add((long) axis);
      }
    }
    return axes.isEmpty() ? x : call.tf().squeeze(x, Squeeze.axis(axes));
  }

  static Operand<TNumber> reversed(Ops tf, Operand<TNumber> x, int... axes) {
    return tf.reverse(x, tf.constant(axes));
  }

  private static Operand<TNumber> flip(OpCall call) {
    Operand<TNumber> x = call.x();
    return reversed(call.tf(), x, call.axes("axis", Axes.rank(x)));
  }

  private static Operand<TNumber> rotate(OpCall call) {
    Ops tf = call.tf();
    Operand<TNumber> x = call.x();
    int rank = Axes.rank(x);
    int[] axes = call.has("axes") ? Axes.front(call.integers("axes"), rank) : new int[] {0, 1};
    int turns = Math.floorMod(call.integer("k"), 4);
    int[] swapped = Axes.all(rank);
    swapped[axes[0]] = axes[1];
    swapped[axes[1]] = axes[0];
    for (int i = 0; i < turns; i++) {
      x = Axes.permuted(tf, reversed(tf, x, axes[1]), swapped);
    }
    return x;
  }

  /** By slices, whose gradients TensorFlow has here. */
  private static Operand<TNumber> roll(OpCall call) {
    Ops tf = call.tf();
    Operand<TNumber> x = call.x();
    int[] shifts = call.integers("shift");
    if (!call.has("axis")) {
      return tf.reshape(rolled(tf, flat(tf, x), shifts[0], 0), tf.shape(x));
    }
    int[] axes = call.axes("axis", Axes.rank(x));
    for (int i = 0; i < axes.length; i++) {
      x = rolled(tf, x, shifts[Math.min(i, shifts.length - 1)], axes[i]);
    }
    return x;
  }

  private static Operand<TNumber> rolled(Ops tf, Operand<TNumber> x, int shift, int axis) {
    Operand<TInt32> size = Shapes.size(tf, x, axis);
    Operand<TInt32> places =
        tf.math.floorMod(
            tf.math.sub(tf.range(tf.constant(0), size, tf.constant(1)), tf.constant(shift)), size);
    return tf.gather(x, places, tf.constant(axis));
  }

  private static Operand<TNumber> tile(OpCall call) {
    Ops tf = call.tf();
    Operand<TNumber> x = call.x();
    int[] repeats = call.integers("repeats");
    int rank = Math.max(repeats.length, Axes.rank(x));
    int[] all = new int[rank];
    Arrays.fill(all, 1);
    System.arraycopy(repeats, 0, all, rank - repeats.length, repeats.length);
    while (Axes.rank(x) < rank) {
      x = tf.expandDims(x, tf.constant(0));
    }
    return tf.tile(x, tf.constant(all));
  }

  private static Operand<TNumber> repeat(OpCall call) {
    Ops tf = call.tf();
    Operand<TNumber> given = call.x();
    Operand<TNumber> x = call.has("axis") ? given : flat(tf, given);
    int axis = call.has("axis") ? call.axis("axis", Axes.rank(x)) : 0;
    int[] repeats = call.integers("repeats");
    if (repeats.length == 1) {
      return repeated(tf, x, repeats[0], axis);
    }
    List<Integer> places = new ArrayList<>();
    for (int i = 0; i < repeats.length; i++) {
      for (int j = 0; j < repeats[i]; j++) {
        places.add(i);
      }
    }
    int[] all = places.stream().mapToInt(Integer::intValue).toArray();
    return tf.gather(x, tf.constant(all), tf.constant(axis));
  }

  /** Each slice of an axis several times, one behind the other. */
  static Operand<TNumber> repeated(Ops tf, Operand<TNumber> x, int times, int axis) {
    int rank = Axes.rank(x);
    Operand<TNumber> wide = tf.expandDims(x, tf.constant(axis + 1)); // […, n, 1, …]
    int[] multiples = new int[rank + 1];
    Arrays.fill(multiples, 1);
    multiples[axis + 1] = times;
    Operand<TNumber> tiled = tf.tile(wide, tf.constant(multiples));
    List<Operand<TInt32>> sizes = new ArrayList<>(Axes.sizes(tf, x, 0, rank));
    sizes.set(
        axis,
        Axes.size(x, axis) < 0
            ? tf.math.mul(sizes.get(axis), tf.constant(times))
            : tf.constant((int) Axes.size(x, axis) * times));
    return tf.reshape(tiled, Axes.shape(tf, sizes));
  }

  private static Operand<TNumber> broadcastTo(OpCall call) {
    Ops tf = call.tf();
    Operand<TNumber> x = call.x(0);
    Optional<Operand<TInt32>> computed = dynamicShape(call, "shape");
    if (computed.isPresent()) {
      return tf.broadcastTo(x, computed.get());
    }
    int[] shape = sizes(call, "shape");
    List<Operand<TInt32>> sizes = new ArrayList<>();
    for (int axis = 0; axis < shape.length; axis++) {
      int own = axis - shape.length + Axes.rank(x);
      sizes.add(shape[axis] < 0 && own >= 0 ? Shapes.size(tf, x, own) : tf.constant(shape[axis]));
    }
    return tf.broadcastTo(x, Axes.shape(tf, sizes));
  }

  private static Operand<? extends TType> pad(OpCall call) {
    Ops tf = call.tf();
    Operand<TNumber> x = call.x();
    int rank = Axes.rank(x);
    int[] flat = flatWidths(call);
    int[][] widths = new int[rank][2];
    for (int axis = 0; axis < rank; axis++) {
      int at = flat.length == 2 * rank ? 2 * axis : 0;
      widths[axis][0] = flat[at];
      widths[axis][1] = flat[Math.min(at + 1, flat.length - 1)];
    }
    String mode = call.option("mode").asText();
    if (!mode.equalsIgnoreCase("constant")) {
      return tf.mirrorPad(x, tf.constant(widths), mode.toUpperCase(Locale.ROOT));
    }
    double value = call.optional("constant_values", 1).map(Value::number).orElse(0.0);
    return padded(tf, x, widths, value);
  }

  /** A tensor with constants around it; the gradient of TensorFlow's op for others than 0 lacks. */
  static Operand<TNumber> padded(Ops tf, Operand<TNumber> x, int[][] widths, double value) {
    Operand<TNumber> zeros = tf.pad(x, tf.constant(widths), UnaryOps.like(tf, x, 0));
    if (value == 0) {
      return zeros;
    }
    Operand<TNumber> ones = tf.fill(tf.shape(x), UnaryOps.like(tf, x, 1));
    Operand<TNumber> inside = tf.pad(ones, tf.constant(widths), UnaryOps.like(tf, x, 0));
    return tf.select(UnaryOps.bools(tf, inside), zeros, UnaryOps.like(tf, x, value));
  }

  private static int[] flatWidths(OpCall call) {
    List<Integer> flat = new ArrayList<>();
    for (var item :
        call.option("pad_width").isArray()
            ? call.option("pad_width")
            : List.of(call.option("pad_width"))) {
      if (item.isArray()) {
        item.forEach(width -> flat.add(width.asInt()));
      } else {
        flat.add(item.asInt());
      }
    }
    return flat.stream().mapToInt(Integer::intValue).toArray();
  }
}
