package io.scenerank.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import io.scenerank.testing.ForeignModels;
import io.scenerank.testing.ParquetTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command {@code predict} on SavedModels of anyone. */
@Tag("slow")
class ForeignPredictTest {
  private static ForeignModels models;

  @TempDir Path temp;

  @BeforeAll
  static void read() throws IOException {
    models = new ForeignModels();
  }

  /** Writes rows, as SQL says them. */
  private Path rows(String name, String select) throws SQLException {
    return ParquetTable.write(
        temp.resolve(name),
        select,
        name.endsWith(".csv") ? "FORMAT csv, HEADER" : "FORMAT parquet");
  }

  private static List<String> sql(String statement) throws SQLException {
    List<String> rows = new ArrayList<>();
    try (var connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement sql = connection.createStatement()) {
      try (ResultSet result = sql.executeQuery(statement)) {
        while (result.next()) {
          rows.add(result.getString(1));
        }
      }
    }
    return rows;
  }

  private Path predict(String model, Path input, Object... more) {
    Path out = temp.resolve("out.parquet");
    List<Object> args =
        new ArrayList<>(
            List.of(
                "predict",
                ForeignModels.folder(model),
                "--input",
                input,
                "--output",
                out,
                "--force"));
    args.addAll(List.of(more));
    Cli.good(args.toArray());
    return out;
  }

  private static List<String> types(Path file) throws SQLException {
    return sql(
        "SELECT column_name || ' ' || column_type FROM (DESCRIBE SELECT * FROM '" + file + "')");
  }

  private static void assertFloats(Path file, String column, float[] expected) throws SQLException {
    List<String> found = sql("SELECT CAST(" + column + " AS DOUBLE) FROM '" + file + "'");
    assertThat(found).hasSize(expected.length);
    for (int row = 0; row < expected.length; row++) {
      // Rounding of float32: rows of equal lengths are scored in calls of their own.
      assertThat(Double.parseDouble(found.get(row)))
          .as("row %d", row)
          .isCloseTo(expected[row], offset(1e-6));
    }
  }

  private static final String LOOKUPS =
      "SELECT * FROM (VALUES ('köln', 1000000000000, 'ios', 17.5), ('rome', -5, 'android', 30.0),"
          + " ('paris', 123456789012, '', 61.0)) t(city, item_id, device, age)";

  @Test
  void stringsAndIntegersOfAnySize() throws SQLException {
    float[] expected = models.outputs("lookups").values().iterator().next().floats();
    String output = models.outputs("lookups").keySet().iterator().next();
    assertFloats(predict("lookups", rows("in.parquet", LOOKUPS)), output, expected);
    assertFloats(predict("lookups", rows("in.csv", LOOKUPS)), output, expected);
  }

  @Test
  void rowsOfDifferentLengthsAreScoredEachAtItsOwn() throws SQLException {
    String select =
        "SELECT * FROM (VALUES (1, [3, 9, 4]), (2, [8]), (3, [5, 6, 7, 8])) t(user_id, hist)";
    float[] expected = models.outputs("dynamic").get("is_click").floats();
    Path out = predict("dynamic", rows("in.parquet", select), "--outputs", "is_like,is_click");
    assertThat(types(out)).containsExactly("is_like FLOAT", "is_click FLOAT");
    assertFloats(out, "is_click", expected);
    assertFloats(predict("dynamic", rows("in.csv", select)), "is_click", expected);
  }

  @Test
  void scalarsThreeAxesAndOutputsOfAnyShape() throws SQLException {
    String select =
        "SELECT * FROM (VALUES (3, 2.5, [[0, 1, 2], [3, 4, 5]], 0.25),"
            + " (-1, 2.5, [[6, 7, 8], [9, 10, 11]], 0.5),"
            + " (2, 2.5, [[12, 13, 14], [15, 16, 17]], 0.75)) t(user_id, temperature, image,"
            + " anything)";
    Path out = predict("shapes", rows("in.parquet", select));
    assertThat(types(out))
        .containsExactly(
            "anything FLOAT",
            "cube FLOAT[][]",
            "embedding FLOAT[]",
            "flat FLOAT",
            "is_click FLOAT");
    assertFloats(out, "is_click", models.outputs("shapes").get("is_click").floats());
    assertThat(sql("SELECT CAST(cube AS VARCHAR) FROM '" + out + "'"))
        .containsExactly(
            "[[0.0, 2.0, 4.0], [6.0, 8.0, 10.0]]",
            "[[12.0, 14.0, 16.0], [18.0, 20.0, 22.0]]",
            "[[24.0, 26.0, 28.0], [30.0, 32.0, 34.0]]");
    assertThat(sql("SELECT CAST(embedding AS VARCHAR) FROM '" + out + "'"))
        .contains("[-1.0, 0.0, 1.0, 2.0]");
    Cli.invalid(
        "output 'mean' has no values for each row",
        "predict",
        ForeignModels.folder("shapes"),
        "--input",
        temp.resolve("in.parquet"),
        "--output",
        temp.resolve("no.parquet"),
        "--outputs",
        "mean");
  }

  @Test
  void everyTypeKeepsItsColumn() throws SQLException {
    String select =
        "SELECT true AS x_bool, -128 AS x_int8, 255 AS x_uint8, 1 AS x_int16, 65535 AS x_uint16,"
            + " -7 AS x_int32, 4294967295 AS x_uint32, -4611686018427387904 AS x_int64,"
            + " 9223372036854775807 AS x_uint64, 0.5::FLOAT AS x_float16, 0.5::FLOAT AS"
            + " x_bfloat16, 0.1::FLOAT AS x_float32, 0.1::DOUBLE AS x_float64, 'größe' AS x_string";
    Path out = predict("types", rows("in.parquet", select));
    assertThat(types(out))
        .contains("y_bool BOOLEAN", "y_uint8 BIGINT", "y_float64 DOUBLE", "y_string VARCHAR");
    assertThat(
            sql(
                "SELECT concat_ws(' ', y_bool, y_int8, y_uint8, y_uint16, y_uint32, y_int64,"
                    + " y_uint64, y_float16, y_string) FROM '"
                    + out
                    + "'"))
        .containsExactly(
            "true -128 255 65535 4294967295 -4611686018427387904 9223372036854775807 0.5 größe");
  }

  @Test
  void anotherSignature() throws SQLException {
    Path input = rows("in.parquet", "SELECT unnest(['paris', 'rome', 'köln']) AS city");
    assertThat(sql("SELECT id FROM '" + predict("assets", input, "--signature", "ids") + "'"))
        .containsExactly("2", "-1", "1");
  }

  @Test
  void csvOut() throws Exception {
    Path input = rows("in.parquet", "SELECT unnest(['paris', 'rome']) AS city");
    Path out = temp.resolve("out.csv");
    Cli.good(
        "predict",
        ForeignModels.folder("assets"),
        "--signature",
        "ids",
        "--input",
        input,
        "--output",
        out);
    assertThat(Files.readString(out)).isEqualTo("id\n2\n-1\n");
    Cli.invalid(
        "out.json: the file name ends neither as Parquet nor as CSV, expected .parquet, .csv or"
            + " .csv.gz",
        "predict",
        ForeignModels.folder("assets"),
        "--input",
        input,
        "--output",
        temp.resolve("out.json"));
  }

  @Test
  void aFileIsWhatItHoldsAndNotWhatItIsCalled() throws Exception {
    Path input = rows("in.parquet", "SELECT unnest(['paris', 'rome']) AS city");
    Path renamed = Files.move(input, temp.resolve("renamed.csv"));
    assertThat(sql("SELECT id FROM '" + predict("assets", renamed, "--signature", "ids") + "'"))
        .containsExactly("2", "-1");
    Path damaged = Files.writeString(temp.resolve("damaged.parquet"), "city\nparis\n");
    Cli.invalid(
        damaged + ": cannot be read (",
        "predict",
        ForeignModels.folder("assets"),
        "--input",
        damaged,
        "--output",
        temp.resolve("none.parquet"));
  }

  @Test
  void whatIsWrongIsNamed() throws SQLException {
    Path model = ForeignModels.folder("dynamic");
    Path out = temp.resolve("out.parquet");
    Object[] wrong = {
      "SELECT 1 AS user_id",
      "in.parquet: no column 'hist', which is an input of the model",
      "SELECT 'a' AS user_id, [1] AS hist",
      "in.parquet: column 'user_id' is VARCHAR, expected BIGINT[]: the model's input is DT_INT32",
      "SELECT 1 AS user_id, [1, NULL] AS hist",
      "in.parquet: column 'hist', row 0: found NULL, expected a value",
      "SELECT unnest([1, 99]) AS user_id, [1] AS hist",
      "row 1: " + model,
      "SELECT 5000000000 AS user_id, [1] AS hist",
      "column 'user_id': found 5000000000, expected a value of the model's type int32"
    };
    for (int i = 0; i < wrong.length; i += 2) {
      Path input = rows("in.parquet", (String) wrong[i]);
      Cli.invalid((String) wrong[i + 1], "predict", model, "--input", input, "--output", out);
    }
  }

  /** An unchanged CSV file, scored by a model of one user and a list. */
  private void refused(String csv, String message) throws IOException {
    Path input = temp.resolve("in.csv");
    Files.writeString(input, csv);
    Path out = temp.resolve("none.csv");
    Cli.invalid(
        input + ": " + message,
        "predict",
        ForeignModels.folder("dynamic"),
        "--input",
        input,
        "--output",
        out);
    assertThat(temp)
        .isDirectoryContaining(file -> file.equals(input))
        .isDirectoryNotContaining("glob:**/.sc*");
  }

  @Test
  void textsAreNeverRoundedToIds() throws IOException {
    refused(
        "user_id,hist\n1,[1]\n1.5,[1]\n",
        "column 'user_id', row 1: found '1.5', expected an integer");
    refused(
        "user_id,hist\n1,\"[1, 2.5]\"\n", "column 'hist', row 0: found '2.5', expected an integer");
    refused("user_id,hist\nx,[1]\n", "column 'user_id', row 0: found 'x', expected an integer");
    refused(
        "user_id,hist\n9223372036854775808,[1]\n",
        "column 'user_id', row 0: found '9223372036854775808', expected an integer within int64");
    refused("user_id,hist\n,[1]\n", "column 'user_id', row 0: found NULL, expected a value");
  }

  @Test
  void numbersBeyondFloat32AreNotInfinite() throws SQLException {
    Path model = ForeignModels.folder("lookups");
    String select =
        "SELECT %s AS age, 'a' AS city, 'b' AS device, CAST(1 AS BIGINT) AS item_id FROM range(2)"
            + " t(i)";
    for (String name : List.of("in.csv", "in.parquet")) {
      Path input = rows(name, String.format(select, "i * 1e300"));
      Cli.invalid(
          input + ": column 'age', row 1: found '1",
          "predict",
          model,
          "--input",
          input,
          "--output",
          temp.resolve("none.csv"));
      Path infinite = rows(name, String.format(select, "CAST('inf' AS DOUBLE)"));
      predict("lookups", infinite);
    }
  }

  @Test
  void aFolderIsSaidToBeOne() {
    Cli.invalid(
        temp + ": is a folder; for a model of another library, expected a file",
        "predict",
        ForeignModels.folder("dynamic"),
        "--input",
        temp,
        "--output",
        temp.resolve("none.csv"));
  }

  @Test
  void linesOfCsvAreNotLost() throws Exception {
    refused("user_id,hist\n1,[1]\n2\n", "");
    Path quotes = temp.resolve("quotes.csv");
    Files.writeString(quotes, "user_id,hist,name\n1,[1],\"a\n2,[1],b\n3,[1],c\"\n4,[1],d\n");
    assertThat(sql("SELECT count(*) FROM '" + predict("dynamic", quotes) + "'"))
        .containsExactly("4");
    Path input = temp.resolve("in[1].csv");
    Files.writeString(temp.resolve("in1.csv"), "user_id::hist\n5::[5]\n");
    Files.writeString(input, "\nuser_id::hist\r\n1.0::[1]\n\n2::7\n");
    assertThat(sql("SELECT count(*) FROM '" + predict("dynamic", input) + "'"))
        .containsExactly("2");
  }
}
