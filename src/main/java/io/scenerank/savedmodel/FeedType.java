package io.scenerank.savedmodel;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TString;

/** A type of input: the arrays that it takes without loss, and the tensor that it makes of one. */
enum FeedType {
  INT32(DataType.DT_INT32, FeedType::int32, int[].class),
  INT64(DataType.DT_INT64, FeedType::int64, int[].class, long[].class),
  FLOAT32(DataType.DT_FLOAT, FeedType::float32, float[].class),
  FLOAT64(DataType.DT_DOUBLE, FeedType::float64, float[].class, double[].class),
  STRING(DataType.DT_STRING, FeedType::string, String[].class);

  private final DataType dataType;
  private final BiFunction<Shape, Object, Tensor> maker;
  private final ImmutableSet<Class<?>> arrays;

  FeedType(DataType dataType, BiFunction<Shape, Object, Tensor> maker, Class<?>... arrays) {
    this.dataType = dataType;
    this.maker = maker;
    this.arrays = ImmutableSet.copyOf(arrays);
  }

  /** The type of an input, if its arrays are known. */
  static Optional<FeedType> of(DataType dataType) {
    return switch (dataType) {
      case DT_INT32 -> Optional.of(INT32);
      case DT_INT64 -> Optional.of(INT64);
      case DT_FLOAT -> Optional.of(FLOAT32);
      case DT_DOUBLE -> Optional.of(FLOAT64);
      case DT_STRING -> Optional.of(STRING);
      default -> Optional.empty();
    };
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

  boolean takes(Object array) {
    return arrays.contains(array.getClass());
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
    return array == int[].class
        ? "ids"
        : array.getComponentType().getSimpleName().toLowerCase(Locale.ROOT) + "s";
  }

  /** A tensor of the array's values, which the caller closes. */
  Tensor tensor(Shape shape, Object array) {
    return maker.apply(shape, array);
  }

  private static Tensor int32(Shape shape, Object array) {
    return TInt32.tensorOf(shape, DataBuffers.of((int[]) array, true, false));
  }

  private static Tensor int64(Shape shape, Object array) {
    long[] values =
        array instanceof int[] ids ? Arrays.stream(ids).asLongStream().toArray() : (long[]) array;
    return TInt64.tensorOf(shape, DataBuffers.of(values, true, false));
  }

  private static Tensor float32(Shape shape, Object array) {
    return TFloat32.tensorOf(shape, DataBuffers.of((float[]) array, true, false));
  }

  private static Tensor float64(Shape shape, Object array) {
    double[] values;
    if (array instanceof float[] floats) {
      values = new double[floats.length];
      Arrays.setAll(values, i -> floats[i]);
    } else {
      values = (double[]) array;
    }
    return TFloat64.tensorOf(shape, DataBuffers.of(values, true, false));
  }

  private static Tensor string(Shape shape, Object array) {
    return TString.tensorOf(StandardCharsets.UTF_8, shape, DataBuffers.ofObjects((String[]) array));
  }
}
