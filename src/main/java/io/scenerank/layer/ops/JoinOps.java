package io.scenerank.layer.ops;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.layer.base.Structure;
import io.scenerank.variable.Shapes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Stack;
import org.tensorflow.op.core.Unstack;
import org.tensorflow.types.family.TNumber;

/** Functions that put tensors together, or cut one into several. */
final class JoinOps {
  private JoinOps() {}

  static ImmutableList<LayerType> types() {
    return ImmutableList.of(
        Operation.single("Concatenate", JoinOps::concatenate).argument("axis", 0),
        Operation.single("Stack", JoinOps::stack).argument("axis", 0),
        Operation.single("Hstack", call -> joined(call, 1)),
        Operation.single("Vstack", call -> joined(call, 0)),
        Operation.single("Dstack", call -> joined(call, 2)),
        Operation.single("Append", JoinOps::append).argument("axis", null),
        split("Split", -1).argument("axis", 0),
        split("ArraySplit", -1).argument("axis", 0),
        split("Hsplit", 1),
        split("Vsplit", 0),
        split("Dsplit", 2),
        Operation.type("Unstack", JoinOps::unstack).argument("num", null).argument("axis", 0));
  }

  private static LayerType split(String name, int axis) {
    return Operation.type(name, call -> split(call, axis)).argument("indices_or_sections");
  }

  private static Operand<TNumber> concatenate(OpCall call) {
    ImmutableList<Operand<TNumber>> values = call.list("xs");
    return Shapes.concat(call.tf(), values, call.axis("axis", Axes.rank(values.get(0))));
  }

  private static Operand<TNumber> stack(OpCall call) {
    ImmutableList<Operand<TNumber>> values = call.list("x");
    long axis = call.axis("axis", Axes.rank(values.get(0)) + 1);
    return call.tf().stack(values, Stack.axis(axis));
  }

  /** Tensors next to each other on an axis that all of them have. */
  private static Operand<TNumber> joined(OpCall call, int axis) {
    Ops tf = call.tf();
    List<Operand<TNumber>> values = new ArrayList<>();
    for (Operand<TNumber> given : call.list("xs")) {
      Operand<TNumber> x = given;
      if (axis == 2 && Axes.rank(x) < 2) {
        x = tf.expandDims(x, tf.constant(0));
      }
      values.add(axis == 2 && Axes.rank(x) < 3 ? tf.expandDims(x, tf.constant(2)) : x);
    }
    return Shapes.concat(tf, values, Math.min(axis, Axes.rank(values.get(0)) - 1));
  }

  private static Operand<TNumber> append(OpCall call) {
    Ops tf = call.tf();
    OpCall.Pair pair = call.pair();
    return call.has("axis")
        ? Shapes.concat(
            tf, List.of(pair.left(), pair.right()), call.axis("axis", Axes.rank(pair.left())))
        : Shapes.concat(
            tf, List.of(ShapeOps.flat(tf, pair.left()), ShapeOps.flat(tf, pair.right())), 0);
  }

  private static Structure<MaskedTensor> split(OpCall call, int fixed) {
    Operand<TNumber> x = call.x();
    int axis = fixed < 0 ? call.axis("axis", Axes.rank(x)) : Math.min(fixed, Axes.rank(x) - 1);
    JsonNode option = call.option("indices_or_sections");
    if (option.isArray() || option.isObject()) {
      return Operation.list(cut(call.tf(), x, call.integers("indices_or_sections"), axis));
    }
    int sections = call.integer("indices_or_sections");
    int size = Axes.known(x, axis);
    int[] cuts = new int[sections - 1];
    for (int i = 0; i < cuts.length; i++) {
      // Where it does not come out even, the first ones are longer by one.
      cuts[i] = (i + 1) * (size / sections) + Math.min(i + 1, size % sections);
    }
    return Operation.list(cut(call.tf(), x, cuts, axis));
  }

  /** The parts before, between and behind the cuts. */
  static List<Operand<TNumber>> cut(Ops tf, Operand<TNumber> x, int[] cuts, int axis) {
    List<Operand<TNumber>> parts = new ArrayList<>();
    int rank = Axes.rank(x);
    for (int i = 0; i <= cuts.length; i++) {
      int[] begin = new int[rank];
      int[] size = new int[rank];
      Arrays.fill(size, -1);
      begin[axis] = i == 0 ? 0 : cuts[i - 1];
      if (i < cuts.length) {
        size[axis] = cuts[i] - begin[axis];
      }
      parts.add(
          cuts.length == 0 ? tf.identity(x) : tf.slice(x, tf.constant(begin), tf.constant(size)));
    }
    return parts;
  }

  private static Structure<MaskedTensor> unstack(OpCall call) {
    Operand<TNumber> x = call.x();
    int axis = call.axis("axis", Axes.rank(x));
    long size = call.has("num") ? call.integer("num") : Axes.size(x, axis);
    if (size == Shape.UNKNOWN_SIZE) {
      throw new IllegalArgumentException(
          "axis " + axis + " of " + x.shape() + " has no known size");
    }
    return Operation.list(
        ImmutableList.copyOf(call.tf().unstack(x, size, Unstack.axis((long) axis)).output()));
  }
}
