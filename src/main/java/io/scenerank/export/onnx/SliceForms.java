package io.scenerank.export.onnx;

import com.google.common.collect.ImmutableMap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/** Parts of values, and padding. */
final class SliceForms {
  private SliceForms() {}

  static ImmutableMap<String, OpForm> all() {
    return ImmutableMap.<String, OpForm>builder()
        .put("Slice", OpForm.one(SliceForms::slice))
        .put("StridedSlice", OpForm.one(SliceForms::stridedSlice))
        .put("ReverseV2", OpForm.one(SliceForms::reverse))
        .put("Pad", OpForm.one(call -> pad(call, "constant")))
        .put("PadV2", OpForm.one(call -> pad(call, "constant")))
        .put("MirrorPad", OpForm.one(SliceForms::mirrorPad))
        .buildOrThrow();
  }

  private static String slice(OpCall call) {
    long[] axes = LongStream.range(0, call.rank(0)).toArray();
    if (call.constant(1).isPresent() && call.constant(2).isPresent()) {
      long[] begins = call.longs(1);
      long[] ends = call.longs(2);
      Arrays.setAll(ends, i -> ends[i] < 0 ? Long.MAX_VALUE : begins[i] + ends[i]);
      return call.add(
          "Slice", call.in(0), call.vector(begins), call.vector(ends), call.vector(axes));
    }
    String begins = call.int64(1);
    String sizes = call.int64(2);
    String all = call.add("Less", sizes, call.scalar(OnnxType.INT64, 0));
    String ends =
        call.add(
            "Where",
            all,
            call.constant(OnnxTensor.ofLongs(List.of(), Long.MAX_VALUE)),
            call.add("Add", begins, sizes));
    return call.add("Slice", call.in(0), begins, ends, call.vector(axes));
  }

  /** What an item of a strided slice does. */
  private record Item(boolean ellipsis, boolean newAxis, boolean shrinks, int index) {}

  private static List<Item> items(OpCall call, int count) {
    List<Item> items = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      items.add(
          new Item(
              bit(call, "ellipsis_mask", i),
              bit(call, "new_axis_mask", i),
              bit(call, "shrink_axis_mask", i),
              i));
    }
    if (items.stream().noneMatch(Item::ellipsis)) {
      items.add(new Item(true, false, false, count));
    }
    return items;
  }

  private static boolean bit(OpCall call, String mask, int index) {
    return (call.number(mask) >> index & 1) == 1;
  }

  private static String stridedSlice(OpCall call) {
    long[] begins = call.longs(1);
    long[] ends = call.longs(2);
    long[] strides = call.longs(3);
    List<Item> items = items(call, begins.length);
    long named = items.stream().filter(item -> !item.ellipsis() && !item.newAxis()).count();
    List<long[]> cuts = new ArrayList<>(); // begin, end, axis, stride
    List<Long> shrunk = new ArrayList<>();
    List<Long> added = new ArrayList<>();
    long axis = 0;
    long place = 0; // among the axes of the result
    for (Item item : items) {
      if (item.ellipsis()) {
        axis += call.rank(0) - named;
        place += call.rank(0) - named;
      } else if (item.newAxis()) {
        added.add(place++);
      } else {
        int i = item.index();
        if (item.shrinks()) {
          long end = begins[i] == -1 ? Long.MAX_VALUE : begins[i] + 1;
          cuts.add(new long[] {begins[i], end, axis, 1});
          shrunk.add(axis);
        } else {
          boolean backwards = strides[i] < 0;
          long begin = bit(call, "begin_mask", i) ? (backwards ? Long.MAX_VALUE : 0) : begins[i];
          long end =
              bit(call, "end_mask", i) ? (backwards ? Long.MIN_VALUE : Long.MAX_VALUE) : ends[i];
          cuts.add(new long[] {begin, end, axis, strides[i]});
          place++;
        }
        axis++;
      }
    }
    return cut(call, cuts, shrunk, added);
  }

  private static String cut(OpCall call, List<long[]> cuts, List<Long> shrunk, List<Long> added) {
    String value = call.in(0);
    if (!cuts.isEmpty()) {
      value =
          call.add(
              "Slice",
              value,
              part(call, cuts, 0),
              part(call, cuts, 1),
              part(call, cuts, 2),
              part(call, cuts, 3));
    }
    if (!shrunk.isEmpty()) {
      value = call.add("Squeeze", value, vector(call, shrunk));
    }
    return added.isEmpty() ? value : call.add("Unsqueeze", value, vector(call, added));
  }

  private static String part(OpCall call, List<long[]> cuts, int part) {
    return call.vector(cuts.stream().mapToLong(cut -> cut[part]).toArray());
  }

  private static String vector(OpCall call, List<Long> values) {
    return call.vector(values.stream().mapToLong(Long::longValue).toArray());
  }

  private static String reverse(OpCall call) {
    long[] axes = call.axes(1, call.rank(0));
    if (axes.length == 0) {
      return call.in(0);
    }
    return call.add(
        "Slice",
        call.in(0),
        call.vector(filled(axes.length, -1)),
        call.vector(filled(axes.length, Long.MIN_VALUE)),
        call.vector(axes),
        call.vector(filled(axes.length, -1)));
  }

  private static long[] filled(int size, long value) {
    long[] values = new long[size];
    Arrays.fill(values, value);
    return values;
  }

  private static String mirrorPad(OpCall call) {
    if (!call.text("mode").equals("REFLECT")) {
      throw call.refuse("it repeats the edges (mode " + call.text("mode") + ")");
    }
    return pad(call, "reflect");
  }

  /** All fronts, then all ends; TensorFlow has them by axis. */
  private static String pad(OpCall call, String mode) {
    long[] paddings = call.longs(1);
    int rank = paddings.length / 2;
    long[] pads = new long[paddings.length];
    Arrays.setAll(pads, i -> paddings[i < rank ? 2 * i : 2 * (i - rank) + 1]);
    List<String> arguments = new ArrayList<>(List.of(call.in(0), call.vector(pads)));
    if (mode.equals("constant")) {
      arguments.add(call.inputs() > 2 ? call.in(2) : call.scalar(call.type(0), 0));
    }
    return call.add("Pad", arguments, OnnxAttribute.of("mode", mode));
  }
}
