package io.scenerank.run.rows;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.data.ScoreFile;
import io.scenerank.serve.OutputSpec;
import io.scenerank.serve.Scores;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.DataType;

/**
 * The outputs of many calls of a model as columns.
 *
 * @param calls what each call returned
 * @param places of each row, its call and its row in it
 */
public record TypedScores(
    ImmutableMap<String, OutputSpec> outputs, List<Scores> calls, List<int[]> places) {

  public int rows() {
    return places.size();
  }

  /** Whether an output has values for each row. */
  boolean hasRows(String name) {
    OutputSpec spec = requireNonNull(outputs.get(name), name);
    if (!spec.isRead()) {
      return false;
    }
    int[] rowsOf = new int[calls.size()];
    places.forEach(place -> rowsOf[place[0]]++);
    for (int call = 0; call < rowsOf.length; call++) {
      Shape shape = calls.get(call).shape(name);
      if (shape.numDimensions() == 0 || shape.get(0) != rowsOf[call]) {
        return false;
      }
    }
    return spec.shape().isUnknown()
        || (spec.shape().numDimensions() > 0 && spec.shape().get(0) == Shape.UNKNOWN_SIZE);
  }

  /** A column of an output that has rows. */
  public ScoreFile.Column column(String name) {
    DataType type = requireNonNull(outputs.get(name), name).dataType();
    int axes = axes(name);
    List<IntFunction<Object>> values =
        calls.stream().map(scores -> values(scores, name, type)).toList();
    return new ScoreFile.Column(
        name,
        type(type) + "[]".repeat(axes),
        row -> {
          int[] place = places.get(row);
          long[] shape = calls.get(place[0]).shape(name).asArray();
          return cell(values.get(place[0]), axes == 0 ? new long[0] : inner(shape), place[1]);
        });
  }

  private static long[] inner(long[] shape) {
    return Arrays.copyOfRange(shape, 1, shape.length);
  }

  /** Axes of a row's value; one value is not a list. */
  private int axes(String name) {
    boolean single =
        calls.stream()
            .map(scores -> scores.shape(name))
            .allMatch(
                shape ->
                    shape.numDimensions() == 1
                        || (shape.numDimensions() == 2 && shape.get(1) == 1));
    return single ? 0 : calls.get(0).shape(name).numDimensions() - 1;
  }

  private static Object cell(IntFunction<Object> values, long[] shape, int index) {
    if (shape.length == 0) {
      return values.apply(index);
    }
    List<Object> list = new ArrayList<>();
    for (int i = 0; i < shape[0]; i++) {
      list.add(cell(values, inner(shape), Math.toIntExact(index * shape[0] + i)));
    }
    return list;
  }

  /** The values as the file has them, by position. */
  private static IntFunction<Object> values(Scores scores, String name, DataType type) {
    switch (type) {
      case DT_BOOL -> {
        boolean[] bools = scores.bools(name);
        return i -> bools[i];
      }
      case DT_STRING -> {
        byte[][] bytes = scores.bytes(name);
        return i -> new String(bytes[i], StandardCharsets.UTF_8);
      }
      case DT_DOUBLE -> {
        double[] doubles = scores.doubles(name);
        return i -> doubles[i];
      }
      case DT_HALF, DT_BFLOAT16, DT_FLOAT -> {
        float[] floats = scores.get(name);
        return i -> floats[i];
      }
      case DT_UINT64 -> {
        long[] longs = scores.longs(name);
        return i -> Long.toUnsignedString(longs[i]);
      }
      default -> {
        long[] longs = scores.longs(name);
        return i -> longs[i];
      }
    }
  }

  private static String type(DataType type) {
    return switch (type) {
      case DT_BOOL -> "BOOLEAN";
      case DT_STRING, DT_UINT64 -> "VARCHAR";
      case DT_DOUBLE -> "DOUBLE";
      case DT_HALF, DT_BFLOAT16, DT_FLOAT -> "FLOAT";
      default -> "BIGINT";
    };
  }

  /** The outputs that can be written, in their order. */
  public ImmutableList<String> written() {
    return outputs.keySet().stream().filter(this::hasRows).collect(ImmutableList.toImmutableList());
  }
}
