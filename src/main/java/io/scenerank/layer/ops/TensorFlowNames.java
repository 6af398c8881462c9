package io.scenerank.layer.ops;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.layer.base.Structure;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which operation of {@code keras.ops} computes a function of TensorFlow. */
final class TensorFlowNames {
  /** Functions of one tensor, or of two named x and y, with the operation's name. */
  private static final ImmutableMap<String, String> PLAIN =
      ImmutableMap.<String, String>builder()
          .put("add", "Add")
          .put("subtract", "Subtract")
          .put("multiply", "Multiply")
          .put("divide", "TrueDivide")
          .put("truediv", "TrueDivide")
          .put("divide_no_nan", "DivideNoNan")
          .put("floordiv", "FloorDivide")
          .put("floor_div", "FloorDivide")
          .put("floormod", "Mod")
          .put("mod", "Mod")
          .put("pow", "Power")
          .put("maximum", "Maximum")
          .put("minimum", "Minimum")
          .put("greater", "Greater")
          .put("greater_equal", "GreaterEqual")
          .put("less", "Less")
          .put("less_equal", "LessEqual")
          .put("equal", "Equal")
          .put("not_equal", "NotEqual")
          .put("logical_and", "LogicalAnd")
          .put("logical_or", "LogicalOr")
          .put("logical_xor", "LogicalXor")
          .put("logical_not", "LogicalNot")
          .put("abs", "Absolute")
          .put("negative", "Negative")
          .put("exp", "Exp")
          .put("expm1", "Expm1")
          .put("log", "Log")
          .put("log1p", "Log1p")
          .put("sqrt", "Sqrt")
          .put("rsqrt", "Rsqrt")
          .put("square", "Square")
          .put("sign", "Sign")
          .put("sin", "Sin")
          .put("cos", "Cos")
          .put("tan", "Tan")
          .put("sinh", "Sinh")
          .put("cosh", "Cosh")
          .put("tanh", "Tanh")
          .put("asin", "Arcsin")
          .put("acos", "Arccos")
          .put("atan", "Arctan")
          .put("asinh", "Arcsinh")
          .put("acosh", "Arccosh")
          .put("atanh", "Arctanh")
          .put("floor", "Floor")
          .put("ceil", "Ceil")
          .put("round", "Round")
          .put("reciprocal", "Reciprocal")
          .put("erf", "Erf")
          .put("erfc", "Erfc")
          .put("sigmoid", "Sigmoid")
          .put("log_sigmoid", "LogSigmoid")
          .put("softplus", "Softplus")
          .put("softsign", "Softsign")
          .put("relu", "Relu")
          .put("relu6", "Relu6")
          .put("elu", "Elu")
          .put("selu", "Selu")
          .put("silu", "Silu")
          .put("swish", "Silu")
          .put("is_nan", "Isnan")
          .put("is_inf", "Isinf")
          .put("is_finite", "Isfinite")
          .put("identity", "Copy")
          .put("stop_gradient", "StopGradient")
          .put("zeros_like", "ZerosLike")
          .put("ones_like", "OnesLike")
          .put("size", "Size")
          .put("rank", "Ndim")
          .put("getitem", "GetItem")
          .put("stack", "Stack")
          .put("unstack", "Unstack")
          .put("concat", "Concatenate")
          .put("expand_dims", "ExpandDims")
          .put("cast", "Cast")
          .put("softmax", "Softmax")
          .put("log_softmax", "LogSoftmax")
          .put("add_n", "AddN")
          .put("fill", "Fill")
          .put("shape", "Shape")
          .put("split", "SplitSizes")
          .put("l2_normalize", "L2Normalize")
          .put("matmul", "TransposedMatmul")
          .put("band_part", "BandPart")
          .put("squared_difference", "SquaredDifference")
          .put("roll", "Roll")
          .put("repeat", "Repeat")
          .buildOrThrow();

  private static final ImmutableMap<String, String> REDUCTIONS =
      ImmutableMap.<String, String>builder()
          .put("reduce_sum", "Sum")
          .put("reduce_mean", "Mean")
          .put("reduce_max", "Max")
          .put("reduce_min", "Min")
          .put("reduce_prod", "Prod")
          .put("reduce_any", "Any")
          .put("reduce_all", "All")
          .put("reduce_std", "Std")
          .put("reduce_variance", "Var")
          .put("reduce_logsumexp", "Logsumexp")
          .put("count_nonzero", "CountNonzero")
          .buildOrThrow();

  /** Functions whose second argument is the axis. */
  private static final ImmutableSet<String> WITH_AXIS =
      ImmutableSet.of("concat", "expand_dims", "softmax", "squeeze", "stack");

  private static final ImmutableMap<String, Translation> ALL = all();

  private TensorFlowNames() {}

  /**
   * What a function becomes.
   *
   * @param operation the operation
   * @param names of arguments that are called otherwise there
   * @param options that the function has and the operation has otherwise
   * @param refused arguments that are not computed unless they say nothing
   */
  record Translation(
      String operation,
      ImmutableMap<String, String> names,
      ImmutableMap<String, Object> options,
      ImmutableSet<String> refused) {
    static Translation of(String operation, Map<String, String> names) {
      return new Translation(
          operation, ImmutableMap.copyOf(names), ImmutableMap.of(), ImmutableSet.of());
    }

    Translation option(String name, Object value) {
      return new Translation(operation, names, ImmutableMap.of(name, value), refused);
    }

    Translation refusing(String... more) {
      return new Translation(operation, names, options, ImmutableSet.copyOf(List.of(more)));
    }

    /** Whether an argument is given that is not computed. */
    boolean refuses(String name, Structure<MaskedTensor> value) {
      if (!refused.contains(name)) {
        return false;
      }
      if (!(value instanceof Structure.Constant<MaskedTensor> constant)) {
        return true;
      }
      JsonNode json = constant.value();
      return !json.isNull() && !json.toString().matches("false|0|\"ASCENDING\"");
    }
  }

  /** A function by its symbol, as {@code math.add} or {@code compat.v1.transpose}. */
  static Optional<Translation> find(String symbol) {
    String name =
        symbol
            .replaceFirst("^compat\\.v1\\.", "")
            .replaceFirst("^(math|nn|linalg|__operators__)\\.", "");
    return Optional.ofNullable(ALL.get(name));
  }

  /** Names of the arguments behind the first, of functions that are often called by position. */
  static ImmutableList<String> options(String symbol) {
    String name = symbol.substring(symbol.lastIndexOf('.') + 1);
    return REDUCTIONS.containsKey(name)
        ? ImmutableList.of("axis", "keepdims")
        : WITH_AXIS.contains(name) ? ImmutableList.of("axis") : ImmutableList.of();
  }

  private static ImmutableMap<String, Translation> all() {
    Map<String, Translation> all = new LinkedHashMap<>();
    Map<String, String> second = Map.of("y", "x2", "slice_spec", "key");
    PLAIN.forEach((name, operation) -> all.put(name, Translation.of(operation, second)));
    Map<String, String> reduced = Map.of("keep_dims", "keepdims", "reduction_indices", "axis");
    REDUCTIONS.forEach((name, operation) -> all.put(name, Translation.of(operation, reduced)));
    all.put("atan2", Translation.of("Arctan2", Map.of("x", "x2")));
    all.put("where", Translation.of("Where", Map.of("x", "x1", "y", "x2")));
    all.put("squeeze", Translation.of("Squeeze", Map.of("squeeze_dims", "axis")));
    all.put("reshape", Translation.of("Reshape", Map.of("shape", "newshape")));
    all.put("transpose", Translation.of("Transpose", Map.of("perm", "axes")).refusing("conjugate"));
    all.put("tile", Translation.of("Tile", Map.of("multiples", "repeats")));
    all.put("reverse", Translation.of("Flip", Map.of()));
    all.put("broadcast_to", Translation.of("BroadcastTo", Map.of()));
    all.put("pad", Translation.of("Pad", Map.of("paddings", "pad_width")));
    all.put(
        "one_hot",
        Translation.of("OneHot", Map.of("depth", "num_classes")).refusing("on_value", "off_value"));
    all.put("gather", Translation.of("GatherBatches", Map.of("params", "x")));
    all.put(
        "clip_by_value",
        Translation.of(
            "ClipBetween", Map.of("clip_value_min", "x_min", "clip_value_max", "x_max")));
    all.put("top_k", Translation.of("TopK", Map.of()));
    all.put(
        "cumsum",
        Translation.of("Cumsum", Map.of()).option("axis", 0).refusing("exclusive", "reverse"));
    all.put(
        "cumprod",
        Translation.of("Cumprod", Map.of()).option("axis", 0).refusing("exclusive", "reverse"));
    all.put("sort", Translation.of("Sort", Map.of()).refusing("direction"));
    all.put("argsort", Translation.of("Argsort", Map.of()).refusing("direction", "stable"));
    all.put("argmax", Translation.of("Argmax", Map.of("dimension", "axis")).option("axis", 0));
    all.put("argmin", Translation.of("Argmin", Map.of("dimension", "axis")).option("axis", 0));
    all.put("norm", Translation.of("Norm", Map.of("keep_dims", "keepdims")));
    all.put("tensordot", Translation.of("Tensordot", Map.of("b", "x2")));
    all.put("gelu", Translation.of("Gelu", Map.of()).option("approximate", false));
    all.put("leaky_relu", Translation.of("LeakyRelu", Map.of("alpha", "negative_slope")));
    all.put("diag_part", Translation.of("DiagPart", Map.of()));
    all.put("slice", Translation.of("SliceSizes", Map.of("begin", "start_indices")));
    return ImmutableMap.copyOf(all);
  }
}
