package io.scenerank.export.onnx;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.tensorflow.ndarray.Shape;

/** Functions that change the shape of values or read it. */
final class ShapeForms {
  private ShapeForms() {}

  static ImmutableMap<String, OpForm> all() {
    ImmutableMap.Builder<String, OpForm> forms = ImmutableMap.builder();
    List.of(
            "Identity",
            "StopGradient",
            "PreventGradient",
            "PlaceholderWithDefault",
            "EnsureShape",
            "Snapshot",
            "CheckNumerics")
        .forEach(op -> forms.put(op, OpForm.one(call -> call.in(0))));
    forms.put("IdentityN", OpCall::all);
    forms.put("Reshape", OpForm.one(ShapeForms::reshape));
    forms.put(
        "ExpandDims",
        OpForm.one(
            call ->
                call.add("Unsqueeze", call.in(0), call.vector(call.axis(1, call.rank(0) + 1)))));
    forms.put("Squeeze", OpForm.one(ShapeForms::squeeze));
    forms.put("Shape", OpForm.one(call -> shape(call, 0)));
    forms.put(
        "ShapeN", call -> IntStream.range(0, call.inputs()).mapToObj(i -> shape(call, i)).toList());
    forms.put("Size", OpForm.one(ShapeForms::size));
    forms.put("Rank", OpForm.one(call -> call.scalar(OnnxType.INT32, call.rank(0))));
    forms.put("Fill", OpForm.one(call -> call.add("Expand", call.in(1), call.int64(0))));
    forms.put("ZerosLike", OpForm.one(call -> filled(call, 0)));
    forms.put("OnesLike", OpForm.one(call -> filled(call, 1)));
    forms.put("BroadcastTo", OpForm.one(call -> call.add("Expand", call.in(0), call.int64(1))));
    forms.put("Tile", OpForm.one(call -> call.add("Tile", call.in(0), call.int64(1))));
    forms.put("Range", OpForm.one(call -> call.add("Range", call.all())));
    forms.put("Transpose", OpForm.one(ShapeForms::transpose));
    forms.put("Concat", OpForm.one(call -> concat(call, 0, 1, call.inputs())));
    forms.put(
        "ConcatV2", OpForm.one(call -> concat(call, call.inputs() - 1, 0, call.inputs() - 1)));
    forms.put("Pack", OpForm.one(ShapeForms::pack));
    forms.put("Unpack", ShapeForms::unpack);
    forms.put("Split", ShapeForms::split);
    forms.put("SplitV", ShapeForms::splitSizes);
    return forms.buildOrThrow();
  }

  private static String reshape(OpCall call) {
    boolean takesZero =
        call.constant(1)
            .map(sizes -> LongStream.of(sizes.longs()).anyMatch(s -> s == 0))
            .orElse(true);
    // 0 is a size to TensorFlow; to ONNX, unless allowed, the size of the input.
    return call.add(
        "Reshape",
        List.of(call.in(0), call.int64(1)),
        OnnxAttribute.of("allowzero", takesZero ? 1 : 0));
  }

  private static String squeeze(OpCall call) {
    int rank = call.rank(0);
    long[] axes =
        LongStream.of(call.numbers("squeeze_dims"))
            .map(axis -> OpCall.fromFront(axis, rank))
            .sorted()
            .toArray();
    if (axes.length > 0) {
      return call.add("Squeeze", call.in(0), call.vector(axes));
    }
    Shape shape = call.shape(0);
    if (shape.hasUnknownDimension()) {
      throw call.refuse("it removes all axes of size 1, and not all sizes are known");
    }
    long[] ones = LongStream.range(0, rank).filter(i -> shape.get((int) i) == 1).toArray();
    return ones.length == 0 ? call.in(0) : call.add("Squeeze", call.in(0), call.vector(ones));
  }

  private static String shape(OpCall call, int input) {
    OnnxType type = call.resultType(input);
    String shape = call.add("Shape", call.in(input));
    return type == OnnxType.INT64 ? shape : call.cast(shape, type);
  }

  private static String size(OpCall call) {
    String size = call.add("Size", call.in(0));
    return call.resultType(0) == OnnxType.INT64 ? size : call.cast(size, call.resultType(0));
  }

  private static String filled(OpCall call, double value) {
    return call.add("Expand", call.scalar(call.type(0), value), call.add("Shape", call.in(0)));
  }

  private static String transpose(OpCall call) {
    return call.add("Transpose", List.of(call.in(0)), OnnxAttribute.ofAll("perm", call.longs(1)));
  }

  private static String concat(OpCall call, int axis, int from, int to) {
    List<String> parts = IntStream.range(from, to).mapToObj(call::in).toList();
    return parts.size() == 1
        ? parts.get(0)
        : call.add("Concat", parts, OnnxAttribute.of("axis", call.axis(axis, call.rank(from))));
  }

  private static String pack(OpCall call) {
    long axis = OpCall.fromFront(call.number("axis"), call.rank(0) + 1);
    List<String> parts = new ArrayList<>();
    for (int i = 0; i < call.inputs(); i++) {
      parts.add(call.add("Unsqueeze", call.in(i), call.vector(axis)));
    }
    return parts.size() == 1
        ? parts.get(0)
        : call.add("Concat", parts, OnnxAttribute.of("axis", axis));
  }

  private static List<String> unpack(OpCall call) {
    long axis = OpCall.fromFront(call.number("axis"), call.rank(0));
    return cut(call, call.in(0), axis, Collections.nCopies(call.outputs(), 1L)).stream()
        .map(part -> call.add("Squeeze", part, call.vector(axis)))
        .toList();
  }

  private static List<String> split(OpCall call) {
    long axis = call.axis(0, call.rank(1));
    long size = call.shape(1).get((int) axis);
    if (size < 0) {
      throw call.refuse("the size of the axis that it cuts is not known");
    }
    return cut(call, call.in(1), axis, Collections.nCopies(call.outputs(), size / call.outputs()));
  }

  private static List<String> splitSizes(OpCall call) {
    long axis = call.axis(2, call.rank(0));
    long[] sizes = call.longs(1);
    long rest = call.shape(0).get((int) axis) - LongStream.of(sizes).filter(s -> s > 0).sum();
    return cut(
        call, call.in(0), axis, LongStream.of(sizes).map(s -> s < 0 ? rest : s).boxed().toList());
  }

  private static List<String> cut(OpCall call, String value, long axis, List<Long> sizes) {
    return sizes.size() == 1
        ? ImmutableList.of(value)
        : call.add(
            "Split",
            List.of(value, call.vector(sizes.stream().mapToLong(Long::longValue).toArray())),
            sizes.size(),
            OnnxAttribute.of("axis", axis));
  }
}
