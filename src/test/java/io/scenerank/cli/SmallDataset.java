package io.scenerank.cli;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.data.DatasetWriter;
import io.scenerank.data.DuckDb;
import io.scenerank.data.DuckDb.DuckDbOptions;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.Schema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import org.duckdb.DuckDBConnection;

/** A prepared data set of three scenarios; in the last, nobody likes anything. */
public final class SmallDataset {
  static final int TEST_ROWS = 90;

  private SmallDataset() {}

  public static Path write(Path out) throws IOException {
    DatasetWriter.write(
        out,
        false,
        schema(),
        writer -> {
          fill(writer.train(), 300);
          fill(writer.test(), TEST_ROWS);
        });
    return out;
  }

  private static Schema schema() {
    return new Schema(
        "small",
        "test",
        ImmutableList.of(
            column(FeatureColumn.sparse("user", 20, 4, "dnn", "pepnet")),
            column(FeatureColumn.sequence("history", "item", 30, 4, 3, "dnn")),
            column(FeatureColumn.sparse("scene", 3, 4, "epnet")),
            column(FeatureColumn.dense("age", 1, "dnn")),
            column(FeatureColumn.sparse("item", 30, 4, "dnn", "pepnet"))),
        ImmutableList.of("click", "like"),
        new Schema.Scenario("scene", ImmutableList.of("home", "search", "quiet")),
        "user",
        ImmutableMap.of());
  }

  private static Schema.Column column(FeatureColumn column) {
    return new Schema.Column(column, ImmutableMap.of());
  }

  private static void fill(DatasetWriter.Rows writer, int rows) throws IOException {
    for (int i = 0; i < rows; i++) {
      int scene = i % 3;
      writer.add(
          new int[] {i % 20, 0, i % 30, (i + 1) % 30, scene, i * 7 % 30},
          new float[] {i % 10 / 10f},
          new float[] {i / 3 % 2, scene == 2 ? 0 : i / 5 % 2});
    }
  }

  /** Gives the data set a vocabulary of users, {@code user.csv}. */
  static void addVocabulary(Path folder) throws IOException {
    Path schema = folder.resolve("schema.json");
    Files.writeString(
        schema,
        Files.readString(schema)
            .replaceAll("(\"vocabularies\" : )\\{\\s*}", "$1{\"user\": \"user.csv\"}"));
    Files.writeString(folder.resolve("user.csv"), "value,id\nanna,3\nben,4\n");
  }

  /** Replaces a Parquet file by the result of a query over it, which calls it {@code rows}. */
  public static void rewrite(Path file, String query) throws SQLException, IOException {
    Path changed = file.resolveSibling("changed.parquet");
    try (DuckDBConnection connection = DuckDb.open(DuckDbOptions.DEFAULT, Optional.empty());
        Statement statement = connection.createStatement()) {
      statement.execute(
          String.format(
              "COPY (WITH rows AS (SELECT *, file_row_number AS n FROM read_parquet(%s,"
                  + " file_row_number = true)) %s) TO %s (FORMAT parquet)",
              DuckDb.text(file.toString()), query, DuckDb.text(changed.toString())));
    }
    Files.move(changed, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
  }
}
