package io.scenerank.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableMap;
import io.scenerank.testing.ParquetTable;
import io.scenerank.train.experiment.SavedRun;
import io.scenerank.variable.FloatTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code export --format embeddings}. */
@Tag("slow")
class ExportEmbeddingsTest {
  @TempDir private static Path shared;
  private static Path data;
  private static Path run;

  @TempDir private Path temp;

  @BeforeAll
  static void train() throws Exception {
    TwoDays days = TwoDays.withoutExpressions(shared);
    data = days.prepare(1);
    run = shared.resolve("run");
    Cli.good(
        "train",
        "--data",
        data,
        "--model",
        "pepnet",
        "--out",
        run,
        "--device",
        "cpu",
        "--epochs",
        1);
  }

  private Path export(Path of, String table) {
    Path out = temp.resolve("out.parquet");
    Cli.good("export", of, "--format", "embeddings", "--table", table, "--out", out, "--force");
    return out;
  }

  private static FloatTensor table(String path) throws Exception {
    return SavedRun.open(run).read().weights().get(path);
  }

  private static void copyOfTheRun(Path to) throws IOException {
    try (Stream<Path> files = Files.walk(run)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(run.relativize(file).toString()));
      }
    }
  }

  @Test
  void everyValueHasTheRowOfItsId() throws Exception {
    FloatTensor trained = table("embedding/item/embeddings");
    List<String> rows = ParquetTable.rows(export(run, "item"), "SELECT value, id FROM %s");
    assertThat(rows)
        .isEqualTo(
            ParquetTable.rows(
                data.resolve("vocab/item.parquet"),
                "SELECT value, id FROM %s WHERE id > 0 ORDER BY id"));
    assertThat(vectors(export(run, "item")))
        .isDeepEqualTo(rowsOf(trained, 1, rows.size() + 1))
        .isDeepEqualTo(vectors(export(run, "embedding/item")));
    assertThat(
            ParquetTable.rows(
                export(run, "item"), "SELECT DISTINCT typeof(value), typeof(vector) FROM %s"))
        .containsExactly("VARCHAR|FLOAT[]");
  }

  private static float[][] vectors(Path file) throws Exception {
    return ParquetTable.rows(file, "SELECT array_to_string(vector, ' ') FROM %s").stream()
        .map(
            row -> {
              String[] texts = row.split(" ");
              float[] floats = new float[texts.length];
              for (int i = 0; i < floats.length; i++) {
                floats[i] = Float.parseFloat(texts[i]);
              }
              return floats;
            })
        .toArray(float[][]::new);
  }

  private static float[][] rowsOf(FloatTensor table, int from, int to) {
    int width = (int) table.shape().get(1);
    float[][] rows = new float[to - from][];
    for (int row = from; row < to; row++) {
      rows[row - from] = Arrays.copyOfRange(table.values(), row * width, (row + 1) * width);
    }
    return rows;
  }

  @Test
  void bucketsAndBinsHaveIdsAlone() throws Exception {
    for (String column : List.of("device", "price")) {
      Path file = export(run, column);
      assertThat(ParquetTable.rows(file, "SELECT column_name FROM (DESCRIBE SELECT * FROM %s)"))
          .containsExactly("id", "vector");
      FloatTensor trained = table("embedding/" + column + "/embeddings");
      int size = (int) trained.shape().get(0);
      assertThat(ParquetTable.rows(file, "SELECT min(id), max(id), count(*) FROM %s"))
          .containsExactly("1|" + (size - 1) + "|" + (size - 1));
      assertThat(vectors(file)).isDeepEqualTo(rowsOf(trained, 1, size));
    }
  }

  @Test
  void integersStayIntegersAndIdsThatNoValueHasAreLeftOut() throws Exception {
    Path other = temp.resolve("other");
    copyOfTheRun(other);
    Path vocabulary = other.resolve("vocab/item.parquet");
    SmallDataset.rewrite(
        vocabulary,
        "SELECT CAST(id + 900000000000 AS BIGINT) AS value, id FROM rows WHERE id <> 5");
    Path file = export(other, "item");
    assertThat(ParquetTable.rows(file, "SELECT DISTINCT typeof(value) FROM %s"))
        .containsExactly("BIGINT");
    assertThat(ParquetTable.rows(file, "SELECT value, id FROM %s WHERE id BETWEEN 4 AND 6"))
        .containsExactly("900000000004|4", "900000000006|6");
    assertThat(vectors(file)[4]).isEqualTo(rowsOf(table("embedding/item/embeddings"), 6, 7)[0]);
  }

  @Test
  void whatIsWrongIsNamed() throws Exception {
    Path out = temp.resolve("out.parquet");
    Object[] command = {"export", run, "--format", "embeddings", "--out", out, "--table", "itm"};
    Cli.invalid("table (--table) 'itm' is unknown; did you mean 'item'?", command);
    command[7] = "something else";
    Cli.invalid("'something else' is unknown; tables of the model: embedding/", command);
    Cli.invalid(
        "table (--table) is missing, expected one of the model's: embedding/",
        "export",
        run,
        "--format",
        "embeddings",
        "--out",
        out);
    command[7] = "item";
    command[5] = temp.resolve("out.csv");
    Cli.invalid("expected a file name that ends in .parquet", command);
    command[5] = out;
    Files.createFile(out);
    Cli.invalid("exists already; replace it with force (--force)", command);
    assertThat(out).isEmptyFile();
    Cli.invalid(
        "table (--table) is 'item', but only embeddings are of a table",
        "export",
        run,
        "--format",
        "keras",
        "--table",
        "item",
        "--out",
        temp.resolve("a.keras"));
  }

  @Test
  void aVocabularyOfAnotherDayIsRefused() throws Exception {
    Path other = temp.resolve("other");
    copyOfTheRun(other);
    SmallDataset.rewrite(
        other.resolve("vocab/item.parquet"),
        "SELECT 'v' || n AS value, n AS id FROM (SELECT unnest(range(90)) AS n)");
    Path out = temp.resolve("none.parquet");
    Cli.invalid(
        "item.parquet: a value has the id 41, expected a value for each, and ids in [0, 41)",
        "export",
        other,
        "--format",
        "embeddings",
        "--table",
        "item",
        "--out",
        out);
    assertThat(out).doesNotExist();
  }

  @Test
  void tablesOfAnImportedKerasModelHaveIds() throws Exception {
    Path imported = temp.resolve("imported");
    Cli.good(
        "import-keras", Path.of("src/test/resources/keras/m2m.keras"), "--out", imported, "--json");
    ImmutableMap<String, FloatTensor> weights = SavedRun.open(imported).read().weights();
    String layer =
        weights.keySet().stream()
            .filter(path -> path.startsWith("embedding/"))
            .map(path -> path.replace("/embeddings", ""))
            .findFirst()
            .orElseThrow();
    FloatTensor table = weights.get(layer + "/embeddings");
    assertThat(vectors(export(imported, layer)))
        .isDeepEqualTo(rowsOf(table, 1, (int) table.shape().get(0)));
  }
}
