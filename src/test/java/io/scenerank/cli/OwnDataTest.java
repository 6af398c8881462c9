package io.scenerank.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.scenerank.testing.ChildProcess.Outcome;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code run --data}, and {@code predict} with what it made. */
@Tag("slow")
class OwnDataTest {
  @TempDir static Path shared;
  private static Path data;
  private static Path run;
  private static JsonNode report;

  @TempDir Path temp;

  @BeforeAll
  static void trainOnce() throws IOException {
    data = SmallDataset.write(shared.resolve("data"));
    run = shared.resolve("run");
    report = RunCommandTest.json(Cli.good(args(data, run, "--json")));
  }

  private static Object[] args(Path data, Path out, Object... more) {
    return Stream.concat(
            Stream.of(
                "run",
                "pepnet",
                "--data",
                data,
                "--out",
                out,
                "--epochs",
                1,
                "--batch-size",
                64,
                "--threads",
                1,
                "--device",
                "cpu",
                "--set",
                "pepnet_dnn_units=[8, 4]"),
            Stream.of(more))
        .toArray();
  }

  @Test
  void aScenarioOfOneClassHasNoAucAndSaysSo() throws IOException {
    JsonNode quiet = report.get("per_scenario").get("quiet").get("metrics");
    assertThat(quiet.has("auc_click")).isTrue();
    assertThat(quiet.has("auc_like")).as("nobody likes anything in 'quiet'").isFalse();
    assertThat(quiet.has("gauc_like")).isFalse();
    assertThat(quiet.get("base_rate_like").asDouble()).isZero();
    assertThat(quiet.get("val_user_like").asInt()).isZero();
    assertThat(report.has("optimal")).as("these rows have no true probabilities").isFalse();
    assertThat(report.get("metrics").get("rows").asInt()).isEqualTo(SmallDataset.TEST_ROWS);

    Outcome again = Cli.good(args(data, temp.resolve("run")));
    List<String[]> table =
        again
            .out()
            .lines()
            .filter(line -> line.contains("quiet"))
            .map(line -> line.replace(" ", "").split("\\|"))
            .toList();
    assertThat(table).hasSize(2);
    assertThat(table.get(0)).as("scenario, task, rows, base rate, AUC").contains("click", "0.5000");
    assertThat(table.get(0)[5]).startsWith("0.");
    assertThat(table.get(1)).contains("like", "0.0000");
    assertThat(table.get(1)[5]).isEqualTo("n/a");
    assertThat(again.out()).doesNotContain("optimal");
    assertThat(temp.resolve("run/data")).as("the data stays where it is").doesNotExist();
  }

  @Test
  void anExistingRunIsRefusedAndForceReplacesIt() throws IOException {
    Path out = Files.createDirectory(temp.resolve("run"));
    Files.writeString(out.resolve("note.txt"), "old");
    Cli.invalid(out + ": exists already; replace it with force (--force)", args(data, out));
    assertThat(out.resolve("note.txt")).hasContent("old");
    Cli.good(args(data, out, "--force"));
    assertThat(out.resolve("note.txt")).doesNotExist();
    assertThat(out.resolve("metrics.json")).exists();
    assertThat(RunCommandTest.children(temp)).containsExactly("run");
  }

  @Test
  void aRunThatFailsLeavesTheOldOne() throws IOException {
    Path out = Files.createDirectory(temp.resolve("run"));
    Files.writeString(out.resolve("note.txt"), "old");
    Outcome diverged =
        Cli.run(
            args(data, out, "--force", "--set", "learning_rate=1e30", "--set", "optimizer=sgd"));
    assertThat(diverged.exitCode()).as("%s", diverged).isEqualTo(ScenerankCommand.BAD_INPUT);
    assertThat(diverged.err())
        .contains("scenerank: the loss is ", "a smaller learning_rate than 1.0E30 may help")
        .doesNotContain("Exception");
    Cli.invalid("patience is -1", args(data, out, "--force", "--set", "patience=-1"));
    assertThat(RunCommandTest.children(temp)).containsExactly("run");
    assertThat(RunCommandTest.children(out)).containsExactly("note.txt");
  }

  @Test
  void noRunReplacesItsOwnData() throws IOException {
    Path out = Files.createDirectory(temp.resolve("run"));
    Path inside = SmallDataset.write(out.resolve("data"));
    for (Path folder : new Path[] {out, inside, inside.resolve("../data")}) {
      Cli.invalid(
          folder + ": holds the data set " + inside + ", which force (--force) would replace",
          args(inside, folder, "--force"));
    }
    assertThat(RunCommandTest.children(inside))
        .containsExactly("schema.json", "test.parquet", "train.parquet");
  }

  @Test
  void predictReplacesNeitherItsInputNorAFolder() throws IOException {
    Path input = Files.copy(data.resolve("test.parquet"), temp.resolve("input.parquet"));
    byte[] before = Files.readAllBytes(input);
    Cli.invalid(
        input + ": is the input, which force (--force) would replace",
        "predict",
        run,
        "--input",
        input,
        "--output",
        input,
        "--force");
    assertThat(input).hasBinaryContent(before);
    Path folder = Files.createDirectory(temp.resolve("folder"));
    Cli.invalid(
        folder + ": is a folder, expected a file",
        "predict",
        run,
        "--input",
        input,
        "--output",
        folder,
        "--force");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void tasksInAnotherOrderAndFewerOfThem() {
    JsonNode swapped =
        RunCommandTest.json(
            Cli.good(args(data, temp.resolve("a"), "--json", "--set", "task_names=[like, click]")));
    assertThat(swapped.get("reload_max_abs_diff").asDouble()).isZero();
    for (String task : List.of("click", "like")) {
      assertThat(swapped.get("metrics").get("base_rate_" + task))
          .as("every task keeps its own labels")
          .isEqualTo(report.get("metrics").get("base_rate_" + task));
    }
    assertThat(swapped.get("metrics").get("base_rate_like"))
        .isNotEqualTo(swapped.get("metrics").get("base_rate_click"));
    JsonNode one =
        RunCommandTest.json(
            Cli.good(args(data, temp.resolve("b"), "--json", "--set", "task_names=[like]")));
    assertThat(one.get("metrics").fieldNames())
        .toIterable()
        .contains("auc", "gauc", "val_user")
        .doesNotContain("auc_macro", "auc_like");
  }

  @Test
  void aWholeConfiguration() throws IOException {
    Path config =
        Files.writeString(
            temp.resolve("config.yaml"),
            """
            model: pepnet
            model_params:
              task_names: [click]
              pepnet_dnn_units: [4]
              pepnet_activation: leaky_relu
              linear_logits: true
            training:
              epochs: 2
              batch_size: 50
              optimizer: adagrad
              learning_rate: 0.01
              validation_split: 0.2
              patience: 1
              loss_weights: {click: 2.0}
            feature_columns:
              - {name: user, vocab_size: 20, emb_dim: 2, group: [dnn, pepnet, linear]}
              - {name: scene, vocab_size: 3, emb_dim: 2, group: [epnet]}
            """);
    Path out = temp.resolve("run");
    JsonNode json =
        RunCommandTest.json(
            Cli.good(
                "run",
                "pepnet",
                "--data",
                data,
                "--config",
                config,
                "--out",
                out,
                "--json",
                "--device",
                "cpu",
                "--set",
                "training.epochs=1"));
    assertThat(json.get("epochs").asInt()).as("--set is stronger than the file").isEqualTo(1);
    assertThat(out.resolve("config.yaml"))
        .content()
        .contains("leaky_relu", "optimizer: adagrad", "click: 2.0", "name: scene")
        .doesNotContain("history");
    assertThat(json.get("reload_max_abs_diff").asDouble()).isZero();
  }

  /** What is wrong with the test rows (or the folder), and what the message must say. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SELECT * EXCLUDE (history) FROM rows | feature 'history' has no column 'history'",
        "SELECT * EXCLUDE (\"like\") FROM rows | task 'like' has no column 'like'",
        "SELECT * REPLACE (CASE n WHEN 17 THEN 20 ELSE user END AS user) FROM rows"
            + " | feature 'user', row 17: id 20 is outside [0, 20)",
        "SELECT * REPLACE (CASE n WHEN 3 THEN [1, 2, -1] ELSE history END AS history) FROM rows"
            + " | feature 'history', row 3: id -1 is outside [0, 30)",
        "SELECT * REPLACE (CASE n WHEN 3 THEN [1, 2] ELSE history END AS history) FROM rows"
            + " | feature 'history', row 3: list of 2 values, expected 3",
        "SELECT * REPLACE (CASE n WHEN 8 THEN 2 ELSE click END AS click) FROM rows"
            + " | label 'click', row 8: found 2.0, expected 0 or 1",
        "SELECT * REPLACE (CASE n WHEN 8 THEN NULL ELSE item END AS item) FROM rows"
            + " | feature 'item', row 8: found NULL",
        "SELECT * REPLACE (CASE n WHEN 8 THEN 'nan'::FLOAT ELSE age END AS age) FROM rows"
            + " | feature 'age', row 8: found NaN, expected a finite float",
        "SELECT * REPLACE (user::VARCHAR AS user) FROM rows"
            + " | feature 'user' has type VARCHAR, expected an integer",
        "SELECT * FROM rows WHERE false | no rows, expected at least one",
      })
  void wrongRowsAreNamed(String query, String message) throws Exception {
    Path folder = SmallDataset.write(temp.resolve("data"));
    Path file = folder.resolve("train.parquet");
    SmallDataset.rewrite(file, query);
    Cli.invalid(file + ": " + message, args(folder, temp.resolve("run")));
    assertThat(RunCommandTest.children(temp)).containsExactly("data");
  }

  @Test
  void wrongTestRowsAreNamedToo() throws Exception {
    Path folder = SmallDataset.write(temp.resolve("data"));
    Path file = folder.resolve("test.parquet");
    SmallDataset.rewrite(file, "SELECT * REPLACE (n::INTEGER AS scene) FROM rows");
    Outcome outcome = Cli.run(args(folder, temp.resolve("run")));
    assertThat(outcome.exitCode()).as("%s", outcome).isEqualTo(ScenerankCommand.BAD_INPUT);
    // The test rows are read after training, whose lines stand above.
    assertThat(outcome.errLines().get(outcome.errLines().size() - 1))
        .isEqualTo("scenerank: " + file + ": feature 'scene', row 3: id 3 is outside [0, 3)");
    assertThat(RunCommandTest.children(temp)).containsExactly("data");
  }

  @ParameterizedTest
  @ValueSource(strings = {"schema.json", "train.parquet", "test.parquet"})
  void aMissingOrDamagedFileIsNamed(String name) throws IOException {
    Path folder = SmallDataset.write(temp.resolve("data"));
    Files.delete(folder.resolve(name));
    Cli.invalid(folder.resolve(name) + ": no such file", args(folder, temp.resolve("run")));
    if (!name.equals("test.parquet")) { // which is read after training
      Files.writeString(folder.resolve(name), "neither JSON nor Parquet");
      Cli.invalid(folder.resolve(name) + ": ", args(folder, temp.resolve("run")));
    }
  }

  @Test
  void predictTakesARunAndASavedModel() throws Exception {
    Path input = data.resolve("test.parquet");
    Path first = temp.resolve("first.parquet");
    Outcome outcome = Cli.good("predict", run, "--input", input, "--output", first);
    assertThat(outcome.out()).isEqualTo(String.format("90 rows scored: %s%n", first));
    Path second = temp.resolve("second.parquet");
    JsonNode json =
        RunCommandTest.json(
            Cli.good(
                "predict",
                run.resolve("saved_model/1"),
                "--input",
                input,
                "--output",
                second,
                "--batch-size",
                7,
                "--json"));
    assertThat(json.get("rows").asInt()).isEqualTo(SmallDataset.TEST_ROWS);
    assertThat(json.get("output").asText()).isEqualTo(second.toString());
    assertThat(json.get("outputs").toString()).contains("click", "like");
    float[][] scores = ParquetFloats.read(first);
    assertThat(scores).hasDimensions(2, SmallDataset.TEST_ROWS);
    for (float score : scores[0]) {
      assertThat(score).isStrictlyBetween(0f, 1f);
    }
    float[][] others = ParquetFloats.read(second);
    for (int row = 0; row < SmallDataset.TEST_ROWS; row++) {
      // Another batch size may take another kernel; probabilities agree to a few last places.
      assertThat(others[0][row]).as("click, row %d", row).isCloseTo(scores[0][row], oneMillionth());
      assertThat(others[1][row]).as("like, row %d", row).isCloseTo(scores[1][row], oneMillionth());
    }
  }

  private static org.assertj.core.data.Offset<Float> oneMillionth() {
    return org.assertj.core.api.Assertions.within(1e-6f);
  }

  @Test
  void predictNeedsNoLabels() throws Exception {
    Path input = Files.copy(data.resolve("test.parquet"), temp.resolve("input.parquet"));
    SmallDataset.rewrite(input, "SELECT * EXCLUDE (click, \"like\") FROM rows ORDER BY n");
    Path labelled = temp.resolve("labelled.parquet");
    Path unlabelled = temp.resolve("unlabelled.parquet");
    Cli.good("predict", run, "--input", data.resolve("test.parquet"), "--output", labelled);
    Cli.good("predict", run, "--input", input, "--output", unlabelled);
    assertThat(Arrays.deepToString(ParquetFloats.read(unlabelled)))
        .isEqualTo(Arrays.deepToString(ParquetFloats.read(labelled)));
  }

  @Test
  void predictKeepsAnExistingOutputUnlessForced() throws IOException {
    Path output = Files.writeString(temp.resolve("scores.parquet"), "precious");
    Object[] args = {"predict", run, "--input", data.resolve("test.parquet"), "--output", output};
    Cli.invalid(output + ": exists already; replace it with force (--force)", args);
    assertThat(output).hasContent("precious");
    Cli.good(Stream.concat(Stream.of(args), Stream.of("--force")).toArray());
    assertThat(Files.size(output)).isGreaterThan(300);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SELECT * EXCLUDE (scene) FROM rows | feature 'scene' has no column 'scene'",
        "SELECT * RENAME (item AS itm) FROM rows"
            + " | feature 'item' has no column 'item' in the file; did you mean 'itm'?",
        "SELECT * REPLACE (CASE n WHEN 41 THEN 3 ELSE scene END AS scene) FROM rows"
            + " | feature 'scene', row 41: id 3 is outside [0, 3)",
        "SELECT * REPLACE (CASE n WHEN 2 THEN [30, 0, 0] ELSE history END AS history) FROM rows"
            + " | feature 'history', row 2: id 30 is outside [0, 30)",
        "SELECT * REPLACE (CASE n WHEN 2 THEN 3000000000 ELSE item END AS item) FROM rows"
            + " | feature 'item', row 2: id 3000000000 is outside",
        "SELECT * FROM rows WHERE false | no rows, expected at least one",
      })
  void predictNamesWhatIsWrongWithARow(String query, String message) throws Exception {
    Path input = Files.copy(data.resolve("test.parquet"), temp.resolve("input.parquet"));
    SmallDataset.rewrite(input, query);
    Path output = temp.resolve("scores.parquet");
    Cli.invalid(message, "predict", run, "--input", input, "--output", output);
    assertThat(output).doesNotExist();
  }

  @Test
  void predictNamesAMissingInputAndAFolderWithoutModel() {
    Path input = temp.resolve("none.parquet");
    Path output = temp.resolve("out.parquet");
    Cli.invalid(input + ": no such file", "predict", run, "--input", input, "--output", output);
    Cli.invalid(
        temp + ": not a SavedModel, expected a run folder or a folder with saved_model.pb",
        "predict",
        temp,
        "--input",
        input,
        "--output",
        output);
  }
}
