package io.scenerank.run.rows;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.DuckDb.DuckDbOptions;
import io.scenerank.data.ScoreFile;
import io.scenerank.serve.Ranker;
import io.scenerank.serve.Ranker.InputSpec;
import io.scenerank.serve.Scores;
import io.scenerank.serve.Scores.OutputSpec;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.DataType;

/**
 * Scores the rows of a table with any SavedModel. Rows of equal lengths go together, so that
 * nothing is padded: a row's scores do not depend on the other rows.
 */
public final class TypedPrediction {
  private final Ranker ranker;
  private final ImmutableList<InputSpec> inputs;
  private final int batchSize;
  private final LongConsumer progress;
  private final List<Scores> calls = new ArrayList<>();
  private final List<int[]> places = new ArrayList<>();
  private Map<List<Object>, TypedRows> open = new LinkedHashMap<>();
  private long rows;

  /**
   * @param batchSize the most rows a call
   * @param progress hears the number of rows read so far
   */
  public TypedPrediction(Ranker ranker, int batchSize, LongConsumer progress) {
    this.ranker = ranker;
    this.inputs = ranker.inputs().values().asList();
    this.batchSize = batchSize;
    this.progress = progress;
  }

  /**
   * Scores every row of a Parquet file, whose columns are the model's inputs by name.
   *
   * @throws InvalidInputException naming the row that the model does not take
   */
  public Result scoreParquet(Path file, DuckDbOptions options) {
    return score(TypedTable.ofParquet(file, options));
  }

  /**
   * Scores every row of a CSV file.
   *
   * @param texts a Parquet file with the values of the CSV file as texts
   * @throws InvalidInputException naming the row that the model does not take
   */
  public Result scoreCsv(Path file, Path texts, DuckDbOptions options) {
    return score(TypedTable.ofCsv(file, texts, options));
  }

  private Result score(TypedTable table) {
    table.read(inputs, this::add);
    open.values().forEach(this::score);
    progress.accept(rows);
    return new Result(ranker.outputSpecs(), calls, places);
  }

  private void add(List<Object> row) {
    List<Object> key = TypedRows.key(inputs, row);
    TypedRows together = open.computeIfAbsent(key, lengths -> new TypedRows(inputs));
    together.add(rows++, row);
    if (together.size() == batchSize) {
      score(together);
      open.remove(key);
      progress.accept(rows);
    }
  }

  private void score(TypedRows together) {
    calls.add(scores(together));
    for (int i = 0; i < together.size(); i++) {
      int row = Math.toIntExact(together.numbers().get(i));
      while (places.size() <= row) {
        places.add(null);
      }
      places.set(row, new int[] {calls.size() - 1, i});
    }
  }

  private Scores scores(TypedRows together) {
    try {
      return ranker.predict(together.features());
    } catch (InvalidInputException e) {
      throw named(together, e);
    }
  }

  /** The error of the first row that fails on its own, for what a model says names none. */
  private InvalidInputException named(TypedRows together, InvalidInputException error) {
    for (int i = 0; i < together.size(); i++) {
      try {
        ranker.predict(together.only(i).features());
      } catch (InvalidInputException e) {
        return new InvalidInputException(
            "row " + together.numbers().get(i) + ": " + e.getMessage(), e);
      }
    }
    return error;
  }

  /**
   * The outputs of many calls of a model as columns.
   *
   * @param calls what each call returned
   * @param places of each row, its call and its row in it
   */
  public record Result(
      ImmutableMap<String, OutputSpec> outputs, List<Scores> calls, List<int[]> places) {

    /**
     * Of calls with batches of rows in their order.
     *
     * @param batchSize rows of a call but the last
     * @param rows in all
     */
    public static Result ofBatches(Ranker ranker, List<Scores> batches, int batchSize, int rows) {
      return new Result(
          ranker.outputSpecs(),
          batches,
          IntStream.range(0, rows)
              .mapToObj(row -> new int[] {row / batchSize, row % batchSize})
              .toList());
    }

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
      return outputs.keySet().stream()
          .filter(this::hasRows)
          .collect(ImmutableList.toImmutableList());
    }
  }
}
