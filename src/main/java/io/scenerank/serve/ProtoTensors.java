package io.scenerank.serve;

import com.google.protobuf.ByteString;
import io.scenerank.config.InvalidInputException;
import io.scenerank.variable.Shapes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.IntToDoubleFunction;
import java.util.function.IntToLongFunction;
import org.jspecify.annotations.Nullable;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.TensorProto;

/**
 * Tensors as messages. The values are in {@code tensor_content}, little endian, or in the list of
 * the type, whose last value is that of all that are missing at its end.
 */
final class ProtoTensors {
  /** Beyond this a message cannot be a request: it holds one value and claims very many. */
  private static final long MOST_VALUES = 1L << 28;

  private ProtoTensors() {}

  /** The shape of a tensor. */
  static Shape shape(String name, TensorProto tensor) {
    Shape shape = Shapes.ofProto(tensor.getTensorShape());
    if (shape.isUnknown() || shape.hasUnknownDimension() || shape.size() > MOST_VALUES) {
      throw new InvalidInputException(
          "feature '"
              + name
              + "': found a tensor of the shape "
              + shape
              + ", expected a known one");
    }
    return shape;
  }

  /**
   * The values of a tensor: int[], long[], float[], double[], boolean[] or byte[][].
   *
   * @throws InvalidInputException if its type is another, or the values do not fill the shape
   */
  static Object array(String name, TensorProto tensor) {
    int size = Math.toIntExact(shape(name, tensor).size());
    ByteBuffer content =
        tensor.getTensorContent().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    boolean packed = content.hasRemaining();
    requireSize(name, tensor, size, content.remaining());
    return switch (tensor.getDtype()) {
      case DT_FLOAT ->
          floats(size, i -> packed ? content.getFloat(4 * i) : tensor.getFloatVal(i), last(tensor));
      case DT_HALF -> floats(size, i -> SmallFloats.ofHalf(bits(tensor, content, i)), last(tensor));
      case DT_BFLOAT16 ->
          floats(size, i -> SmallFloats.ofBfloat16(bits(tensor, content, i)), last(tensor));
      case DT_DOUBLE ->
          doubles(
              size, i -> packed ? content.getDouble(8 * i) : tensor.getDoubleVal(i), last(tensor));
      case DT_INT32, DT_INT16, DT_INT8, DT_UINT8, DT_UINT16 ->
          ints(size, i -> integer(tensor, content, i), last(tensor));
      case DT_INT64, DT_UINT32, DT_UINT64 ->
          longs(size, i -> integer(tensor, content, i), last(tensor));
      case DT_BOOL -> bools(tensor, content, size);
      case DT_STRING -> strings(tensor, size);
      default ->
          throw new InvalidInputException(
              "feature '"
                  + name
                  + "': found a tensor of type "
                  + tensor.getDtype()
                  + ", expected numbers, truth values or texts");
    };
  }

  /** The values as numbers; null if they are none. */
  static double @Nullable [] numbers(TensorProto tensor) {
    Object array = array("", tensor);
    if (array instanceof float[] floats) {
      double[] values = new double[floats.length];
      Arrays.setAll(values, i -> floats[i]);
      return values;
    }
    return array instanceof int[] ints
        ? Arrays.stream(ints).asDoubleStream().toArray()
        : array instanceof long[] longs
            ? Arrays.stream(longs).asDoubleStream().toArray()
            : array instanceof double[] doubles ? doubles : null;
  }

  private static void requireSize(String name, TensorProto tensor, int size, int bytes) {
    int listed = listed(tensor);
    boolean fits =
        bytes > 0
            ? bytes == (long) size * width(tensor.getDtype()) && width(tensor.getDtype()) > 0
            : listed <= size && (listed > 0 || size == 0);
    if (!fits) {
      throw new InvalidInputException(
          String.format(
              Locale.ROOT,
              "feature '%s': found %s, expected %d values of type %s",
              name,
              bytes > 0 ? bytes + " bytes of content" : listed + " values",
              size,
              tensor.getDtype()));
    }
  }

  private static int width(DataType type) {
    return switch (type) {
      case DT_BOOL, DT_INT8, DT_UINT8 -> 1;
      case DT_HALF, DT_BFLOAT16, DT_INT16, DT_UINT16 -> 2;
      case DT_FLOAT, DT_INT32, DT_UINT32 -> 4;
      case DT_DOUBLE, DT_INT64, DT_UINT64 -> 8;
      default -> 0;
    };
  }

  private static int listed(TensorProto tensor) {
    return switch (tensor.getDtype()) {
      case DT_FLOAT -> tensor.getFloatValCount();
      case DT_HALF, DT_BFLOAT16 -> tensor.getHalfValCount();
      case DT_DOUBLE -> tensor.getDoubleValCount();
      case DT_INT32, DT_INT16, DT_INT8, DT_UINT8, DT_UINT16 -> tensor.getIntValCount();
      case DT_INT64 -> tensor.getInt64ValCount();
      case DT_UINT32 -> tensor.getUint32ValCount();
      case DT_UINT64 -> tensor.getUint64ValCount();
      case DT_BOOL -> tensor.getBoolValCount();
      case DT_STRING -> tensor.getStringValCount();
      default -> 0;
    };
  }

  /** From which value on the last one repeats. */
  private static int last(TensorProto tensor) {
    return tensor.getTensorContent().isEmpty() ? listed(tensor) - 1 : Integer.MAX_VALUE;
  }

  private static short bits(TensorProto tensor, ByteBuffer content, int i) {
    return content.hasRemaining() ? content.getShort(2 * i) : (short) tensor.getHalfVal(i);
  }

  private static long integer(TensorProto tensor, ByteBuffer content, int i) {
    boolean packed = content.hasRemaining();
    return switch (tensor.getDtype()) {
      case DT_INT8 -> packed ? content.get(i) : tensor.getIntVal(i);
      case DT_UINT8 -> packed ? Byte.toUnsignedInt(content.get(i)) : tensor.getIntVal(i);
      case DT_INT16 -> packed ? content.getShort(2 * i) : tensor.getIntVal(i);
      case DT_UINT16 -> packed ? Short.toUnsignedInt(content.getShort(2 * i)) : tensor.getIntVal(i);
      case DT_INT32 -> packed ? content.getInt(4 * i) : tensor.getIntVal(i);
      case DT_UINT32 ->
          Integer.toUnsignedLong(packed ? content.getInt(4 * i) : tensor.getUint32Val(i));
      case DT_UINT64 -> packed ? content.getLong(8 * i) : tensor.getUint64Val(i);
      default -> packed ? content.getLong(8 * i) : tensor.getInt64Val(i);
    };
  }

  private static float[] floats(int size, IntToDoubleFunction value, int last) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) value.applyAsDouble(Math.min(i, last));
    }
    return values;
  }

  private static double[] doubles(int size, IntToDoubleFunction value, int last) {
    double[] values = new double[size];
    Arrays.setAll(values, i -> value.applyAsDouble(Math.min(i, last)));
    return values;
  }

  private static int[] ints(int size, IntToLongFunction value, int last) {
    int[] values = new int[size];
    Arrays.setAll(values, i -> (int) value.applyAsLong(Math.min(i, last)));
    return values;
  }

  private static long[] longs(int size, IntToLongFunction value, int last) {
    long[] values = new long[size];
    Arrays.setAll(values, i -> value.applyAsLong(Math.min(i, last)));
    return values;
  }

  private static boolean[] bools(TensorProto tensor, ByteBuffer content, int size) {
    boolean[] values = new boolean[size];
    for (int i = 0; i < size; i++) {
      values[i] =
          content.hasRemaining()
              ? content.get(i) != 0
              : tensor.getBoolVal(Math.min(i, last(tensor)));
    }
    return values;
  }

  private static byte[][] strings(TensorProto tensor, int size) {
    byte[][] values = new byte[size][];
    for (int i = 0; i < size; i++) {
      ByteString value = tensor.getStringVal(Math.min(i, last(tensor)));
      values[i] = value.toByteArray();
    }
    return values;
  }

  /** The message of an output's values, in its own type where that has a list. */
  static TensorProto of(OutputValue value) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder().setTensorShape(Shapes.toProto(value.shape()));
    Object array = value.array();
    if (array instanceof float[] floats) {
      ByteBuffer bytes = content(4 * floats.length);
      for (float number : floats) {
        bytes.putFloat(number);
      }
      return tensor.setDtype(DataType.DT_FLOAT).setTensorContent(flip(bytes)).build();
    }
    if (array instanceof double[] doubles) {
      ByteBuffer bytes = content(8 * doubles.length);
      for (double number : doubles) {
        bytes.putDouble(number);
      }
      return tensor.setDtype(DataType.DT_DOUBLE).setTensorContent(flip(bytes)).build();
    }
    if (array instanceof long[] longs) {
      if (value.dataType() == DataType.DT_INT32) {
        for (long number : longs) {
          tensor.addIntVal((int) number);
        }
        return tensor.setDtype(DataType.DT_INT32).build();
      }
      for (long number : longs) {
        tensor.addInt64Val(number);
      }
      return tensor.setDtype(DataType.DT_INT64).build();
    }
    if (array instanceof boolean[] bools) {
      for (boolean truth : bools) {
        tensor.addBoolVal(truth);
      }
      return tensor.setDtype(DataType.DT_BOOL).build();
    }
    for (byte[] text : (byte[][]) array) {
      tensor.addStringVal(ByteString.copyFrom(text));
    }
    return tensor.setDtype(DataType.DT_STRING).build();
  }

  private static ByteBuffer content(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static ByteString flip(ByteBuffer bytes) {
    return ByteString.copyFrom(bytes.flip());
  }
}
