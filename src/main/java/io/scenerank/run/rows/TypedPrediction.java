package io.scenerank.run.rows;

import com.google.common.collect.ImmutableList;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.DuckDbOptions;
import io.scenerank.serve.InputSpec;
import io.scenerank.serve.Ranker;
import io.scenerank.serve.Scores;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;

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
  public TypedScores scoreParquet(Path file, DuckDbOptions options) {
    return score(TypedTable.ofParquet(file, options));
  }

  /**
   * Scores every row of a CSV file.
   *
   * @param texts a Parquet file with the values of the CSV file as texts
   * @throws InvalidInputException naming the row that the model does not take
   */
  public TypedScores scoreCsv(Path file, Path texts, DuckDbOptions options) {
    return score(TypedTable.ofCsv(file, texts, options));
  }

  private TypedScores score(TypedTable table) {
    table.read(inputs, this::add);
    open.values().forEach(this::score);
    progress.accept(rows);
    return new TypedScores(ranker.outputSpecs(), calls, places);
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
}
