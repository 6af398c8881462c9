package io.scenerank.layer.ops;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.Sizes;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/** Sums of products of two tensors or more. */
final class ProductOps {
  private static final String LABELS = "abcdefghijklmnopqrstuvwxyz";

  private ProductOps() {}

  static ImmutableList<LayerType> types() {
    return ImmutableList.of(
        product("Matmul", ProductOps::matmul),
        product("Dot", ProductOps::dot),
        product("Inner", (tf, x1, x2) -> contracted(tf, x1, x2, -1)),
        product(
            "Vdot",
            (tf, x1, x2) -> contracted(tf, ShapeOps.flat(tf, x1), ShapeOps.flat(tf, x2), -1)),
        product("Outer", ProductOps::outer),
        Operation.single("Tensordot", ProductOps::tensordot).argument("axes", 2),
        Operation.single("Einsum", ProductOps::einsum).argument("subscripts"));
  }

  /** A product of two tensors of floats. */
  private interface Product {
    Operand<TNumber> call(Ops tf, Operand<TNumber> x1, Operand<TNumber> x2);
  }

  /** Integers are multiplied as floats, as Keras does. */
  private static LayerType product(String name, Product product) {
    return Operation.single(
        name,
        call -> {
          OpCall.Pair pair = call.pair(DType.WEAK_FLOAT);
          DType result = DType.result(call.value("x1", 0).type(), call.value("x2", 1).type());
          return Value.cast(call.tf(), product.call(call.tf(), pair.left(), pair.right()), result);
        });
  }

  static Operand<TNumber> matmul(Ops tf, Operand<TNumber> x1, Operand<TNumber> x2) {
    int left = Axes.rank(x1);
    int right = Axes.rank(x2);
    if (left == 2 && right == 2) {
      return tf.linalg.matMul(x1, x2);
    }
    if (right == 1) {
      return contracted(tf, x1, x2, -1);
    }
    if (left == 1) {
      return contracted(tf, x1, x2, -2);
    }
    return tf.linalg.einsum(List.of(x1, x2), "...ij,...jk->...ik");
  }

  private static Operand<TNumber> dot(Ops tf, Operand<TNumber> x1, Operand<TNumber> x2) {
    if (Axes.rank(x1) == 0 || Axes.rank(x2) == 0) {
      return tf.math.mul(x1, x2);
    }
    return contracted(tf, x1, x2, Axes.rank(x2) == 1 ? -1 : -2);
  }

  private static Operand<TNumber> outer(Ops tf, Operand<TNumber> x1, Operand<TNumber> x2) {
    return tf.math.mul(tf.expandDims(ShapeOps.flat(tf, x1), tf.constant(1)), ShapeOps.flat(tf, x2));
  }

  /** The sum over the last axis of the left tensor and an axis of the right one. */
  private static Operand<TNumber> contracted(
      Ops tf, Operand<TNumber> x1, Operand<TNumber> x2, int axis) {
    if (Axes.rank(x1) == 0 || Axes.rank(x2) == 0) {
      return tf.math.mul(x1, x2);
    }
    return contracted(
        tf, x1, x2, new int[] {Axes.rank(x1) - 1}, new int[] {Sizes.axis(axis, Axes.rank(x2))});
  }

  private static Operand<TNumber> contracted(
      Ops tf, Operand<TNumber> x1, Operand<TNumber> x2, int[] axes1, int[] axes2) {
    int rank1 = Axes.rank(x1);
    char[] left = LABELS.substring(0, rank1).toCharArray();
    char[] right = LABELS.substring(rank1, rank1 + Axes.rank(x2)).toCharArray();
    for (int i = 0; i < axes1.length; i++) {
      right[axes2[i]] = left[axes1[i]];
    }
    StringBuilder kept = new StringBuilder();
    for (char label : (new String(left) + new String(right)).toCharArray()) {
      boolean both = new String(left).indexOf(label) >= 0 && new String(right).indexOf(label) >= 0;
      if (!both) {
        kept.append(label);
      }
    }
    return tf.linalg.einsum(
        List.of(x1, x2), new String(left) + "," + new String(right) + "->" + kept);
  }

  private static Operand<TNumber> tensordot(OpCall call) {
    OpCall.Pair pair = call.pair();
    Operand<TNumber> x1 = pair.left();
    Operand<TNumber> x2 = pair.right();
    JsonNode axes = call.option("axes");
    int rank1 = Axes.rank(x1);
    int rank2 = Axes.rank(x2);
    if (axes.isArray()) {
      return contracted(
          call.tf(),
          x1,
          x2,
          Axes.front(list(axes.path(0)), rank1),
          Axes.front(list(axes.path(1)), rank2));
    }
    int number = axes.asInt();
    int[] last = new int[number];
    for (int i = 0; i < number; i++) {
      last[i] = rank1 - number + i;
    }
    return contracted(call.tf(), x1, x2, last, Axes.all(number));
  }

  private static int[] list(JsonNode json) {
    if (!json.isArray()) {
      return new int[] {json.asInt()};
    }
    int[] values = new int[json.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = json.get(i).asInt();
    }
    return values;
  }

  private static Operand<TNumber> einsum(OpCall call) {
    List<Value> values = new ArrayList<>();
    for (int i = 0; i < call.arguments().positional().size(); i++) {
      values.add(Value.of(call.x(i)));
    }
    DType result = DType.result(values.stream().map(Value::type).toList());
    DType compute = result.isFloat() ? result : DType.FLOAT32;
    List<Operand<TNumber>> operands =
        values.stream().map(value -> value.as(call.tf(), compute)).toList();
    return Value.cast(
        call.tf(), Einsum.of(call.option("subscripts").asText()).call(call.tf(), operands), result);
  }
}
