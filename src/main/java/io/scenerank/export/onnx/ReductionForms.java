package io.scenerank.export.onnx;

import com.google.common.collect.ImmutableMap;
import java.util.List;
import java.util.stream.LongStream;

/** Functions of the values along axes. */
final class ReductionForms {
  private ReductionForms() {}

  static ImmutableMap<String, OpForm> all() {
    return ImmutableMap.<String, OpForm>builder()
        .put("Sum", OpForm.one(call -> ofAxes(call, "ReduceSum")))
        .put("Prod", OpForm.one(call -> ofAxes(call, "ReduceProd")))
        .put("Max", OpForm.one(call -> extreme(call, "ReduceMax")))
        .put("Min", OpForm.one(call -> extreme(call, "ReduceMin")))
        .put("Mean", OpForm.one(ReductionForms::mean))
        .put("All", OpForm.one(call -> truth(call, "ReduceMin")))
        .put("Any", OpForm.one(call -> truth(call, "ReduceMax")))
        .put("EuclideanNorm", OpForm.one(ReductionForms::norm))
        .put("ArgMax", OpForm.one(call -> place(call, "ArgMax")))
        .put("ArgMin", OpForm.one(call -> place(call, "ArgMin")))
        .put("Cumsum", OpForm.one(ReductionForms::cumsum))
        .put("Softmax", OpForm.one(call -> ofLast(call, "Softmax")))
        .put("LogSoftmax", OpForm.one(call -> ofLast(call, "LogSoftmax")))
        .put("TopKV2", ReductionForms::topK)
        .buildOrThrow();
  }

  /** Axes are an input of ReduceSum and an attribute of the others in opset 17. */
  private static String reduce(OpCall call, String op, String value) {
    long[] axes = call.axes(1, call.rank(0));
    OnnxAttribute keep = OnnxAttribute.of("keepdims", call.flag("keep_dims") ? 1 : 0);
    return op.equals("ReduceSum")
        ? call.add(
            op,
            List.of(value, call.vector(axes)),
            keep,
            OnnxAttribute.of("noop_with_empty_axes", 1))
        : call.add(op, List.of(value), keep, OnnxAttribute.ofAll("axes", axes));
  }

  private static boolean reducesNothing(OpCall call) {
    return call.longs(1).length == 0;
  }

  private static String ofAxes(OpCall call, String op) {
    return reducesNothing(call) ? call.in(0) : reduce(call, op, call.in(0));
  }

  /** NaN where a value is NaN; ONNX Runtime says so only for some places of it. */
  private static String extreme(OpCall call, String op) {
    String found = ofAxes(call, op);
    if (reducesNothing(call) || !call.type(0).isFloating()) {
      return found;
    }
    String isNan = call.cast(call.add("IsNaN", call.in(0)), OnnxType.INT32);
    String anyNan = call.cast(reduce(call, "ReduceMax", isNan), OnnxType.BOOL);
    return call.add("Where", anyNan, call.scalar(call.type(0), Double.NaN), found);
  }

  /** The mean of nothing is NaN; ReduceMean gives 0 for it. */
  private static String mean(OpCall call) {
    int rank = call.rank(0);
    long[] axes = call.axes(1, rank);
    if (axes.length == 0) {
      return call.in(0);
    }
    if (!call.type(0).isFloating()) {
      throw call.refuse("it is the mean of integers");
    }
    if (LongStream.of(axes).allMatch(axis -> call.shape(0).get((int) axis) > 0)) {
      return reduce(call, "ReduceMean", call.in(0));
    }
    String sizes =
        call.add(
            "Gather",
            List.of(call.add("Shape", call.in(0)), call.vector(axes)),
            OnnxAttribute.of("axis", 0));
    String count = call.add("ReduceProd", List.of(sizes), OnnxAttribute.of("keepdims", 0));
    return call.add("Div", reduce(call, "ReduceSum", call.in(0)), call.cast(count, call.type(0)));
  }

  private static String truth(OpCall call, String op) {
    return reducesNothing(call)
        ? call.in(0)
        : call.cast(reduce(call, op, call.cast(call.in(0), OnnxType.INT32)), OnnxType.BOOL);
  }

  private static String norm(OpCall call) {
    String squares = call.add("Mul", call.in(0), call.in(0));
    return call.add("Sqrt", reducesNothing(call) ? squares : reduce(call, "ReduceSum", squares));
  }

  private static String place(OpCall call, String op) {
    String place =
        call.add(
            op,
            List.of(call.in(0)),
            OnnxAttribute.of("axis", call.axis(1, call.rank(0))),
            OnnxAttribute.of("keepdims", 0),
            OnnxAttribute.of("select_last_index", 0));
    return call.resultType(0) == OnnxType.INT64 ? place : call.cast(place, call.resultType(0));
  }

  private static String cumsum(OpCall call) {
    return call.add(
        "CumSum",
        List.of(
            call.in(0), call.constant(OnnxTensor.ofLongs(List.of(), call.axis(1, call.rank(0))))),
        OnnxAttribute.of("exclusive", call.flag("exclusive") ? 1 : 0),
        OnnxAttribute.of("reverse", call.flag("reverse") ? 1 : 0));
  }

  private static String ofLast(OpCall call, String op) {
    return call.add(op, List.of(call.in(0)), OnnxAttribute.of("axis", -1));
  }

  private static List<String> topK(OpCall call) {
    long[] k = {call.longs(1)[0]};
    List<String> found =
        call.add(
            "TopK",
            List.of(call.in(0), call.vector(k)),
            2,
            OnnxAttribute.of("axis", -1),
            OnnxAttribute.of("largest", 1),
            OnnxAttribute.of("sorted", 1));
    return List.of(found.get(0), call.cast(found.get(1), call.resultType(1)));
  }
}
