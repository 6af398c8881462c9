package io.scenerank.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.collect.ImmutableList;
import io.scenerank.testing.ChildProcess.Outcome;
import io.scenerank.train.log.TrainingHistory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Synchronous trainings of {@code --local-cluster} against those of one process. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "makes network namespaces")
@Tag("slow")
class SyncClusterTest {
  /** Every epoch has ten batches and a small one. */
  private static final int ROWS = 3250;

  private static final int EPOCHS = 10;

  /** Of the losses, relative: sums of floats in another order, after 110 steps. */
  private static final double TOLERANCE = 1e-5;

  @TempDir private static Path shared;
  private static Path data;

  @TempDir private Path temp;

  @BeforeAll
  static void writeData() throws IOException {
    data = shared.resolve("data");
    Cli.good("prepare", "synthetic", "--rows", ROWS, "--out", data);
  }

  /** What makes a model small, so that the time goes into the steps' number. */
  private static List<String> settings(String model) {
    return switch (model) {
      case "pepnet" -> List.of("pepnet_dnn_units=[16, 8]");
      case "apg" -> List.of("apg_dnn_units=[16, 8]");
      case "m2m" -> List.of("num_experts=2", "view_dim=8", "scenario_dim=4");
      default ->
          List.of(
              "expert_nums=2",
              "expert_dnn_units=[16, 8]",
              "gate_dnn_units=[8]",
              "task_tower_dnn_units=[8]");
    };
  }

  /**
   * At the rate of Keras' Adam. At a rate of 0.008 a training moves so far in its first steps,
   * which are as large for the smallest gradient, that its roundings alone lead elsewhere.
   */
  private static List<String> arguments(String model, Path out) {
    ImmutableList.Builder<Object> arguments = ImmutableList.builder();
    arguments.add("train", "--model", model, "--data", data, "--out", out, "--seed", 5);
    arguments.add("--epochs", EPOCHS, "--batch-size", 256, "--threads", 1, "--device", "cpu");
    Stream.concat(
            settings(model).stream(),
            Stream.of("learning_rate=0.001", "log.every_steps=1", "validation_split=0.1"))
        .forEach(setting -> arguments.add("--set", setting));
    return arguments.build().stream().map(Object::toString).toList();
  }

  private static List<Double> losses(Path run) throws IOException {
    return TrainingHistory.read(run).steps().stream().map(point -> point.loss()).toList();
  }

  private Path cluster(String model, String size) throws Exception {
    Path run = temp.resolve(model + "-cluster");
    List<String> arguments = arguments(model, run);
    try (LocalClusterRun cluster =
        LocalClusterRun.start(temp, arguments, "--local-cluster", size, "--sync")) {
      Outcome outcome = cluster.command().outcome();
      assertThat(outcome.exitCode()).as("%s", outcome).isZero();
    }
    return run;
  }

  @ParameterizedTest
  @CsvSource({
    "pepnet,ps=1;workers=2",
    "apg,ps=1;workers=2",
    "m2m,ps=1;workers=2",
    "mmoe,ps=1;workers=2"
  })
  void lossesAreThoseOfOneProcess(String model, String size) throws Exception {
    requireSameLosses(model, size);
  }

  @EnabledIfSystemProperty(
      named = "scenerank.cluster.all",
      matches = "true",
      disabledReason = "takes a minute more")
  @ParameterizedTest
  @ValueSource(strings = {"pepnet", "apg", "m2m", "mmoe"})
  void lossesAreThoseOfOneProcessOnALargerCluster(String model) throws Exception {
    requireSameLosses(model, "ps=2;workers=3");
  }

  private void requireSameLosses(String model, String size) throws Exception {
    Path alone = temp.resolve(model);
    Cli.good(arguments(model, alone).toArray());
    List<Double> expected = losses(alone);
    List<Double> actual = losses(cluster(model, size.replace(';', ',')));
    assertThat(expected).hasSize(EPOCHS * 10);
    assertThat(actual).hasSameSizeAs(expected);
    for (int step = 0; step < expected.size(); step++) {
      assertThat(actual.get(step))
          .as("loss of step %s", step + 1)
          .isCloseTo(expected.get(step), offset(TOLERANCE * expected.get(step)));
    }
    if (model.equals("mmoe")) {
      requireUsable(temp.resolve(model + "-cluster"), alone);
    }
  }

  /** A cluster's run is one as any other: what follows a training takes it. */
  private void requireUsable(Path run, Path alone) throws IOException {
    assertThat(Cli.good("train", "--resume", "--out", run).out())
        .contains(run + " is finished: nothing to do");
    Cli.good("evaluate", run, "--data", data);
    Path scores = temp.resolve("scores.parquet");
    Cli.good("predict", run, "--input", data.resolve("test.parquet"), "--output", scores);
    assertThat(scores).isNotEmptyFile();
    Cli.good("export", run, "--format", "keras", "--out", temp.resolve("exported.keras"));
    Cli.good("report", run);
    double expected = aucMacro(alone);
    assertThat(aucMacro(run)).isCloseTo(expected, offset(1e-4));
  }

  private static double aucMacro(Path run) throws IOException {
    return new ObjectMapper()
        .readTree(run.resolve("metrics.json").toFile())
        .findValue("auc_macro")
        .asDouble();
  }
}
