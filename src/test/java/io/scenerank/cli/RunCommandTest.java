package io.scenerank.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.scenerank.config.ConfigMapper;
import io.scenerank.testing.ChildProcess;
import io.scenerank.testing.ChildProcess.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The main job on the built-in data. */
@Tag("slow")
public class RunCommandTest {
  private static final Object[] SMALL = {
    "run",
    "pepnet",
    "--rows",
    2000,
    "--epochs",
    1,
    "--batch-size",
    256,
    "--threads",
    1,
    "--device",
    "cpu",
    "--set",
    "pepnet_dnn_units=[16, 8]"
  };

  @TempDir Path temp;

  private static Object[] small(Object... more) {
    return Stream.concat(Stream.of(SMALL), Stream.of(more)).toArray();
  }

  @Test
  void printsTheTablesAndLeavesARunFolder() throws IOException {
    Path out = temp.resolve("run");
    Outcome outcome = Cli.good(small("--out", out));
    List<String> lines = outcome.out().lines().toList();
    String header =
        lines.stream().filter(line -> line.contains("auc_is_click")).findFirst().orElseThrow();
    assertThat(header)
        .containsSubsequence(
            "model",
            "auc_is_click",
            "auc_is_like",
            "auc_long_view",
            "auc_macro",
            "gauc_is_click",
            "gauc_is_like",
            "gauc_long_view",
            "gauc_macro",
            "val_user_is_click",
            "val_user_is_like",
            "val_user_long_view");
    assertThat(lines).anyMatch(line -> line.matches("\\W*pepnet\\b.*0\\.\\d+.*"));
    assertThat(lines).anyMatch(line -> line.matches("\\W*optimal\\b.*0\\.[78]\\d+.*"));
    assertThat(lines).contains("Per scenario:");
    assertThat(lines)
        .as("five scenarios of three tasks")
        .filteredOn(line -> line.contains(" is_like "))
        .hasSize(5);
    assertThat(lines).contains("Run folder: " + out);
    assertThat(lines)
        .contains(
            "Reloaded "
                + out.resolve("saved_model").resolve("1")
                + ": the same predictions, largest difference 0");
    assertThat(outcome.err()).contains("1,600 rows to train on").contains("epoch 1  loss ");

    assertThat(out.resolve("config.yaml"))
        .content()
        .contains("model: pepnet", "epochs: 1", "batch_size: 256", "pepnet_dnn_units:");
    for (String file :
        List.of(
            "schema.json",
            "metrics.json",
            "checkpoint/epoch-00001/state.json",
            "saved_model/1/saved_model.pb",
            "saved_model/1/variables/variables.index",
            "data/train.parquet",
            "data/test.parquet")) {
      assertThat(out.resolve(file)).isNotEmptyFile();
    }
    assertThat(children(temp)).as("no half-written folder").containsExactly("run");
    JsonNode metrics = new ConfigMapper().readTree(out.resolve("metrics.json"));
    assertThat(metrics.get("metrics").get("rows").asInt()).isEqualTo(400);
    assertThat(metrics.get("run").asText()).isEqualTo(out.toString());

    // What it wrote, it can read: the same experiment again from its own configuration, in JSON.
    Path again = temp.resolve("again");
    JsonNode json = runAgain(out, 1, again);
    assertThat(json.fieldNames())
        .toIterable()
        .containsExactly(
            "model",
            "seed",
            "metrics",
            "optimal",
            "per_scenario",
            "reload_max_abs_diff",
            "samples_per_second",
            "epochs",
            "run");
    assertThat(json.get("reload_max_abs_diff").asDouble()).isZero();
    assertThat(json.get("model").asText()).isEqualTo("pepnet");
    assertThat(json.get("epochs").asInt()).isEqualTo(1);
    assertThat(json.get("per_scenario")).hasSize(5);
    assertThat(json.get("metrics"))
        .as("one seed and one thread give one training")
        .isEqualTo(metrics.get("metrics"));
    assertThat(json.get("per_scenario")).isEqualTo(metrics.get("per_scenario"));
    for (String key :
        List.of("auc_is_click", "auc_macro", "gauc_macro", "logloss_macro", "val_user_long_view")) {
      assertThat(json.get("metrics").has(key)).as(key).isTrue();
    }
    assertThat(json.get("optimal").get("auc_macro").asDouble())
        .as("what the planted probabilities reach")
        .isBetween(0.7, 0.9);

    JsonNode other = runAgain(out, 2, temp.resolve("other"));
    assertThat(other.get("metrics").get("logloss_macro"))
        .as("another seed, another training")
        .isNotEqualTo(json.get("metrics").get("logloss_macro"));
  }

  /** Trains on a run's own data and configuration. */
  private static JsonNode runAgain(Path run, int seed, Path out) throws IOException {
    return json(
        Cli.good(
            "run",
            "pepnet",
            "--data",
            run.resolve("data"),
            "--config",
            run.resolve("config.yaml"),
            "--threads",
            1,
            "--device",
            "cpu",
            "--json",
            "--seed",
            seed,
            "--out",
            out));
  }

  @EnabledOnOs(value = OS.LINUX, disabledReason = "limits the size of files with prlimit")
  @Test
  void aFullDiskIsOneLineAndLeavesTheOldRun() throws Exception {
    Path out = Files.createDirectory(temp.resolve("run"));
    Files.writeString(out.resolve("metrics.json"), "old");
    // The checkpoint's tables of 100,000 videos are larger than the limit, the data is not.
    String[] args =
        Stream.concat(Stream.of(1 << 20), Stream.of(small("--out", out, "--force", "--json")))
            .map(Object::toString)
            .toArray(String[]::new);
    Outcome outcome =
        ChildProcess.run(
            temp, ChildProcess.java(ChildProcess.classpath(), FullDiskMain.class.getName(), args));
    assertThat(outcome.exitCode()).as("%s", outcome).isEqualTo(ScenerankCommand.BAD_INPUT);
    assertThat(outcome.errLines().get(outcome.errLines().size() - 1))
        .as("%s", outcome)
        .startsWith("scenerank: ")
        .contains("cannot be written");
    assertThat(outcome.err()).doesNotContain("at io.scenerank");
    assertThat(outcome.out()).isEmpty();
    assertThat(children(out)).containsExactly("metrics.json");
    assertThat(out.resolve("metrics.json")).hasContent("old");
    assertThat(children(temp)).containsExactly("run");
  }

  public static JsonNode json(Outcome outcome) {
    return new ConfigMapper().parse(outcome.out(), "standard output");
  }

  public static List<String> children(Path folder) throws IOException {
    try (Stream<Path> children = Files.list(folder)) {
      return children.map(child -> child.getFileName().toString()).sorted().toList();
    }
  }
}
