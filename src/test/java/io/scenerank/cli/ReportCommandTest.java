package io.scenerank.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
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

/** The report that a run leaves, and {@code report} for a run that is there. */
@Tag("slow")
class ReportCommandTest {
  @TempDir private static Path shared;
  private static Path data;
  private static Path run;
  private static JsonNode metrics;

  @TempDir private Path temp;

  @BeforeAll
  static void trainOnce() throws IOException {
    data = SmallDataset.write(shared.resolve("data"));
    run = shared.resolve("run");
    metrics = RunCommandTest.json(Cli.good(train(run, "--set", "log.every_steps=2")));
  }

  private static Object[] train(Path out, Object... more) {
    return Stream.concat(
            Stream.of(
                "train",
                "--data",
                data,
                "--model",
                "pepnet",
                "--out",
                out,
                "--epochs",
                2,
                "--batch-size",
                64,
                "--threads",
                1,
                "--device",
                "cpu",
                "--json",
                "--set",
                "validation_split=0.2"),
            Stream.of(more))
        .toArray();
  }

  private static List<String> lines(Path file) throws IOException {
    return Files.readAllLines(file);
  }

  @Test
  void aRunLeavesItsHistoryItsEventsAndItsReport() throws IOException {
    // 240 rows by 64 are 4 steps an epoch.
    assertThat(lines(run.resolve("history.jsonl")))
        .hasSize(6)
        .allMatch(line -> line.startsWith("{\"type\":"));
    assertThat(RunCommandTest.children(run.resolve("events"))).hasSize(1);
    JsonNode report = new ConfigMapper().readTree(run.resolve("report.json"));
    assertThat(report.get("model").asText()).isEqualTo("pepnet");
    assertThat(report.get("data").asText()).isEqualTo(data.toString());
    assertThat(report.get("test_rows").asInt()).isEqualTo(SmallDataset.TEST_ROWS);
    for (int task = 0; task < 2; task++) {
      JsonNode reported = report.get("tasks").get(task);
      String name = reported.get("task").asText();
      assertThat(reported.get("auc").asDouble())
          .isEqualTo(metrics.get("metrics").get("auc_" + name).asDouble());
      assertThat(reported.get("logloss").asDouble())
          .isEqualTo(metrics.get("metrics").get("logloss_" + name).asDouble());
      assertThat(reported.has("optimal_auc")).isFalse();
    }
    assertThat(report.get("scenarios").findValuesAsText("scenario"))
        .containsExactly("home", "search", "quiet");
    assertThat(report.get("scenarios").get(2).get("tasks").get(1).has("auc"))
        .as("where nobody likes anything there is no AUC")
        .isFalse();
    assertThat(report.get("calibration").findValuesAsText("task")).containsExactly("click", "like");
    assertThat(report.get("gates").findValuesAsText("gate"))
        .containsExactly("epnet", "ppnet/layer_0", "ppnet/layer_1");
    for (JsonNode scenario : report.get("gates").get(0).get("scenarios")) {
      assertThat(scenario.get("rows").asInt()).isEqualTo(30);
    }
    for (JsonNode part : report.get("gates").get(0).get("means")) {
      assertThat(part).allSatisfy(mean -> assertThat(mean.asDouble()).isBetween(0.0, 2.0));
    }
    assertThat(run.resolve("report.html"))
        .content()
        .startsWith("<!DOCTYPE html>")
        .contains("Effect of the gates by scenario", "Validation AUC", "quiet")
        .doesNotContain("http");
  }

  @Test
  void thePageOfARunIsMadeAgainFromItsFiles() throws IOException {
    Path page = temp.resolve("pages").resolve("page.html");
    Outcome outcome = Cli.good("report", run, "--out", page);
    assertThat(outcome.out()).isEqualTo("Report: " + page + System.lineSeparator());
    assertThat(page).hasSameTextualContentAs(run.resolve("report.html"));

    JsonNode json = RunCommandTest.json(Cli.good("report", run, "--out", page, "--json"));
    assertThat(json).isEqualTo(new ConfigMapper().readTree(run.resolve("report.json")));
  }

  @Test
  void whatIsMeasuredLaterIsWhatTheRunMeasured() throws IOException {
    JsonNode json =
        RunCommandTest.json(
            Cli.good(
                "report",
                run,
                "--data",
                data,
                "--out",
                temp.resolve("page.html"),
                "--json",
                "--threads",
                1,
                "--device",
                "cpu"));
    JsonNode written = new ConfigMapper().readTree(run.resolve("report.json"));
    assertThat(json.get("tasks")).isEqualTo(written.get("tasks"));
    assertThat(json.get("training")).isEqualTo(written.get("training"));
    List<String> gates = written.get("gates").findValuesAsText("gate");
    assertThat(json.get("gates").findValuesAsText("gate")).isEqualTo(gates);
    for (int gate = 0; gate < gates.size(); gate++) {
      assertThat(json.get("gates").get(gate).get("means").get(0).get(0).asDouble())
          .isCloseTo(
              written.get("gates").get(gate).get("means").get(0).get(0).asDouble(), within(1e-6));
    }
  }

  @Test
  void aRunWithoutNumbersNeedsData() throws IOException {
    Path bare = temp.resolve("bare");
    Cli.good(train(bare, "--set", "log.tensorboard=false"));
    assertThat(bare.resolve("events")).doesNotExist();
    Files.delete(bare.resolve("report.json"));
    Files.delete(bare.resolve("report.html"));
    Files.delete(bare.resolve("history.jsonl"));
    Cli.invalid(
        bare + ": has no report.json; name a prepared data set to measure, with --data",
        "report",
        bare);
    Cli.invalid("nowhere: no such folder", "report", bare, "--data", "nowhere");
    Cli.good("report", bare, "--data", data);
    assertThat(bare.resolve("report.html")).content().doesNotContain(">Training<");
    assertThat(RunCommandTest.children(bare)).doesNotContain("history.jsonl");
  }

  @Test
  void damagedFilesAreNamed() throws IOException {
    Path broken = temp.resolve("broken");
    Cli.good(train(broken));
    Files.writeString(broken.resolve("history.jsonl"), "{\"type\":\"step\"\n");
    Cli.invalid(broken.resolve("history.jsonl") + ", line 1: not well formed", "report", broken);
    Files.writeString(broken.resolve("report.json"), "{\"models\": \"pepnet\"}");
    Cli.invalid(broken.resolve("report.json") + ": unknown key 'models'", "report", broken);
    Cli.invalid("no such file, expected in a run folder", "report", temp.resolve("none"));
    Cli.invalid(
        "training.log.every_steps is 0", train(temp.resolve("x"), "--set", "log.every_steps=0"));
    assertThat(RunCommandTest.children(temp)).containsExactly("broken");
  }
}
