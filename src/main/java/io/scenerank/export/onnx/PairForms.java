package io.scenerank.export.onnx;

import com.google.common.collect.ImmutableMap;
import com.google.protobuf.ByteString;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;

/** Functions of two or three values, with broadcasting. */
final class PairForms {
  private PairForms() {}

  static ImmutableMap<String, OpForm> all() {
    ImmutableMap.Builder<String, OpForm> forms = ImmutableMap.builder();
    forms.put("Add", plain("Add"));
    forms.put("AddV2", plain("Add"));
    forms.put("Sub", plain("Sub"));
    forms.put("Mul", plain("Mul"));
    forms.put("RealDiv", plain("Div"));
    forms.put("Div", plain("Div"));
    forms.put("TruncateDiv", plain("Div"));
    forms.put("Maximum", plain("Max"));
    forms.put("Minimum", plain("Min"));
    forms.put("Pow", plain("Pow"));
    forms.put("Less", plain("Less"));
    forms.put("LessEqual", plain("LessOrEqual"));
    forms.put("Greater", plain("Greater"));
    forms.put("GreaterEqual", plain("GreaterOrEqual"));
    forms.put("LogicalAnd", plain("And"));
    forms.put("LogicalOr", plain("Or"));
    forms.put("Equal", OpForm.one(PairForms::equal));
    forms.put("NotEqual", OpForm.one(call -> call.add("Not", equal(call))));
    forms.put("AddN", OpForm.one(PairForms::addN));
    forms.put("SquaredDifference", OpForm.one(PairForms::squaredDifference));
    forms.put("DivNoNan", OpForm.one(PairForms::divNoNan));
    forms.put("MulNoNan", OpForm.one(PairForms::mulNoNan));
    forms.put("FloorDiv", OpForm.one(PairForms::floorDiv));
    forms.put("FloorMod", OpForm.one(PairForms::floorMod));
    forms.put("Mod", call -> List.of(mod(call, 1)));
    forms.put("TruncateMod", call -> List.of(mod(call, 1)));
    forms.put("SelectV2", OpForm.one(PairForms::select));
    forms.put("Select", OpForm.one(PairForms::oldSelect));
    forms.put("ClipByValue", OpForm.one(PairForms::clip));
    return forms.buildOrThrow();
  }

  private static OpForm plain(String op) {
    return call -> List.of(call.add(op, call.all()));
  }

  private static String equal(OpCall call) {
    if (call.type(0) != OnnxType.STRING) {
      return call.add("Equal", call.all());
    }
    if (!call.isOfConstants(0) && !call.isOfConstants(1)) {
      throw call.refuse("two texts are compared, neither of them a constant");
    }
    // Texts have no Equal: each is compared by its place among the constants, unknown ones by
    // different ones.
    Set<ByteString> texts = new LinkedHashSet<>();
    call.texts().forEach(constant -> texts.addAll(constant.texts()));
    return call.add("Equal", place(call, 0, texts, -1), place(call, 1, texts, -2));
  }

  private static String place(OpCall call, int input, Set<ByteString> texts, long unknown) {
    return call.add(
        "LabelEncoder",
        List.of(call.in(input)),
        OnnxAttribute.ofTexts("keys_strings", List.copyOf(texts)),
        OnnxAttribute.ofAll("values_int64s", LongStream.range(0, texts.size()).toArray()),
        OnnxAttribute.of("default_int64", unknown));
  }

  private static String addN(OpCall call) {
    String sum = call.in(0);
    for (int i = 1; i < call.inputs(); i++) {
      sum = call.add("Add", sum, call.in(i));
    }
    return sum;
  }

  private static String squaredDifference(OpCall call) {
    String difference = call.add("Sub", call.all());
    return call.add("Mul", difference, difference);
  }

  private static String divNoNan(OpCall call) {
    String zero = call.scalar(call.type(0), 0);
    return call.add(
        "Where", call.add("Equal", call.in(1), zero), zero, call.add("Div", call.all()));
  }

  private static String mulNoNan(OpCall call) {
    String zero = call.scalar(call.type(0), 0);
    return call.add(
        "Where", call.add("Equal", call.in(1), zero), zero, call.add("Mul", call.all()));
  }

  private static String mod(OpCall call, long fmod) {
    return call.add("Mod", call.all(), OnnxAttribute.of("fmod", fmod));
  }

  /** Rounded down, where Div of integers rounds towards 0. */
  private static String floorDiv(OpCall call) {
    if (call.type(0).isFloating()) {
      return call.add("Floor", call.add("Div", call.all()));
    }
    return call.add("Div", call.add("Sub", call.in(0), mod(call, 0)), call.in(1));
  }

  private static String floorMod(OpCall call) {
    if (!call.type(0).isFloating()) {
      return mod(call, 0);
    }
    String whole = call.add("Floor", call.add("Div", call.all()));
    return call.add("Sub", call.in(0), call.add("Mul", whole, call.in(1)));
  }

  private static String select(OpCall call) {
    if (call.type(1) != OnnxType.BOOL) {
      return call.add("Where", call.all());
    }
    // ONNX Runtime has no Where of truth values.
    String otherwise = call.add("And", call.add("Not", call.in(0)), call.in(2));
    return call.add("Or", call.add("And", call.in(0), call.in(1)), otherwise);
  }

  private static String oldSelect(OpCall call) {
    if (call.rank(0) != call.rank(1) && call.rank(0) != 0) {
      throw call.refuse("it chooses whole rows");
    }
    return select(call);
  }

  /** In TensorFlow's order, which decides where the limits cross. */
  private static String clip(OpCall call) {
    return call.add("Max", call.add("Min", call.in(0), call.in(2)), call.in(1));
  }
}
