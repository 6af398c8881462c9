package io.scenerank.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.scenerank.testing.ChildProcess.Outcome;
import io.scenerank.testing.ChildProcess.Running;
import io.scenerank.testing.Page;
import io.scenerank.testing.ParquetTable;
import io.scenerank.testing.RunsCommandsOf;
import io.scenerank.train.TrainingState.TrainedState;
import io.scenerank.train.experiment.SavedRun;
import io.scenerank.variable.FloatTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tables that begin with the vectors of a file, from the description to exports. */
@Tag("slow")
class PretrainedTablesTest {
  private static final String SECTION = "docs/data.md#Pretrained embeddings";
  private static final String TABLE = "embedding/item_id/embeddings";

  private static final String ROWS =
      """
      SELECT i %% 31 AS user_id, %1$d + i * 7 %% 23 AS item_id, 'p' || i %% 3 AS page,
        i %% 2 AS click, (%1$d + i %% 23) || '|' || (%1$d + i %% 5) AS history FROM range(300) t(i)
      """;

  /** Vectors of the items 100 to 119; three of those in the rows have none. */
  private static final String VECTORS =
      "SELECT 100 + i AS id, [i / 8, -i, 0.5, 1]::FLOAT[] AS embedding FROM range(%d) t(i)";

  @TempDir private Path temp;
  private Path raw;
  private Path yaml;
  private Path vectors;

  @BeforeEach
  void write() throws Exception {
    raw = rows("shop.csv", 100);
    yaml = Files.writeString(temp.resolve("shop.yaml"), Page.section(SECTION).code("yaml").get(0));
    vectors = ParquetTable.write(temp.resolve("items.parquet"), String.format(VECTORS, 20));
  }

  private Path rows(String name, int first) throws Exception {
    return ParquetTable.write(temp.resolve(name), String.format(ROWS, first), "FORMAT csv, HEADER");
  }

  private static TrainedState state(Path run) throws IOException {
    return SavedRun.open(run).read();
  }

  private static float[] row(TrainedState state, int id) {
    FloatTensor table = state.weights().get(TABLE);
    return Arrays.copyOfRange(table.values(), 4 * id, 4 * id + 4);
  }

  private static JsonNode metrics(Path model, Path data) {
    return RunCommandTest.json(Cli.good("evaluate", model, "--data", data, "--json"))
        .get("metrics");
  }

  private Outcome train(Path data, Path out, Object... more) {
    Object[] args = {"--data", data, "--epochs", 1, "--device", "cpu", "--out", out};
    Object[] all = Arrays.copyOf(more, more.length + args.length);
    System.arraycopy(args, 0, all, more.length, args.length);
    return Cli.good(all);
  }

  @Test
  @RunsCommandsOf(SECTION)
  void thePage(List<String> commands) throws Exception {
    PageCommands run = new PageCommands(temp);
    Outcome prepared = run.run(commands.get(0));
    assertThat(prepared.err() + prepared.out())
        .contains(
            "column 'item_id': 20 of 23 values have a pretrained embedding; those of the others are"
                + " zero");
    assertThat(run.run(commands.get(1)).err())
        .contains(
            "embedding/item_id: 20 rows begin with pretrained embeddings, which training does not"
                + " change");
    Path folder = temp.resolve("runs/shop");
    TrainedState state = state(folder);
    assertThat(row(state, 3)).containsExactly(2 / 8f, -2, 0.5f, 1);
    assertThat(row(state, 0)).containsOnly(0);
    assertThat(row(state, 23)).containsOnly(0);
    assertThat(state.adam().orElseThrow().m()).isNotEmpty().doesNotContainKey(TABLE);
    // Neither is read once the run has its values.
    Files.delete(vectors);
    Files.delete(temp.resolve("data/shop/pretrained/item_id.parquet"));
    Path exported = temp.resolve("shop.keras");
    Cli.good("export", folder, "--format", "keras", "--out", exported);
    Path imported = temp.resolve("imported");
    Cli.good("import-keras", exported, "--out", imported);
    assertThat(row(state(imported), 3)).containsExactly(2 / 8f, -2, 0.5f, 1);
    assertThat(metrics(imported, temp.resolve("data/shop")).get("logloss").asDouble())
        .isCloseTo(
            metrics(folder, temp.resolve("data/shop")).get("logloss").asDouble(), within(1e-6));
  }

  @Test
  void aTrainedTableBeginsWithTheVectors() throws Exception {
    Files.writeString(yaml, Files.readString(yaml).replace("trainable: false", "trainable: true"));
    Path data = temp.resolve("data");
    assertThat(Cli.good("prepare", raw, "--config", yaml, "--out", data).err())
        .contains("those of the others are drawn as usual");
    Path run = temp.resolve("run");
    train(data, run, "run", "shared_bottom", "--set", "learning_rate=1e-9");
    TrainedState state = state(run);
    assertThat(row(state, 3)).containsExactly(new float[] {2 / 8f, -2, 0.5f, 1}, within(1e-6f));
    assertThat(row(state, 23)[0]).isNotZero().isBetween(-0.05f, 0.05f);
    assertThat(state.adam().orElseThrow().m()).containsKey(TABLE);
    Path other = temp.resolve("other");
    train(data, other, "run", "shared_bottom", "--set", "learning_rate=0.1");
    assertThat(row(state(other), 3)).isNotEqualTo(row(state, 3));
  }

  @ParameterizedTest
  @CsvSource({"false", "true"})
  void newIdsGetTheirVectors(boolean trainable) throws Exception {
    Files.writeString(
        yaml, Files.readString(yaml).replace("trainable: false", "trainable: " + trainable));
    Path data = temp.resolve("data");
    Cli.good("prepare", raw, "--config", yaml, "--out", data);
    Path run = temp.resolve("run");
    train(data, run, "run", "shared_bottom");
    // The new day has items up to 132; its file has other vectors, and those of 120 to 129 too.
    Path day = Files.createDirectory(temp.resolve("day"));
    Path next = rows("day/shop.csv", 110);
    ParquetTable.write(
        day.resolve("items.parquet"),
        "SELECT 100 + i AS id, [9, 9, 9, i]::DOUBLE[] AS embedding FROM range(5, 30) t(i)");
    Path second = temp.resolve("second");
    assertThat(Cli.good("prepare", next, "--extend", run, "--out", second).err())
        .contains("column 'item_id': 30 of 33 values have a pretrained embedding");
    Path grown = temp.resolve("grown");
    assertThat(train(second, grown, "train", "--from", run, "--set", "learning_rate=1e-9").err())
        .contains(
            "embedding/item_id from 24 to 34 rows", "7 rows begin with pretrained embeddings");
    TrainedState before = state(run);
    TrainedState after = state(grown);
    for (int id = 0; id < 24; id++) {
      assertThat(row(after, id)).containsExactly(row(before, id), within(1e-6f));
    }
    assertThat(row(after, 24)).containsExactly(new float[] {9, 9, 9, 23}, within(1e-6f));
    float[] drawn = row(after, 33);
    assertThat(drawn[0] == 0).isEqualTo(!trainable);
    // A run from nothing takes the newest vectors of all.
    Path fresh = temp.resolve("fresh");
    train(second, fresh, "run", "shared_bottom", "--set", "learning_rate=1e-9");
    assertThat(row(state(fresh), 11)).containsExactly(new float[] {9, 9, 9, 10}, within(1e-6f));
    assertThat(row(state(fresh), 2))
        .containsExactly(new float[] {1 / 8f, -1, 0.5f, 1}, within(1e-6f));
  }

  @Test
  @EnabledOnOs(value = OS.LINUX, disabledReason = "sends signals")
  void aRunThatWasKilledResumesWithoutTheFile() throws Exception {
    Path data = temp.resolve("data");
    Cli.good("prepare", raw, "--config", yaml, "--out", data);
    Path run = temp.resolve("run");
    try (Running child =
        InterruptedTraining.start(temp, InterruptedTraining.arguments(data, run, 50))) {
      InterruptedTraining.waitForCheckpoint(run, child);
      child.signal("KILL");
      child.process().waitFor();
    }
    Files.delete(data.resolve("pretrained/item_id.parquet"));
    Files.delete(vectors);
    assertThat(Cli.good(InterruptedTraining.resume(run).toArray()).err())
        .doesNotContain("pretrained");
    assertThat(row(state(run), 3)).containsExactly(2 / 8f, -2, 0.5f, 1);
  }

  @Test
  @EnabledOnOs(value = OS.LINUX, disabledReason = "a cluster of this machine")
  void aClusterBeginsWithTheVectors() throws Exception {
    Path data = temp.resolve("data");
    Cli.good("prepare", raw, "--config", yaml, "--out", data);
    Path run = temp.resolve("run");
    try (LocalClusterRun cluster =
        LocalClusterRun.start(
            temp, InterruptedTraining.arguments(data, run, 1), "--local-cluster=ps=2,workers=1")) {
      Outcome outcome = cluster.command().outcome();
      assertThat(outcome.exitCode()).as("%s", outcome).isZero();
      assertThat(outcome.err()).contains("20 rows begin with pretrained embeddings");
      cluster.requireNobodyLeft();
    }
    assertThat(row(state(run), 3)).containsExactly(2 / 8f, -2, 0.5f, 1);
    assertThat(row(state(run), 20)).containsExactly(19 / 8f, -19, 0.5f, 1);
  }

  @Test
  void textsAndArraysAreKeysAndVectors() throws Exception {
    ParquetTable.write(
        vectors,
        "SELECT ' ' || (100 + i) || '.0' AS id, [i, 2, 3, 4]::DOUBLE[4] AS embedding FROM"
            + " range(23) t(i)");
    Path data = temp.resolve("data");
    assertThat(Cli.good("prepare", raw, "--config", yaml, "--out", data).err())
        .contains("column 'item_id': 23 of 23 values have a pretrained embedding\n");
    assertThat(
            ParquetTable.rows(
                data.resolve("pretrained/item_id.parquet"), "SELECT * FROM %s LIMIT 2"))
        .containsExactly("100|[0.0, 2.0, 3.0, 4.0]", "101|[1.0, 2.0, 3.0, 4.0]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      quoteCharacter = '~',
      value = {
        "nullif(100 + i, 103) AS id # [1, 2, 3, 4] AS embedding # items.parquet: column 'id', row 3:"
            + " found nothing, expected a value",
        "100 + i // 2 AS id # [1, 2, 3, 4] AS embedding # column 'id': '100' occurs 2 times, first in"
            + " the rows 0 and 1; expected once",
        "100 + i AS id # [1, 2, 3] AS embedding # column 'embedding', row 0: found 3 numbers,"
            + " expected 4 numbers, the emb_dim of the column 'item_id'",
        "100 + i AS id # CASE i WHEN 7 THEN [1] ELSE [1, 2, 3, 4] END AS embedding # column"
            + " 'embedding', row 7: found 1 numbers",
        "100 + i AS id # CASE i WHEN 7 THEN NULL ELSE [1, 2, 3, 4] END AS embedding # column"
            + " 'embedding', row 7: found nothing, expected 4 numbers",
        "100 + i AS id # [1, 2, 'nan'::DOUBLE, 4] AS embedding # column 'embedding', row 0: found"
            + " nan, expected finite floats",
        "100 + i AS id # [1, 2, NULL, 4] AS embedding # row 0: found nothing, expected finite floats",
        "100 + i AS id # [1, 2, 1e200, 4] AS embedding # row 0: found 1e+200, expected finite",
        "100 + i AS id # ['a', '2', '3', '4'] AS embedding # column 'embedding' is VARCHAR[],"
            + " expected lists of numbers",
        "100 + i AS id # 1.5 AS embedding # column 'embedding' is DECIMAL(2,1), expected lists of"
            + " numbers",
        "100 + i AS idd # [1, 2, 3, 4] AS embedding # items.parquet: there is no column 'id'; did you"
            + " mean 'idd'?",
        "100 + i AS id # [1, 2, 3, 4] AS embeding # items.parquet: there is no column 'embedding';"
            + " did you mean 'embeding'?",
        "i AS id # [1, 2, 3, 4] AS embedding # column 'item_id': pretrained: none of its values is in"
            + " the column 'id' of items.parquet",
      })
  void whatIsWrongInTheFileIsNamed(String key, String value, String message) throws Exception {
    ParquetTable.write(vectors, "SELECT " + key + ", " + value + " FROM range(20) t(i)");
    Cli.invalid(message, "prepare", raw, "--config", yaml, "--out", temp.resolve("none"));
    assertThat(temp.resolve("none")).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      quoteCharacter = '~',
      value = {
        "file: items.parquet # file: item.parquet # item.parquet",
        "file: items.parquet # file: shop.csv # shop.csv, expected one Parquet file",
        "file: items.parquet # file: /etc/hosts # column 'item_id': pretrained: file '/etc/hosts' is",
        "key: id, # # pretrained: key is missing, expected the column of the values",
        "value: embedding, # # pretrained: value is missing, expected the column of the vectors",
        "file: items.parquet, # # pretrained: file is missing, expected a Parquet file",
        "trainable: false # trainble: false # unknown key",
        "name: item_id\\n # name: item_id\\n    hash: 10\\n # pretrained is for a column with a vocabulary",
        "name: item_id\\n # name: item_id\\n    l2_reg: 0.1\\n # l2_reg is for a table that training"
            + " changes",
        "emb_name: item_id} # emb_name: item_id, pretrained: {file: a, key: b, value: c}} # share the"
            + " table 'item_id' but differ in pretrained",
      })
  void whatIsWrongInTheDescriptionIsNamed(String given, String instead, String message)
      throws Exception {
    String text = Files.readString(yaml);
    String old = given.replace("\\n", "\n");
    assertThat(text).contains(old);
    Files.writeString(yaml, text.replace(old, instead == null ? "" : instead.replace("\\n", "\n")));
    Cli.invalid(message, "prepare", raw, "--config", yaml, "--out", temp.resolve("none"));
  }

  @Test
  void aDamagedDataSetIsNamed() throws Exception {
    Path data = temp.resolve("data");
    Cli.good("prepare", raw, "--config", yaml, "--out", data);
    Path kept = data.resolve("pretrained/item_id.parquet");
    for (Map.Entry<String, String> damage :
        Map.of(
                "'101' AS value, [1.0, 2.0] AS embedding",
                "value '101': found 2 numbers, expected 4, the emb_dim of the table",
                "'101' AS value, ['nan'::FLOAT, 1, 2, 3] AS embedding",
                "value '101': found NaN, expected finite floats",
                "'101' AS valeu, [1, 2, 3, 4] AS embedding",
                "cannot be read as pretrained embeddings")
            .entrySet()) {
      ParquetTable.write(kept, "SELECT " + damage.getKey());
      refused(data, damage.getValue());
    }
    Files.delete(kept);
    Cli.invalid(
        "item_id.parquet: no such file, expected in a prepared data set",
        "run",
        "mmoe",
        "--data",
        data,
        "--out",
        temp.resolve("none"));
  }

  private void refused(Path data, String message) {
    Outcome outcome = Cli.run("run", "mmoe", "--data", data, "--out", temp.resolve("none"));
    assertThat(outcome.exitCode()).isEqualTo(ScenerankCommand.BAD_INPUT);
    assertThat(outcome.errLines()).hasSize(2).last().asString().contains(message);
  }
}
