package io.scenerank.export.onnx;

import com.google.common.collect.ImmutableMap;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.ndarray.Shape;

/**
 * TensorFlow's op for a whole sequence of an LSTM, step by step: ONNX's own keeps no states but the
 * last one, and computes with ONNX Runtime's Sigmoid.
 */
final class LstmForm {
  private static final int GATES = 4;

  private final OpCall call;
  private final long units;
  private final String inputProduct;
  private final String recurrentKernel;

  private LstmForm(OpCall call) {
    this.call = call;
    long inputs = call.shape(1).get(2);
    this.units = call.shape(2).get(1);
    String kernel = call.in(4);
    this.inputProduct =
        call.add(
            "Add",
            call.add("MatMul", call.in(1), rows(kernel, 0, inputs)),
            call.in(8)); // [T, B, 4 units]
    this.recurrentKernel = rows(kernel, inputs, inputs + units);
  }

  static ImmutableMap<String, OpForm> all() {
    return ImmutableMap.of("BlockLSTMV2", LstmForm::write);
  }

  private static List<String> write(OpCall call) {
    Shape x = call.shape(1);
    if (x.hasUnknownDimension() && (x.get(0) < 0 || x.get(2) < 0)) {
      throw call.refuse("the number of its steps is not known");
    }
    if (call.flag("use_peephole")) {
      throw call.refuse("its gates see the state (use_peephole)");
    }
    return new LstmForm(call).steps(x.get(0));
  }

  private String rows(String kernel, long from, long to) {
    return call.add("Slice", kernel, call.vector(from), call.vector(to), call.vector(0));
  }

  /** i, cs, f, o, ci, co and h, of which the second and the last are read. */
  private List<String> steps(long count) {
    String c = call.in(2);
    String h = call.in(3);
    List<List<String>> all = new ArrayList<>();
    for (long step = 0; step < count; step++) {
      List<String> results = step(step, c, h);
      all.add(results);
      c = results.get(1);
      h = results.get(6);
    }
    List<String> results = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      int result = i;
      results.add(stacked(all.stream().map(step -> step.get(result)).toList()));
    }
    return results;
  }

  private String stacked(List<String> steps) {
    List<String> parts =
        steps.stream().map(step -> call.add("Unsqueeze", step, call.vector(0))).toList();
    return parts.size() == 1
        ? parts.get(0)
        : call.add("Concat", parts, OnnxAttribute.of("axis", 0));
  }

  private List<String> step(long step, String c, String h) {
    String x =
        call.add(
            "Gather",
            List.of(inputProduct, call.constant(OnnxTensor.ofLongs(List.of(), step))),
            OnnxAttribute.of("axis", 0)); // [B, 4 units]
    String sum = call.add("Add", x, call.add("MatMul", h, recurrentKernel));
    List<String> gates =
        call.add(
            "Split",
            List.of(sum, call.vector(units, units, units, units)),
            GATES,
            OnnxAttribute.of("axis", 1)); // i, f, ci, o
    String i = sigmoid(gates.get(0));
    String f = sigmoid(gates.get(1));
    String ci = call.add("Tanh", gates.get(2));
    String cs = clipped(call.add("Add", call.add("Mul", ci, i), call.add("Mul", c, f)));
    String o = sigmoid(gates.get(3));
    String co = call.add("Tanh", cs);
    return List.of(i, cs, f, o, ci, co, call.add("Mul", co, o));
  }

  private String sigmoid(String x) {
    return ElementForms.sigmoid(call, x, OnnxType.FLOAT);
  }

  private String clipped(String state) {
    float clip = call.real("cell_clip");
    return clip <= 0
        ? state
        : call.add(
            "Max",
            call.add("Min", state, call.scalar(OnnxType.FLOAT, clip)),
            call.scalar(OnnxType.FLOAT, -clip));
  }
}
