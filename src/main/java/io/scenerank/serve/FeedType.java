package io.scenerank.serve;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import java.lang.reflect.Array;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.tensorflow.proto.DataType;

/**
 * A type of input: the arrays that it takes without loss, and the type of the tensor that is fed.
 * TensorFlow Java has no tensors of some integer types; a wider one is fed for these, and the graph
 * casts it (see {@link CastInputs}).
 */
enum FeedType {
  BOOL(DataType.DT_BOOL, boolean[].class),
  INT8(DataType.DT_INT8, DataType.DT_INT32, Byte.MIN_VALUE, Byte.MAX_VALUE),
  UINT8(DataType.DT_UINT8, DataType.DT_UINT8, 0, 255),
  INT16(DataType.DT_INT16, DataType.DT_INT32, Short.MIN_VALUE, Short.MAX_VALUE),
  UINT16(DataType.DT_UINT16, DataType.DT_UINT16, 0, 65_535),
  INT32(DataType.DT_INT32, int[].class),
  UINT32(DataType.DT_UINT32, DataType.DT_INT64, 0, 4_294_967_295L),
  INT64(DataType.DT_INT64, int[].class, long[].class),
  UINT64(DataType.DT_UINT64, DataType.DT_INT64, 0, Long.MAX_VALUE),
  FLOAT16(DataType.DT_HALF, float[].class),
  BFLOAT16(DataType.DT_BFLOAT16, float[].class),
  FLOAT32(DataType.DT_FLOAT, float[].class),
  FLOAT64(DataType.DT_DOUBLE, float[].class, double[].class),
  STRING(DataType.DT_STRING, String[].class, byte[][].class);

  private static final ImmutableSet<Class<?>> KNOWN =
      Arrays.stream(values())
          .flatMap(type -> type.arrays.stream())
          .collect(ImmutableSet.toImmutableSet());

  private final DataType dataType;
  private final DataType fed;
  private final long least;
  private final long most;
  private final ImmutableSet<Class<?>> arrays;

  FeedType(DataType dataType, Class<?>... arrays) {
    this.dataType = dataType;
    this.fed = dataType;
    this.least = Long.MIN_VALUE;
    this.most = Long.MAX_VALUE;
    this.arrays = ImmutableSet.copyOf(arrays);
  }

  FeedType(DataType dataType, DataType fed, long least, long most) {
    this.dataType = dataType;
    this.fed = fed;
    this.least = least;
    this.most = most;
    this.arrays = ImmutableSet.of(int[].class, long[].class);
  }

  /** The type of an input, if its values can be fed. */
  static Optional<FeedType> of(DataType dataType) {
    return Arrays.stream(values()).filter(type -> type.dataType == dataType).findFirst();
  }

  /** All types, for an error. */
  static String names() {
    ImmutableList<String> names =
        Arrays.stream(values())
            .map(type -> type.dataType.toString())
            .collect(ImmutableList.toImmutableList());
    int last = names.size() - 1;
    return String.join(", ", names.subList(0, last)) + " or " + names.get(last);
  }

  /** Whether some input takes such an array. */
  static boolean isKnown(Object array) {
    return KNOWN.contains(array.getClass());
  }

  boolean takes(Object array) {
    return arrays.contains(array.getClass());
  }

  /** So many values of the type that are 0, false or empty. */
  Object zeros(int size) {
    Class<?> array = arrays.iterator().next();
    Object zeros = Array.newInstance(array.getComponentType(), size);
    if (zeros instanceof String[] texts) {
      Arrays.fill(texts, "");
    }
    return zeros;
  }

  /** The type of the tensor that is fed. */
  DataType fed() {
    return fed;
  }

  /** Whether the graph casts what is fed. */
  boolean isCast() {
    return fed != dataType;
  }

  /** Whether the type is an integer of less range than {@code long}. */
  boolean isBounded() {
    return least != Long.MIN_VALUE;
  }

  boolean isInside(long value) {
    return value >= least && value <= most;
  }

  /** The range, for an error. */
  String range() {
    return String.format(Locale.ROOT, "[%d, %d]", least, most);
  }

  /** What the input takes, as {@link Features.Builder} calls it. */
  String expected() {
    return arrays.stream().map(FeedType::nameOf).collect(Collectors.joining(" or "));
  }

  /** The name of an array's method in {@link Features.Builder}. */
  static String nameOf(Object array) {
    return nameOf(array.getClass());
  }

  private static String nameOf(Class<?> array) {
    if (array == int[].class) {
      return "ids";
    }
    if (array == boolean[].class) {
      return "bools";
    }
    return array == byte[][].class
        ? "bytes"
        : array.getComponentType().getSimpleName().toLowerCase(Locale.ROOT) + "s";
  }
}
