package io.scenerank.export.onnx;

import com.google.common.collect.ImmutableMap;
import com.google.common.hash.Hashing;
import com.google.protobuf.ByteString;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;

/** Look-ups: rows of tables, classes, terms. */
final class GatherForms {
  /** The number of hashes by which the lookup layers find texts. */
  private static final long HASHES = Long.MAX_VALUE;

  private GatherForms() {}

  static ImmutableMap<String, OpForm> all() {
    return ImmutableMap.<String, OpForm>builder()
        .put("ResourceGather", OpForm.one(call -> gather(call, call.number("batch_dims"), 0)))
        .put("Gather", OpForm.one(call -> gather(call, 0, 0)))
        .put("GatherV2", OpForm.one(GatherForms::gatherV2))
        .put("GatherNd", OpForm.one(GatherForms::gatherNd))
        .put("OneHot", OpForm.one(GatherForms::oneHot))
        .put("ScatterNd", OpForm.one(GatherForms::scatterNd))
        .put("UnsortedSegmentSum", OpForm.one(GatherForms::segmentSum))
        .put("UniqueV2", GatherForms::unique)
        .put("LowerBound", OpForm.one(GatherForms::lowerBound))
        .put("StringToHashBucketFast", OpForm.one(GatherForms::hash))
        .buildOrThrow();
  }

  private static String gatherV2(OpCall call) {
    return gather(call, call.number("batch_dims"), call.axis(2, call.rank(0)));
  }

  private static String gather(OpCall call, long batchDims, long axis) {
    String indices = indices(call, axis);
    if (batchDims == 0) {
      return call.add("Gather", List.of(call.in(0), indices), OnnxAttribute.of("axis", axis));
    }
    long batch = OpCall.fromFront(batchDims, call.rank(1));
    if (batch != axis) {
      throw call.refuse("it gathers along axis " + axis + " behind " + batch + " axes of a batch");
    }
    String each = call.add("Unsqueeze", indices, call.vector(call.rank(1)));
    return call.add(
        "GatherND",
        List.of(call.in(0), call.cast(each, OnnxType.INT64)),
        OnnxAttribute.of("batch_dims", batch));
  }

  /** Indices of which none is negative: those are beyond the end, as they are to TensorFlow. */
  private static String indices(OpCall call, long axis) {
    if (call.isNeverNegative(1)) {
      return call.in(1);
    }
    OnnxType type = call.type(1);
    return call.add(
        "Where",
        call.add("Less", call.in(1), call.scalar(type, 0)),
        size(call, (int) axis, type),
        call.in(1));
  }

  private static String size(OpCall call, int axis, OnnxType type) {
    long size = call.constant(0).map(table -> table.dims().get(axis)).orElse(-1L);
    if (size >= 0) {
      return call.scalar(type, (double) size);
    }
    String shape = call.add("Shape", call.in(0));
    String found =
        call.add(
            "Gather",
            List.of(shape, call.scalar(OnnxType.INT64, axis)),
            OnnxAttribute.of("axis", 0));
    return type == OnnxType.INT64 ? found : call.cast(found, type);
  }

  private static String gatherNd(OpCall call) {
    if (!call.isNeverNegative(1)) {
      throw call.refuse("its indices may be negative, which counts from the end in ONNX");
    }
    return call.add(
        "GatherND", List.of(call.in(0), call.int64(1)), OnnxAttribute.of("batch_dims", 0));
  }

  /** ONNX's OneHot takes -1 for the last class; here no class is equal to it. */
  private static String oneHot(OpCall call) {
    int rank = call.rank(0);
    long axis = OpCall.fromFront(call.number("axis"), rank + 1);
    OnnxType type = call.type(0);
    String depth = type == call.type(1) ? call.in(1) : call.cast(call.in(1), type);
    String classes = call.add("Range", call.scalar(type, 0), depth, call.scalar(type, 1));
    if (axis < rank) {
      classes =
          call.add(
              "Unsqueeze", classes, call.vector(LongStream.rangeClosed(1, rank - axis).toArray()));
    }
    String isClass =
        call.add("Equal", call.add("Unsqueeze", call.in(0), call.vector(axis)), classes);
    boolean isPlain =
        call.constant(2).filter(on -> on.first() == 1).isPresent()
            && call.constant(3).filter(off -> off.first() == 0).isPresent();
    return isPlain
        ? call.cast(isClass, call.resultType(0))
        : call.add("Where", isClass, call.in(2), call.in(3));
  }

  private static String zeros(OpCall call, OnnxType type, String shape) {
    return call.add("Expand", call.scalar(type, 0), shape);
  }

  private static String scatterNd(OpCall call) {
    if (!call.isNeverNegative(0)) {
      throw call.refuse("its indices may be negative, which counts from the end in ONNX");
    }
    return call.add(
        "ScatterND",
        List.of(zeros(call, call.type(1), call.int64(2)), call.int64(0), call.in(1)),
        OnnxAttribute.of("reduction", "add"));
  }

  private static String segmentSum(OpCall call) {
    if (call.rank(1) != 1 || !call.isNeverNegative(1)) {
      throw call.refuse("its segments may be negative, or are not one for each row");
    }
    String count = call.add("Reshape", call.int64(2), call.vector(1));
    String shape = count;
    if (call.rank(0) > 1) {
      String rest =
          call.add(
              "Slice",
              call.add("Shape", call.in(0)),
              call.vector(1),
              call.vector(Long.MAX_VALUE),
              call.vector(0));
      shape = call.add("Concat", List.of(count, rest), OnnxAttribute.of("axis", 0));
    }
    String indices = call.add("Unsqueeze", call.int64(1), call.vector(1));
    return call.add(
        "ScatterND",
        List.of(zeros(call, call.type(0), shape), indices, call.in(0)),
        OnnxAttribute.of("reduction", "add"));
  }

  /** Values in the order of their first places, and the place of each value among them. */
  private static List<String> unique(OpCall call) {
    if (call.rank(0) != 1) {
      throw call.refuse("it is of rank " + call.rank(0) + ", expected a vector");
    }
    OnnxType type = call.type(0);
    // ONNX Runtime has no Unique of int32.
    String values = type == OnnxType.INT32 ? call.int64(0) : call.in(0);
    List<String> found = call.add("Unique", List.of(values), 4, OnnxAttribute.of("sorted", 0));
    return List.of(
        type == OnnxType.INT32 ? call.cast(found.get(0), type) : found.get(0),
        call.cast(found.get(2), call.resultType(1)));
  }

  /**
   * How many of a row of ascending values are below a value, by a binary search whose steps are
   * written one behind the other.
   */
  private static String lowerBound(OpCall call) {
    OnnxTensor all =
        call.constant(0)
            .filter(values -> values.dims().get(0) == 1)
            .filter(values -> values.type() == OnnxType.INT64)
            .orElseThrow(() -> call.refuse("its sorted values are not one row of constants"));
    long[] values = all.longs();
    int reach = Integer.highestOneBit(Math.max(1, values.length)) * 2 - 1;
    long[] padded = Arrays.copyOf(values, reach);
    Arrays.fill(padded, values.length, reach, Long.MAX_VALUE); // nothing is above
    String table = call.vector(padded);
    String wanted = call.in(1);
    String place = call.add("Expand", call.scalar(OnnxType.INT32, 0), call.add("Shape", wanted));
    for (int step = (reach + 1) / 2; step >= 1; step /= 2) {
      String last = call.add("Add", place, call.scalar(OnnxType.INT32, step - 1));
      String at = call.add("Gather", List.of(table, last), OnnxAttribute.of("axis", 0));
      String next = call.add("Add", place, call.scalar(OnnxType.INT32, step));
      place = call.add("Where", call.add("Less", at, wanted), next, place);
    }
    return call.resultType(0) == OnnxType.INT32 ? place : call.cast(place, call.resultType(0));
  }

  /**
   * The hash of a term of a vocabulary. ONNX has no such hash: the terms are known and looked up;
   * others get -1, and the comparison of the terms themselves finds that they are none.
   */
  private static String hash(OpCall call) {
    if (call.number("num_buckets") != HASHES) {
      throw call.refuse("ONNX has no hash of texts; make its ids before the model, by prepare");
    }
    Set<ByteString> terms = new LinkedHashSet<>();
    call.texts().forEach(constant -> terms.addAll(constant.texts()));
    long[] hashes =
        terms.stream()
            .mapToLong(
                term ->
                    Long.remainderUnsigned(
                        Hashing.farmHashFingerprint64().hashBytes(term.toByteArray()).asLong(),
                        HASHES))
            .toArray();
    return call.add(
        "LabelEncoder",
        List.of(call.in(0)),
        OnnxAttribute.ofTexts("keys_strings", List.copyOf(terms)),
        OnnxAttribute.ofAll("values_int64s", hashes),
        OnnxAttribute.of("default_int64", -1L));
  }
}
