package io.scenerank.server;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.tensorflow.proto.DataType;

/** Values of one type, read one after another from JSON into an array that grows. */
abstract sealed class JsonValues {
  /** The key of bytes in base64. */
  static final String B64 = "b64";

  private static final int FIRST_CAPACITY = 16;

  /** How many values there are. */
  int size;

  /** Values of a type that this server reads. */
  static JsonValues of(String input, DataType type) {
    return switch (type) {
      case DT_BOOL -> new Bools();
      case DT_INT8, DT_UINT8, DT_INT16, DT_UINT16, DT_INT32 -> new Ints();
      case DT_UINT32, DT_INT64, DT_UINT64 -> new Longs();
      case DT_HALF, DT_BFLOAT16, DT_FLOAT -> new Floats();
      case DT_DOUBLE -> new Doubles();
      case DT_STRING -> new Texts();
      default ->
          throw RequestException.invalid(
              "input '" + input + "' is " + type + ", which JSON cannot give");
    };
  }

  /**
   * Adds the parser's current value.
   *
   * @throws RequestException saying what was found and expected
   */
  abstract void add(JsonParser parser) throws IOException;

  /** All values, as an array of their own size. */
  abstract Object array();

  int capacity() {
    return Math.max(FIRST_CAPACITY, 2 * size);
  }

  /** What the JSON has, for an error. */
  static String found(JsonParser parser) throws IOException {
    return switch (parser.currentToken()) {
      case START_OBJECT -> "an object";
      case START_ARRAY -> "a list";
      case VALUE_NULL -> "null";
      case VALUE_STRING -> "a text";
      default -> shortened(parser.getText());
    };
  }

  private static String shortened(String text) {
    int most = 30;
    return text.length() <= most ? text : text.substring(0, most) + "…";
  }

  private static RequestException expected(JsonParser parser, String expected) throws IOException {
    return RequestException.invalid("found " + found(parser) + ", expected " + expected);
  }

  private static boolean isNumber(JsonToken token) {
    return token == JsonToken.VALUE_NUMBER_FLOAT || token == JsonToken.VALUE_NUMBER_INT;
  }

  private static final class Bools extends JsonValues {
    private boolean[] values = new boolean[FIRST_CAPACITY];

    @Override
    void add(JsonParser parser) throws IOException {
      if (!parser.currentToken().isBoolean()) {
        throw expected(parser, "true or false");
      }
      if (size == values.length) {
        values = Arrays.copyOf(values, capacity());
      }
      values[size++] = parser.getBooleanValue();
    }

    @Override
    Object array() {
      return Arrays.copyOf(values, size);
    }
  }

  private static final class Ints extends JsonValues {
    private int[] values = new int[FIRST_CAPACITY];

    @Override
    void add(JsonParser parser) throws IOException {
      long value = integer(parser);
      if ((int) value != value) {
        throw expected(parser, "an integer of 32 bits");
      }
      if (size == values.length) {
        values = Arrays.copyOf(values, capacity());
      }
      values[size++] = (int) value;
    }

    @Override
    Object array() {
      return Arrays.copyOf(values, size);
    }
  }

  private static final class Longs extends JsonValues {
    private long[] values = new long[FIRST_CAPACITY];

    @Override
    void add(JsonParser parser) throws IOException {
      long value = integer(parser);
      if (size == values.length) {
        values = Arrays.copyOf(values, capacity());
      }
      values[size++] = value;
    }

    @Override
    Object array() {
      return Arrays.copyOf(values, size);
    }
  }

  private static long integer(JsonParser parser) throws IOException {
    if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT
        || parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
      throw expected(parser, "an integer");
    }
    return parser.getLongValue();
  }

  private static final class Floats extends JsonValues {
    private float[] values = new float[FIRST_CAPACITY];

    @Override
    void add(JsonParser parser) throws IOException {
      if (!isNumber(parser.currentToken())) {
        throw expected(parser, "a number");
      }
      float value = parser.getFloatValue();
      if (Float.isInfinite(value) && !parser.isNaN()) {
        throw expected(parser, "a number of float32");
      }
      if (size == values.length) {
        values = Arrays.copyOf(values, capacity());
      }
      values[size++] = value;
    }

    @Override
    Object array() {
      return Arrays.copyOf(values, size);
    }
  }

  private static final class Doubles extends JsonValues {
    private double[] values = new double[FIRST_CAPACITY];

    @Override
    void add(JsonParser parser) throws IOException {
      if (!isNumber(parser.currentToken())) {
        throw expected(parser, "a number");
      }
      double value = parser.getDoubleValue();
      if (Double.isInfinite(value) && !parser.isNaN()) {
        throw expected(parser, "a number of float64");
      }
      if (size == values.length) {
        values = Arrays.copyOf(values, capacity());
      }
      values[size++] = value;
    }

    @Override
    Object array() {
      return Arrays.copyOf(values, size);
    }
  }

  /** Texts, which are UTF-8, and the bytes of {@code {"b64": …}}. */
  private static final class Texts extends JsonValues {
    private byte[][] values = new byte[FIRST_CAPACITY][];

    @Override
    void add(JsonParser parser) throws IOException {
      if (parser.currentToken() == JsonToken.START_OBJECT) {
        parser.nextToken();
      }
      byte[] value = isInObject(parser) ? base64(parser) : text(parser);
      if (size == values.length) {
        values = Arrays.copyOf(values, capacity());
      }
      values[size++] = value;
    }

    private static byte[] text(JsonParser parser) throws IOException {
      if (parser.currentToken() != JsonToken.VALUE_STRING) {
        throw expected(parser, "a text or {\"b64\": …}");
      }
      return parser.getText().getBytes(StandardCharsets.UTF_8);
    }

    /** Whether the parser is at the first key of an object, or at its end. */
    private static boolean isInObject(JsonParser parser) {
      return parser.currentToken() == JsonToken.FIELD_NAME
          || parser.currentToken() == JsonToken.END_OBJECT;
    }

    private static byte[] base64(JsonParser parser) throws IOException {
      if (parser.currentToken() != JsonToken.FIELD_NAME
          || !parser.currentName().equals(B64)
          || parser.nextToken() != JsonToken.VALUE_STRING) {
        throw RequestException.invalid("found an object, expected a text or {\"b64\": …}");
      }
      byte[] bytes;
      try {
        bytes = parser.getBinaryValue();
      } catch (IOException | IllegalArgumentException e) {
        throw RequestException.invalid("found a text that is not base64 in {\"b64\": …}");
      }
      if (parser.nextToken() != JsonToken.END_OBJECT) {
        throw RequestException.invalid(
            "found other keys in addition to \"b64\", expected it alone");
      }
      return bytes;
    }

    @Override
    Object array() {
      return Arrays.copyOf(values, size);
    }
  }
}
