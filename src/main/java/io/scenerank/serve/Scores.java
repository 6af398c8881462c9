package io.scenerank.serve;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Maps;
import io.scenerank.PublicApi;
import io.scenerank.config.InvalidInputException;
import io.scenerank.config.SpellingHint;
import io.scenerank.variable.Shapes;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorProto;

/**
 * What a model returned: the values of each output, row by row. Each call returns a new array.
 *
 * <p>An output is read by a method of its type; a method of another type throws an {@link
 * InvalidInputException} that says what the output holds, as does every method for an output that
 * does not exist. Outputs that are not requested cause no error, with any values.
 */
@PublicApi
public final class Scores {
  private final ImmutableMap<String, OutputSpec> specs;
  private final ImmutableMap<String, OutputValue> values;

  Scores(ImmutableMap<String, OutputSpec> specs, ImmutableMap<String, OutputValue> values) {
    this.specs = specs;
    this.values = values;
  }

  /** Names of the outputs, the tasks for a ranking model. */
  public ImmutableSet<String> names() {
    return specs.keySet();
  }

  /** The shape of all values of one output; [rows, 1] for a task of most ranking models. */
  public Shape shape(String name) {
    return output(name).shape();
  }

  /**
   * The numbers of one output; one a row for an output of shape [B] or [B, 1]. Floats of 16 bits
   * are exact, doubles are rounded.
   *
   * @throws InvalidInputException if the output holds no numbers, or an integer that is not a float
   */
  public float[] get(String name) {
    OutputValue value = output(name);
    if (value.array() instanceof float[] floats) {
      return floats.clone();
    }
    if (value.array() instanceof double[] doubles) {
      float[] rounded = new float[doubles.length];
      for (int i = 0; i < rounded.length; i++) {
        rounded[i] = (float) doubles[i];
      }
      return rounded;
    }
    if (value.array() instanceof long[] longs) {
      return exact(name, longs);
    }
    throw holds(name, value, "numbers");
  }

  /** Floats hold every integer up to 2^24, and some beyond. */
  private static float[] exact(String name, long[] longs) {
    float[] floats = new float[longs.length];
    for (int i = 0; i < longs.length; i++) {
      floats[i] = longs[i];
      if ((long) floats[i] != longs[i] || longs[i] == Long.MAX_VALUE) {
        throw new InvalidInputException(
            String.format(
                Locale.ROOT,
                "output '%s', value %d: found %d, expected an integer that is a float; read it"
                    + " with longs",
                name,
                i,
                longs[i]));
      }
    }
    return floats;
  }

  /**
   * The numbers of one output of a floating-point type.
   *
   * @throws InvalidInputException if the output is of another type
   */
  public double[] doubles(String name) {
    OutputValue value = output(name);
    double[] doubles = value.doubles();
    if (doubles == null) {
      throw value.array() instanceof long[]
          ? new InvalidInputException(
              "output '" + name + "' holds integers, expected floats; read it with longs")
          : holds(name, value, "numbers");
    }
    return doubles;
  }

  /**
   * The integers of one output of an integer type, signed or unsigned, of 8 to 64 bits. Those of
   * type uint64 beyond 2^63 are negative, see {@link Long#toUnsignedString(long)}.
   *
   * @throws InvalidInputException if the output is of another type
   */
  public long[] longs(String name) {
    OutputValue value = output(name);
    if (value.array() instanceof long[] longs) {
      return longs.clone();
    }
    throw value.doubles() == null
        ? holds(name, value, "integers")
        : new InvalidInputException(
            "output '" + name + "' holds floats, expected integers; read it with get or doubles");
  }

  /**
   * The truth values of one output of type bool.
   *
   * @throws InvalidInputException if the output is of another type
   */
  public boolean[] bools(String name) {
    OutputValue value = output(name);
    if (value.array() instanceof boolean[] bools) {
      return bools.clone();
    }
    throw holds(name, value, "truth values");
  }

  /**
   * The texts of one output of type string, read as UTF-8.
   *
   * @throws InvalidInputException if the output is of another type
   */
  public String[] strings(String name) {
    byte[][] bytes = bytes(name);
    String[] texts = new String[bytes.length];
    for (int i = 0; i < texts.length; i++) {
      texts[i] = new String(bytes[i], StandardCharsets.UTF_8);
    }
    return texts;
  }

  /**
   * The strings of one output of type string as the bytes that they are.
   *
   * @throws InvalidInputException if the output is of another type
   */
  public byte[][] bytes(String name) {
    OutputValue value = output(name);
    if (value.array() instanceof byte[][] bytes) {
      byte[][] copy = new byte[bytes.length][];
      for (int i = 0; i < copy.length; i++) {
        copy[i] = bytes[i].clone();
      }
      return copy;
    }
    throw holds(name, value, "texts");
  }

  /**
   * One output as a tensor's message, in its own type; floats of 16 bits as float32, integers but
   * int32 as int64.
   *
   * @throws InvalidInputException if there is no such output, or it cannot be read
   */
  public TensorProto proto(String name) {
    return ProtoTensors.of(output(name));
  }

  /**
   * The outputs of a floating-point type with one value a row.
   *
   * @param rows how many rows were scored
   */
  public ImmutableList<String> floatsPerRow(int rows) {
    return specs.values().stream()
        .filter(spec -> spec.isFloat() && values.containsKey(spec.name()))
        .map(OutputSpec::name)
        .filter(name -> output(name).shape().size() == rows)
        .collect(ImmutableList.toImmutableList());
  }

  /** The scores of some of the rows; every output has a row for each. */
  Scores rows(int from, int count) {
    return new Scores(
        specs, ImmutableMap.copyOf(Maps.transformValues(values, value -> value.rows(from, count))));
  }

  /**
   * Checks the scores of a model whose inputs are known to be finite.
   *
   * @param source what an error names in front
   * @throws InvalidInputException naming the first output and row that is NaN or infinite
   */
  void requireFinite(String source) {
    values.forEach(
        (name, value) -> {
          float[] scores = value.array() instanceof float[] floats ? floats : new float[0];
          for (int row = 0; row < scores.length; row++) {
            if (!Float.isFinite(scores[row])) {
              throw new InvalidInputException(
                  String.format(
                      Locale.ROOT,
                      "%s: output '%s', row %d: found %s, expected a finite score; a weight of the"
                          + " model is not finite, or a dense value of the row is too large",
                      source,
                      name,
                      row,
                      scores[row]));
            }
          }
        });
  }

  private OutputValue output(String name) {
    OutputSpec spec = name == null ? null : specs.get(name);
    if (spec == null) {
      throw new InvalidInputException(
          "output '" + name + "' is unknown" + SpellingHint.hint(String.valueOf(name), names()));
    }
    if (!spec.isRead()) {
      throw new InvalidInputException(
          spec.tensorName().isEmpty()
              ? "output '" + name + "' is a sparse or composite tensor, which cannot be read"
              : "output '" + name + "' is " + spec.dataType() + ", which cannot be read");
    }
    return requireNonNull(values.get(name), name);
  }

  private static InvalidInputException holds(String name, OutputValue value, String expected) {
    String reader =
        value.array() instanceof boolean[]
            ? "; read it with bools"
            : value.array() instanceof byte[][] ? "; read it with strings or bytes" : "";
    return new InvalidInputException(
        "output '" + name + "' holds " + value.kind() + ", expected " + expected + reader);
  }

  /**
   * An output of a signature.
   *
   * @param name name of the output, the task for a ranking model
   * @param tensorName name of the tensor that is fetched; empty if it is not a dense tensor
   * @param dataType its type
   * @param shape its shape as the signature says it; -1 is unknown
   */
  public record OutputSpec(String name, String tensorName, DataType dataType, Shape shape) {
    private static final ImmutableSet<DataType> FLOATS =
        ImmutableSet.of(
            DataType.DT_HALF, DataType.DT_BFLOAT16, DataType.DT_FLOAT, DataType.DT_DOUBLE);

    /** Integers that TensorFlow Java has tensors of. */
    private static final ImmutableSet<DataType> INTEGERS =
        ImmutableSet.of(
            DataType.DT_UINT8, DataType.DT_UINT16, DataType.DT_INT32, DataType.DT_INT64);

    /** Integers that it has no tensors of. */
    private static final ImmutableSet<DataType> OTHER_INTEGERS =
        ImmutableSet.of(
            DataType.DT_INT8, DataType.DT_INT16, DataType.DT_UINT32, DataType.DT_UINT64);

    static OutputSpec of(String name, TensorInfo info) {
      return new OutputSpec(
          name, info.getName(), info.getDtype(), Shapes.ofProto(info.getTensorShape()));
    }

    /** The outputs of a signature by name, in the order of the names. */
    public static ImmutableMap<String, OutputSpec> all(SignatureDef signature) {
      return signature.getOutputsMap().entrySet().stream()
          .sorted(Map.Entry.comparingByKey())
          .collect(
              ImmutableMap.toImmutableMap(
                  Map.Entry::getKey, entry -> of(entry.getKey(), entry.getValue())));
    }

    /** Whether the output is a number: of a floating-point or an integer type. */
    public boolean isNumeric() {
      return isFloat() || isInteger();
    }

    /** Whether the output is of a floating-point type. */
    public boolean isFloat() {
      return FLOATS.contains(dataType);
    }

    /** Whether the output is of an integer type. */
    public boolean isInteger() {
      return INTEGERS.contains(dataType) || isCast();
    }

    /** Whether the output may hold one value a row: [rows] or [rows, 1], as far as it is known. */
    public boolean isOneARow() {
      if (shape.isUnknown()) {
        return true;
      }
      int axes = shape.numDimensions();
      return axes > 0
          && axes <= 2
          && shape.get(0) == Shape.UNKNOWN_SIZE
          && (axes == 1 || shape.get(1) == 1 || shape.get(1) == Shape.UNKNOWN_SIZE);
    }

    /** Whether the graph casts the output to int64 before it is read. */
    boolean isCast() {
      return OTHER_INTEGERS.contains(dataType);
    }

    /** Whether {@link Scores} can hold the output. */
    public boolean isRead() {
      return !tensorName.isEmpty()
          && (isNumeric() || dataType == DataType.DT_BOOL || dataType == DataType.DT_STRING);
    }
  }
}
