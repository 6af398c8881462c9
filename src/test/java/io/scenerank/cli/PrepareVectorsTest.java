package io.scenerank.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.scenerank.serve.Features;
import io.scenerank.serve.SavedModelPredictor;
import io.scenerank.testing.ParquetTable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Lists of Parquet: vectors, ids, and what is neither. */
@Tag("slow")
class PrepareVectorsTest {
  private static final String CONFIG =
      """
      labels: {click: click}
      scenario: page
      user: user_id
      columns: [{name: item_id}, {name: value, %s}]
      """;

  @TempDir private Path temp;

  private Path write(String value) throws Exception {
    return ParquetTable.write(
        temp.resolve("raw.parquet"),
        "SELECT i % 7 AS user_id, i % 5 AS item_id, i % 3 AS page, i % 2 AS click, "
            + value
            + " AS x FROM range(40) t(i)");
  }

  private Path config(String value) throws Exception {
    return Files.writeString(temp.resolve("c.yaml"), String.format(CONFIG, value));
  }

  private void refused(String message, String value, String column) throws Exception {
    Path raw = write(value);
    Path yaml = config(column);
    Cli.invalid(message, "prepare", raw, "--config", yaml, "--out", temp.resolve("none"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[i / 8, -1, 0.5]::FLOAT[3]",
        "[i / 8, -1, 0.5]::DOUBLE[]",
        "[i / 8, -1, 0.5]::DECIMAL(9, 4)[]"
      })
  void aVectorIsTrainedAndPredicted(String value) throws Exception {
    Path raw = write(value);
    Path data = temp.resolve("data");
    Path yaml = config("source: x, type: dense, dimension: 3");
    Cli.good("prepare", raw, "--config", yaml, "--out", data);
    assertThat(new RawEncoding(temp).rows(data, raw, "value"))
        .startsWith("[0.0, -1.0, 0.5]", "[0.125, -1.0, 0.5]");
    if (value.contains("FLOAT")) {
      Path run = temp.resolve("run");
      Cli.good(
          "run", "shared_bottom", "--data", data, "--epochs", 1, "--device", "cpu", "--out", run);
      JsonNode scored =
          RunCommandTest.json(
              Cli.good(
                  "predict",
                  run,
                  "--raw",
                  "--input",
                  raw,
                  "--output",
                  temp.resolve("s.parquet"),
                  "--json"));
      assertThat(scored.get("rows").asInt()).isEqualTo(40);
      assertAGraphReadsVectors(run);
    }
  }

  private void assertAGraphReadsVectors(Path run) throws Exception {
    Path exported = temp.resolve("exported");
    Cli.good("export", run, "--format", "saved_model", "--raw", "--out", exported);
    List<Float> expected =
        ParquetTable.rows(temp.resolve("s.parquet"), "SELECT click FROM %s").stream()
            .map(Float::valueOf)
            .toList();
    try (SavedModelPredictor predictor =
        SavedModelPredictor.load(exported.resolve("1"), "raw", 1)) {
      for (int i = 0; i < 10; i++) {
        Features.Builder row = Features.builder();
        for (String name : predictor.inputs().keySet()) {
          if (name.equals("value")) {
            row.floats(name, new float[][] {{i / 8f, -1, 0.5f}});
          } else {
            row.longs(name, i % (name.equals("user_id") ? 7 : name.equals("item_id") ? 5 : 3));
          }
        }
        assertThat(predictor.predict(row.build()).get("click")[0])
            .isCloseTo(expected.get(i), within(1e-6f));
      }
      assertThatThrownBy(
              () ->
                  predictor.predict(
                      Features.builder()
                          .longs("user_id", 1)
                          .longs("item_id", 1)
                          .floats("value", new float[][] {{1, Float.NaN, 1}})
                          .build()))
          .hasMessageContaining("'value'");
    }
  }

  @Test
  void missingVectorsAndNumbers() throws Exception {
    String value =
        "CASE i % 4 WHEN 0 THEN NULL WHEN 1 THEN [1, NULL] WHEN 2 THEN ['nan'::FLOAT, 2] ELSE [3,"
            + " 4] END";
    Path raw = write(value);
    Path data = temp.resolve("data");
    Path yaml = config("source: x, type: dense, dimension: 2, missing: 0.5");
    Cli.good("prepare", raw, "--config", yaml, "--out", data);
    assertThat(new RawEncoding(temp).rows(data, raw, "value"))
        .startsWith("[0.5, 0.5]", "[1.0, 0.5]", "[0.5, 2.0]", "[3.0, 4.0]");
    refused(
        "raw.parquet: column 'value', row 0: found nothing, expected finite floats; with 'missing:"
            + " 0'",
        value,
        "source: x, type: dense, dimension: 2");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      value = {
        "[1.5, 2] # source: x, type: dense # column 'value' is a list, expected its length as"
            + " dimension: 2",
        "[1.5, 2] # source: x, type: dense, dimension: 3 # column 'value', row 0: found '2"
            + " numbers', expected 3 numbers, the column's dimension",
        "CASE WHEN i < 20 THEN [1.5] ELSE [1.5, 2] END # source: x, type: dense # its lists have 1"
            + " to 2 numbers, which no model takes",
        "CASE WHEN i = 20 THEN [1.5] ELSE [1.5, 2] END # source: x, type: dense, dimension: 2 #"
            + " row 20: found '1 numbers', expected 2 numbers",
        "[1.5, 2] # source: x, type: sequence # is a list of floats, expected ids; a dense",
        "[1.5, 2] # source: x # is a list, expected type: dense and its length as dimension",
        "[1, 2] # source: x # is a list, expected type: sequence",
        "1.5 # source: x, type: dense, dimension: 2 # expected a list of 2 numbers; the format"
            + " 'vector' reads texts",
        "[[1, 2], [3]] # source: x, type: sequence # column 'value' is INTEGER[][], expected single"
            + " values or a list of them; a source such as flatten(x)",
        "[[1.5, 2], [3]] # source: x, type: dense, dimension: 3 # expected single values or a list",
        "[{'id': 1}] # source: x, type: sequence # column 'value' is STRUCT(id INTEGER)[],"
            + " expected",
        "{'id': 1} # source: x # column 'value' is STRUCT(id INTEGER), expected single values",
        "MAP {'a': 1} # source: x # column 'value' is MAP(VARCHAR, INTEGER), expected single"
            + " values",
        "1 # source: x, bins: 3, dimension: 2 # dimension is 2, expected 1, or for a dense column",
      })
  void whatFitsNoColumnIsNamed(String value, String column, String message) throws Exception {
    refused(message, value, column);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      value = {
        "[[i % 3, 7], [9]] # flatten(x) # [0, 0, 1, 4, 5]",
        "[{'id': i % 3, 'w': 1}] # list_transform(x, lambda e: e.id) # [0, 0, 0, 0, 1]",
        "[1.0, 2.0] # x # [0, 0, 0, 1, 2]"
      })
  void expressionsMakeListsOfIds(String value, String source, String first) throws Exception {
    Path raw = write(value);
    Path data = temp.resolve("data");
    Path yaml = config("source: \"" + source + "\", type: sequence, max_len: 5");
    Cli.good("prepare", raw, "--config", yaml, "--out", data);
    assertThat(new RawEncoding(temp).rows(data, raw, "value")).startsWith(first);
  }
}
