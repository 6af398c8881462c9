package io.scenerank.export.onnx;

import com.google.common.collect.ImmutableMap;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/** Products of matrices, and convolutions. */
final class ProductForms {
  private ProductForms() {}

  static ImmutableMap<String, OpForm> all() {
    return ImmutableMap.<String, OpForm>builder()
        .put("MatMul", OpForm.one(call -> matMul(call, "transpose_a", "transpose_b")))
        .put("BatchMatMul", OpForm.one(call -> matMul(call, "adj_x", "adj_y")))
        .put("BatchMatMulV2", OpForm.one(call -> matMul(call, "adj_x", "adj_y")))
        .put("BatchMatMulV3", OpForm.one(call -> matMul(call, "adj_x", "adj_y")))
        .put("BiasAdd", OpForm.one(ProductForms::biasAdd))
        .put("Einsum", OpForm.one(ProductForms::einsum))
        .put("Conv2D", OpForm.one(ProductForms::conv2d))
        .put("DepthwiseConv2dNative", OpForm.one(ProductForms::depthwise))
        .put("MaxPool", OpForm.one(call -> pool(call, "MaxPool")))
        .put("MaxPoolV2", OpForm.one(ProductForms::maxPool))
        .put("AvgPool", OpForm.one(call -> pool(call, "AveragePool")))
        .buildOrThrow();
  }

  private static String matMul(OpCall call, String first, String second) {
    if (call.type(0) != call.resultType(0)) {
      throw call.refuse("its result has another type than its inputs");
    }
    return call.add("MatMul", side(call, 0, call.flag(first)), side(call, 1, call.flag(second)));
  }

  /** An input, its last two axes exchanged if it is transposed. */
  private static String side(OpCall call, int input, boolean transposed) {
    if (!transposed) {
      return call.in(input);
    }
    int rank = call.rank(input);
    long[] perm = LongStream.range(0, rank).toArray();
    perm[rank - 1] = rank - 2L;
    perm[rank - 2] = rank - 1L;
    return transpose(call, call.in(input), perm);
  }

  private static String transpose(OpCall call, String value, long... perm) {
    return call.add("Transpose", List.of(value), OnnxAttribute.ofAll("perm", perm));
  }

  private static String biasAdd(OpCall call) {
    if (!call.text("data_format").equals("NCHW")) {
      return call.add("Add", call.all());
    }
    long[] shape = new long[call.rank(0) - 1];
    Arrays.fill(shape, 1);
    shape[0] = -1;
    return call.add(
        "Add",
        call.in(0),
        call.add(
            "Reshape", List.of(call.in(1), call.vector(shape)), OnnxAttribute.of("allowzero", 0)));
  }

  private static String einsum(OpCall call) {
    return call.add("Einsum", call.all(), OnnxAttribute.of("equation", call.text("equation")));
  }

  private static String toChannelsFirst(OpCall call) {
    return isChannelsFirst(call) ? call.in(0) : transpose(call, call.in(0), 0, 3, 1, 2);
  }

  private static boolean isChannelsFirst(OpCall call) {
    return call.text("data_format").equals("NCHW");
  }

  private static String fromChannelsFirst(OpCall call, String value) {
    return isChannelsFirst(call) ? value : transpose(call, value, 0, 2, 3, 1);
  }

  /** Height and width of a list that has a number for each axis. */
  private static long[] ofImage(OpCall call, long[] all) {
    int first = isChannelsFirst(call) ? 2 : 1;
    return new long[] {all[first], all[first + 1]};
  }

  private static OnnxAttribute padding(OpCall call) {
    String padding = call.text("padding");
    if (padding.equals("EXPLICIT")) {
      throw call.refuse("its padding is a list");
    }
    return OnnxAttribute.of("auto_pad", padding.equals("SAME") ? "SAME_UPPER" : "VALID");
  }

  private static String conv2d(OpCall call) {
    long channels = call.shape(0).get(isChannelsFirst(call) ? 1 : 3);
    String kernel = transpose(call, call.in(1), 3, 2, 0, 1); // [out, in, H, W]
    return conv(call, kernel, channels / call.shape(1).get(2));
  }

  private static String depthwise(OpCall call) {
    // [H, W, in, m] → [in · m, 1, H, W]
    long channels = call.shape(1).get(2);
    String kernel =
        call.add(
            "Reshape",
            List.of(
                transpose(call, call.in(1), 2, 3, 0, 1),
                call.vector(
                    channels * call.shape(1).get(3),
                    1,
                    call.shape(1).get(0),
                    call.shape(1).get(1))),
            OnnxAttribute.of("allowzero", 0));
    return conv(call, kernel, channels);
  }

  private static String conv(OpCall call, String kernel, long groups) {
    return fromChannelsFirst(
        call,
        call.add(
            "Conv",
            List.of(toChannelsFirst(call), kernel),
            padding(call),
            OnnxAttribute.of("group", groups),
            OnnxAttribute.ofAll("kernel_shape", call.shape(1).get(0), call.shape(1).get(1)),
            OnnxAttribute.ofAll("strides", ofImage(call, call.numbers("strides"))),
            OnnxAttribute.ofAll("dilations", ofImage(call, call.numbers("dilations")))));
  }

  private static String maxPool(OpCall call) {
    return pool(call, "MaxPool", call.longs(1), call.longs(2));
  }

  private static String pool(OpCall call, String op) {
    return pool(call, op, call.numbers("ksize"), call.numbers("strides"));
  }

  private static String pool(OpCall call, String op, long[] size, long[] strides) {
    return fromChannelsFirst(
        call,
        call.add(
            op,
            List.of(toChannelsFirst(call)),
            padding(call),
            OnnxAttribute.ofAll("kernel_shape", ofImage(call, size)),
            OnnxAttribute.ofAll("strides", ofImage(call, strides))));
  }
}
