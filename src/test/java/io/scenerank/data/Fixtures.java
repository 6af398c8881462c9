package io.scenerank.data;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.data.DuckDb.DuckDbOptions;
import io.scenerank.data.RowSource.RowFormat;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.Schema;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.duckdb.DuckDBConnection;

/** A small schema with every type of column, and rows that are a function of their number. */
final class Fixtures {
  private Fixtures() {}

  static Schema schema() {
    return new Schema(
        "small",
        "test",
        Arrays.stream(
                new FeatureColumn[] {
                  FeatureColumn.sparse("user", 50, 4, "dnn"),
                  FeatureColumn.sequence("history", "item", 100, 4, 3, "dnn"),
                  FeatureColumn.sparse("scene", 3, 4, "domain"),
                  FeatureColumn.dense("age", 1, "dnn"),
                  FeatureColumn.sparse("item", 100, 4, "dnn"),
                  FeatureColumn.dense("vector", 2, "dnn")
                })
            .map(column -> new Schema.Column(column, ImmutableMap.of()))
            .collect(ImmutableList.toImmutableList()),
        ImmutableList.of("click", "like"),
        new Schema.Scenario("scene", ImmutableList.of("home", "search")),
        "user",
        ImmutableMap.of());
  }

  static RowFormat format() {
    return RowFormat.of(schema());
  }

  /** user, history (3), scene, item. */
  static int[] ids(int row) {
    return new int[] {row % 50, 0, row % 100, (row + 1) % 100, row % 3, (row * 7) % 100};
  }

  static float[] dense(int row) {
    return new float[] {row / 10f, -row, row * 0.5f};
  }

  static float[] labels(int row) {
    return new float[] {row % 2, row % 5 == 0 ? 1 : 0};
  }

  static float[] probabilities(int row) {
    return new float[] {(row % 10) / 10f, 0.25f};
  }

  static PackedRows rows(int count) {
    PackedRows.Builder builder = PackedRows.builderWithProbabilities(format());
    for (int i = 0; i < count; i++) {
      builder.add(ids(i), dense(i), labels(i), probabilities(i));
    }
    return builder.build();
  }

  static void writeDataset(Path out, int train, int test) throws IOException {
    DatasetWriter.write(
        out,
        false,
        schema(),
        writer -> {
          for (int i = 0; i < train; i++) {
            writer.train().add(ids(i), dense(i), labels(i));
          }
          for (int i = 0; i < test; i++) {
            writer.test().add(ids(i), dense(i), labels(i), probabilities(i));
          }
        });
  }

  /** Writes the result of a query to a Parquet file. */
  static void writeParquet(Path file, String query) throws SQLException {
    try (DuckDBConnection connection = DuckDb.open(DuckDbOptions.DEFAULT, Optional.empty())) {
      DuckDb.execute(
          connection,
          "COPY (" + query + ") TO " + DuckDb.text(file.toString()) + " (FORMAT parquet)");
    }
  }

  /** The rows in full, for comparison. */
  static List<String> dump(PackedRows rows) {
    return java.util.stream.IntStream.range(0, rows.size()).mapToObj(i -> dump(rows, i)).toList();
  }

  static String dump(PackedRows rows, int row) {
    int[] ids = new int[rows.layout().idWidth()];
    float[] dense = new float[rows.layout().denseWidth()];
    if (ids.length > 0) {
      rows.copyIds(row, 0, ids, 0, ids.length);
    }
    if (dense.length > 0) {
      rows.copyDense(row, 0, dense, 0, dense.length);
    }
    StringBuilder text = new StringBuilder(Arrays.toString(ids) + Arrays.toString(dense));
    for (int t = 0; t < rows.tasks().size(); t++) {
      text.append(' ').append(rows.label(row, t));
      if (rows.hasProbabilities()) {
        text.append('/').append(rows.probability(row, t));
      }
    }
    return text.toString();
  }
}
