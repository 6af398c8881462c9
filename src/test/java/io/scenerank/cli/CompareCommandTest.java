package io.scenerank.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.contentOf;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.base.Splitter;
import io.scenerank.config.ConfigMapper;
import io.scenerank.testing.ChildProcess.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code compare}, with a registry of several models. */
@Tag("slow")
class CompareCommandTest {
  @TempDir static Path shared;
  private static Path data;

  @TempDir Path temp;

  @BeforeAll
  static void writeData() throws IOException {
    data = SmallDataset.write(shared.resolve("data"));
  }

  private static Outcome compare(Object... args) {
    return Cli.run(
        TestModels.registry(), Stream.concat(Stream.of("compare"), Stream.of(args)).toArray());
  }

  private static Object[] small(String models, Object... more) {
    Object[] options = {
      "--epochs",
      1,
      "--batch-size",
      64,
      "--threads",
      1,
      "--device",
      "cpu",
      "--set",
      "pepnet_dnn_units=[8, 4]"
    };
    return Stream.of(Stream.of(models.split(" ")), Stream.of(options), Stream.of(more))
        .flatMap(part -> part)
        .toArray();
  }

  private static Object[] onOwnData(String models, Object... more) {
    return small(models, Stream.concat(Stream.of("--data", data), Stream.of(more)).toArray());
  }

  private static Outcome good(Object... args) {
    Outcome outcome = compare(args);
    assertThat(outcome.exitCode()).as("%s", outcome).isZero();
    return outcome;
  }

  private static JsonNode read(Path file) {
    return new ConfigMapper().readTree(file);
  }

  @Test
  void theBuiltInDataIsMadeOnceAndEveryRunIsARealOne() throws IOException {
    Path out = temp.resolve("compare");
    Outcome outcome =
        good(small("pepnet", "--rows", 1000, "--seeds", "2,5", "--out", out, "--json"));
    assertThat(RunCommandTest.children(temp)).containsExactly("compare");
    assertThat(RunCommandTest.children(out))
        .containsExactly("compare.json", "compare.md", "data", "pepnet-seed2", "pepnet-seed5");
    assertThat(RunCommandTest.children(out.resolve("data")))
        .containsExactly("schema.json", "test.parquet", "train.parquet");
    assertThat(RunCommandTest.children(out.resolve("pepnet-seed5")))
        .as("a run folder without data of its own")
        .containsExactly(
            "checkpoint",
            "config.yaml",
            "events",
            "history.jsonl",
            "metrics.json",
            "report.html",
            "report.json",
            "saved_model",
            "schema.json");
    assertThat(out.resolve("compare.json")).hasContent(outcome.out());
    assertThat(out.resolve("compare.md")).content().contains("| optimal |", "**0.");

    JsonNode json = RunCommandTest.json(outcome);
    assertThat(json.fieldNames())
        .toIterable()
        .containsExactly("seeds", "models", "optimal", "best");
    assertThat(json.get("seeds").toString()).isEqualTo("[2,5]");
    JsonNode pepnet = json.get("models").get(0);
    JsonNode runs = pepnet.get("runs");
    assertThat(runs).hasSize(2);
    for (JsonNode run : runs) {
      Path folder = out.resolve("pepnet-seed" + run.get("seed"));
      assertThat(read(folder.resolve("metrics.json"))).isEqualTo(run);
      assertThat(run.get("run").asText()).isEqualTo(folder.toString());
      assertThat(run.get("reload_max_abs_diff").asDouble()).isZero();
      assertThat(run.get("optimal")).as("the same test rows").isEqualTo(json.get("optimal"));
    }
    double first = runs.get(0).get("metrics").get("auc_macro").asDouble();
    double second = runs.get(1).get("metrics").get("auc_macro").asDouble();
    assertThat(first).as("another seed, another training").isNotEqualTo(second);
    assertThat(pepnet.get("mean").get("auc_macro").asDouble()).isEqualTo((first + second) / 2);
    assertThat(pepnet.get("per_scenario")).hasSize(5);
    assertThat(pepnet.get("parameters").asLong())
        .as("tables of 99,999 videos and more")
        .isGreaterThan(100_000);
  }

  @Test
  void oneTableOfAllModels() {
    Path out = temp.resolve("compare");
    Outcome outcome = good(onOwnData("pepnet twin", "--seeds", "1,2", "--out", out));
    assertThat(outcome.err().lines())
        .filteredOn(line -> line.contains("300 rows to train on, device cpu"))
        .map(line -> line.substring(0, line.indexOf(':')))
        .containsExactly(
            "pepnet seed 1 (1/4)", "pepnet seed 2 (2/4)", "twin seed 1 (3/4)", "twin seed 2 (4/4)");
    List<String> lines = outcome.out().lines().toList();
    assertThat(lines).endsWith("Run folders: " + out);
    List<String> pepnet = cells(lines, "pepnet");
    List<String> twin = cells(lines, "twin");
    assertThat(cells(lines, "model"))
        .containsExactly(
            "model",
            "auc_click",
            "auc_like",
            "auc_macro",
            "gauc_macro",
            "logloss_macro",
            "seconds",
            "samples/s",
            "parameters");
    assertThat(twin.subList(1, 6))
        .as("one seed and one thread give one training, and both are the best")
        .isEqualTo(pepnet.subList(1, 6))
        .allMatch(cell -> cell.matches("0\\.\\d{4} ± 0\\.\\d{4} \\*"));
    assertThat(twin.get(8)).isEqualTo(pepnet.get(8)).matches("[\\d,]+");

    Outcome markdown =
        good(onOwnData("twin", "--seeds", "1", "--markdown", "--out", temp.resolve("other")));
    assertThat(markdown.out()).isEqualTo(text(temp.resolve("other/compare.md")));
    assertThat(markdown.out().lines()).contains("| scenario | rows |       twin |");
  }

  private static List<String> cells(List<String> lines, String first) {
    String line = lines.stream().filter(l -> l.startsWith("| " + first)).findFirst().orElseThrow();
    return Splitter.on('|').trimResults().omitEmptyStrings().splitToList(line);
  }

  private static String text(Path file) {
    return contentOf(file.toFile());
  }

  @Test
  void aComparedRunIsTheRunThatRunMakesAndCanBeServed() throws IOException {
    Path out = temp.resolve("compare");
    good(onOwnData("pepnet", "--seeds", 3, "--out", out));
    assertThat(RunCommandTest.children(out))
        .containsExactly("compare.json", "compare.md", "pepnet-seed3");
    JsonNode compared = read(out.resolve("compare.json"));
    assertThat(compared.get("models").get(0).has("std")).as("one seed has none").isFalse();
    assertThat(compared.has("optimal")).as("these rows have no true probabilities").isFalse();

    Path alone = temp.resolve("alone");
    Object[] run = onOwnData("pepnet", "--seed", 3, "--out", alone);
    Cli.good(Stream.concat(Stream.of("run"), Stream.of(run)).toArray());
    for (String key : List.of("metrics", "per_scenario")) {
      assertThat(read(out.resolve("pepnet-seed3/metrics.json")).get(key))
          .isEqualTo(read(alone.resolve("metrics.json")).get(key));
    }
    assertThat(out.resolve("pepnet-seed3/config.yaml"))
        .hasSameTextualContentAs(alone.resolve("config.yaml"));

    Path scores = temp.resolve("scores.parquet");
    Cli.good(
        "predict",
        out.resolve("pepnet-seed3"),
        "--input",
        data.resolve("test.parquet"),
        "--output",
        scores);
    assertThat(scores).exists();
  }

  @Test
  void aModelThatFailsHasItsErrorInItsRowAndTheOthersFinish() throws IOException {
    Path out = temp.resolve("compare");
    Outcome outcome =
        compare(
            onOwnData(
                "lonely broken twin pepnet",
                "--seeds",
                "1,2",
                "--out",
                out,
                "--set",
                "twin.learning_rate=1e30",
                "--set",
                "twin.optimizer=sgd"));
    assertThat(outcome.exitCode()).as("%s", outcome).isEqualTo(ScenerankCommand.FAILED);
    List<String> lines = outcome.out().lines().toList();
    String unfit = "model 'lonely': no feature column is in the group 'nowhere'";
    String broken = "internal error: java.lang.IllegalStateException: no gate in this house";
    assertThat(cells(lines, "lonely")).contains("n/a").endsWith(unfit);
    assertThat(cells(lines, "broken")).contains("n/a").endsWith("seed 1: " + broken);
    assertThat(cells(lines, "twin").get(9)).startsWith("seed 1: the loss is ");
    assertThat(cells(lines, "pepnet")).hasSize(9).doesNotContain("n/a");
    assertThat(outcome.err().lines())
        .contains("lonely: " + unfit, "broken seed 1 (1/6): " + broken)
        .doesNotContain("at io.scenerank")
        .anyMatch(line -> line.startsWith("twin seed 1 (3/6): the loss is "))
        .noneMatch(line -> line.startsWith("twin seed 2"))
        .anyMatch(line -> line.startsWith("pepnet seed 2 (6/6): "));
    assertThat(RunCommandTest.children(out))
        .as("nothing half-written")
        .containsExactly("compare.json", "compare.md", "pepnet-seed1", "pepnet-seed2");
    JsonNode models = read(out.resolve("compare.json")).get("models");
    assertThat(models).hasSize(4);
    assertThat(models.get(0).get("error").asText()).isEqualTo(unfit);
    assertThat(models.get(3).has("error")).isFalse();
    assertThat(models.get(3).get("runs")).hasSize(2);
  }

  @Test
  void whereNothingIsTrainedTheOldFolderStays() throws IOException {
    Path out = Files.createDirectory(temp.resolve("compare"));
    Files.writeString(out.resolve("note.txt"), "old");
    for (String models : List.of("broken", "lonely", "lonely broken")) {
      String[] names = models.split(" ");
      Outcome outcome =
          compare(
              Stream.concat(
                      Stream.of(names),
                      Stream.of("--data", data, "--device", "cpu", "--out", out, "--force"))
                  .toArray());
      assertThat(outcome.exitCode()).as("%s", outcome).isEqualTo(ScenerankCommand.FAILED);
      assertThat(outcome.out()).contains("| error ").doesNotContain("Run folders");
      assertThat(RunCommandTest.children(out)).containsExactly("note.txt");
      assertThat(RunCommandTest.children(temp)).containsExactly("compare");
    }
  }

  @Test
  void anExistingFolderIsRefusedAndForceReplacesIt() throws IOException {
    Path out = Files.createDirectory(temp.resolve("compare"));
    Files.writeString(out.resolve("note.txt"), "old");
    invalid(
        out + ": exists already; replace it with force (--force)",
        onOwnData("pepnet", "--out", out));
    assertThat(out.resolve("note.txt")).hasContent("old");
    good(onOwnData("pepnet", "--seeds", 1, "--out", out, "--force"));
    assertThat(RunCommandTest.children(out))
        .containsExactly("compare.json", "compare.md", "pepnet-seed1");
    Path inside = SmallDataset.write(out.resolve("data"));
    invalid(
        out + ": holds the data set " + inside + ", which force (--force) would replace",
        "pepnet",
        "--data",
        inside,
        "--out",
        out,
        "--force");
  }

  @Test
  void aWrongRowStopsAllBeforeTheFirstTraining() throws Exception {
    Path folder = SmallDataset.write(temp.resolve("data"));
    Path file = folder.resolve("test.parquet");
    SmallDataset.rewrite(file, "SELECT * REPLACE (n::INTEGER AS scene) FROM rows");
    invalid(
        file + ": feature 'scene', row 3: id 3 is outside [0, 3)",
        small("pepnet twin", "--data", folder, "--out", temp.resolve("compare")));
    assertThat(RunCommandTest.children(temp)).containsExactly("data");
  }

  @Test
  void verboseShowsWhereAModelFailed() {
    Outcome outcome =
        compare(onOwnData("broken", "--seeds", 1, "--out", temp.resolve("compare"), "-v"));
    assertThat(outcome.err()).contains("at io.scenerank.cli.TestModels");
  }

  private static void invalid(String message, Object... args) {
    Outcome outcome = compare(args);
    assertThat(outcome.exitCode()).as("%s", outcome).isEqualTo(ScenerankCommand.BAD_INPUT);
    assertThat(outcome.errLines()).as("%s", outcome).hasSize(1);
    Cli.requireReadable(outcome, message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "pepnte twin | model 'pepnte' is unknown; did you mean 'pepnet'?",
        "pepnet twin pepnet | model 'pepnet' occurs twice",
        "pepnet --seeds 1,x | --seeds '1,x': found 'x', expected whole numbers as in 1,2,3",
        "pepnet --seeds 1,,2 | found '', expected whole numbers",
        "pepnet --seeds 1.5 | found '1.5', expected whole numbers",
        "pepnet --seeds 3,1,3 | --seeds '3,1,3': 3 occurs twice",
        "pepnet twin --set dept=3 | unknown key 'dept'; known: ",
        "pepnet lonely --set dept=3 | unknown key 'dept'; did you mean 'depth'?",
        "pepnet --set lonely.depth=3 | model 'lonely' is not compared; compared: pepnet",
        "pepnet twin --set twin.epochs=0 | epochs is 0, expected at least 1",
        "pepnet twin --epochs 0 | epochs is 0, expected at least 1",
        "pepnet --config none.yaml | none.yaml: cannot be read (no such file)",
        "pepnet --data none | none: no such folder",
        "pepnet --data x --rows 100 | --rows is for the built-in data",
        "pepnet --rows 9 | rows is 9, expected at least 10",
        "pepnet --threads -1 | --threads is -1",
        "pepnet --device tpu | device (--device) 'tpu' is unknown",
        "pepnet --json --markdown | --json and --markdown exclude each other",
      })
  void whatIsWrongIsOneLineBeforeAnythingRuns(String line, String message) {
    invalid(message, (Object[]) line.split(" "));
  }

  @Test
  void theFileSaysForWhichModelItIs() throws IOException {
    Path config =
        Files.writeString(
            temp.resolve("config.yaml"),
            "model: twin\nmodel_params: {pepnet_dropout: 0.25}\ntraining: {epochs: 2}\n");
    Path out = temp.resolve("compare");
    good("pepnet", "twin", "--data", data, "--config", config, "--seeds", 1, "--out", out);
    assertThat(out.resolve("twin-seed1/config.yaml"))
        .content()
        .contains("pepnet_dropout: 0.25", "epochs: 2");
    assertThat(out.resolve("pepnet-seed1/config.yaml"))
        .content()
        .contains("pepnet_dropout: 0.1", "epochs: 2");
    invalid(
        config + ": model 'twin' is not compared",
        "pepnet",
        "--config",
        config,
        "--out",
        temp.resolve("never"));
  }
}
