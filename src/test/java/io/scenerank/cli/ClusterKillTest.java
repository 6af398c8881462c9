package io.scenerank.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import io.scenerank.cluster.ClusterSpec.TaskId;
import io.scenerank.cluster.chief.ClusterOptions;
import io.scenerank.config.ConfigMapper;
import io.scenerank.testing.ChildProcess.Outcome;
import io.scenerank.train.log.TrainingHistory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Trainings on several processes, of which some are killed at random moments: each ends by itself,
 * with all its epochs and a model as good as that of an undisturbed one. {@code
 * -Dscenerank.cluster.kills=20} is the long form, {@code -Dscenerank.cluster.first=7} begins at
 * another run.
 */
@EnabledOnOs(value = OS.LINUX, disabledReason = "sends signals, makes network namespaces")
@Tag("slow")
class ClusterKillTest {
  private static final String LONG_FORM = "scenerank.cluster.kills";
  private static final int RUNS = Integer.getInteger(LONG_FORM, 0);
  private static final boolean IS_LONG = RUNS > 0;
  private static final int FIRST = Integer.getInteger("scenerank.cluster.first", 0);

  /** An asynchronous run, in which processes of each role are killed. */
  private static final ImmutableList<Integer> SHORT_FORM = ImmutableList.of(10);

  private static final int EPOCHS = 16;
  private static final int LONGEST = 400; // seconds, far beyond what a run takes

  private static final ImmutableList<TaskId> TASKS =
      ImmutableList.of(
          TaskId.chief(),
          new TaskId(TaskId.Role.PS, 0),
          new TaskId(TaskId.Role.PS, 1),
          new TaskId(TaskId.Role.WORKER, 0),
          new TaskId(TaskId.Role.WORKER, 1));

  @TempDir private static Path shared;
  private static Path data;

  @TempDir private Path temp;
  private final Map<ClusterOptions.Mode, Ended> undisturbed =
      new EnumMap<>(ClusterOptions.Mode.class);

  /** A finished run. */
  private record Ended(double auc, List<String> files) {}

  @BeforeAll
  static void writeData() throws Exception {
    data = TasteDataset.write(shared.resolve("data"));
  }

  private static List<String> settings(Path run, int epochs) {
    List<String> arguments = new ArrayList<>(InterruptedTraining.arguments(data, run, epochs));
    arguments.addAll(List.of("--set", "checkpoints.every_steps=20", "--set", "pepnet_dropout=0.1"));
    return arguments;
  }

  private static List<String> arguments(Path run, ClusterOptions.Mode mode, int epochs) {
    List<String> arguments = new ArrayList<>(settings(run, epochs));
    arguments.addAll(
        List.of("--local-cluster", "ps=2,workers=2", "--" + mode.name().toLowerCase(Locale.ROOT)));
    if (mode == ClusterOptions.Mode.ASYNC) {
      arguments.addAll(List.of("--warm-start", "0")); // Workers train at the same time at once.
    }
    return arguments;
  }

  @Test
  void aRunEndsAsAnUndisturbedOne() throws Exception {
    List<Integer> numbers =
        IS_LONG ? IntStream.range(FIRST, FIRST + RUNS).boxed().toList() : SHORT_FORM;
    for (int number : numbers) {
      ClusterOptions.Mode mode =
          number % 2 == 0 ? ClusterOptions.Mode.ASYNC : ClusterOptions.Mode.SYNC;
      Ended expected = expected(mode);
      List<ClusterFault> faults = ClusterFault.ofRun(number, TASKS);
      Ended ended = train(mode, "run " + number + " " + mode, faults);
      assertThat(ended.auc())
          .as("run %d: %s", number, faults)
          .isCloseTo(expected.auc(), within(0.005));
      assertThat(ended.files()).as("run %d: %s", number, faults).isEqualTo(expected.files());
    }
  }

  /** The result of an undisturbed run; in the short form of one process, which is quicker. */
  private Ended expected(ClusterOptions.Mode mode) throws Exception {
    ClusterOptions.Mode kind =
        IS_LONG ? mode : ClusterOptions.Mode.SYNC; // One process is as one of these.
    if (!undisturbed.containsKey(kind)) {
      undisturbed.put(kind, IS_LONG ? train(kind, "undisturbed " + kind, List.of()) : alone());
    }
    return undisturbed.get(kind);
  }

  private Ended alone() throws IOException {
    Path run = temp.resolve("alone");
    Cli.good(settings(run, EPOCHS).toArray());
    return new Ended(auc(run), files(run));
  }

  /** Without the one that only the chief of a cluster keeps. */
  private static List<String> files(Path run) throws IOException {
    return InterruptedTraining.all(run).stream()
        .filter(file -> !file.equals("origin.yaml"))
        .toList();
  }

  private static double auc(Path run) {
    return metrics(run).get("metrics").get("auc_macro").asDouble();
  }

  private static JsonNode metrics(Path run) {
    return new ConfigMapper().readTree(run.resolve("metrics.json"));
  }

  /** In the long form only: on a machine at work others may seem to hang too, for a while. */
  @ParameterizedTest
  @EnumSource(ClusterOptions.Mode.class)
  @EnabledIfSystemProperty(named = LONG_FORM, matches = "\\d+")
  void aWorkerThatHangsIsDroppedAndJoinsAgain(ClusterOptions.Mode mode) throws Exception {
    Path run = temp.resolve("hangs");
    int epochs = 100;
    try (LocalClusterRun cluster =
        LocalClusterRun.start(temp, arguments(run, mode, epochs), "--step-limit", "5")) {
      cluster.waitFor("\nepoch 2  loss ");
      cluster.signal("STOP", "worker", 1);
      long begin = System.nanoTime();
      cluster.waitFor(
          mode == ClusterOptions.Mode.SYNC
              ? "training with worker 0 of 2 workers"
              : "worker 1 is gone; the others continue");
      report("a hanging worker, %s: dropped after %.1f s", mode, (System.nanoTime() - begin) / 1e9);
      cluster.signal("CONT", "worker", 1);
      cluster.waitFor("worker 1 is back");
      Outcome outcome = cluster.command().outcome(LONGEST);
      assertThat(outcome.exitCode()).as("%s", outcome).isZero();
      assertThat(outcome.out()).contains("Trained " + epochs + " epochs");
      assertThat(cluster.pids("worker", 1)).as("the same process").hasSize(1);
      cluster.requireNobodyLeft();
    }
  }

  private Ended train(ClusterOptions.Mode mode, String name, List<ClusterFault> faults)
      throws Exception {
    Path run = temp.resolve(name.replace(' ', '-'));
    List<Long> kills = new ArrayList<>();
    long begin = System.nanoTime();
    try (LocalClusterRun cluster = LocalClusterRun.start(temp, arguments(run, mode, EPOCHS));
        HistoryClock clock = HistoryClock.start(run)) {
      for (ClusterFault fault : faults) {
        if (fault.strike(cluster, run, EPOCHS)) {
          kills.add(System.nanoTime());
        }
      }
      Outcome outcome = cluster.command().outcome(LONGEST);
      double seconds = (System.nanoTime() - begin) / 1e9;
      assertThat(outcome.exitCode()).as("%s: %s; %s", name, faults, outcome).isZero();
      cluster.requireNobodyLeft();
      assertThat(metrics(run).get("epochs").asInt()).as("%s: %s", name, faults).isEqualTo(EPOCHS);
      assertThat(TrainingHistory.read(run).epochs())
          .as("%s: %s", name, faults)
          .extracting(TrainingHistory.Epoch::epoch)
          .containsExactlyElementsOf(IntStream.rangeClosed(1, EPOCHS).boxed().toList());
      double auc = auc(run);
      report(
          "%s: %.1f s, auc_macro %.5f, %d of %s%s",
          name, seconds, auc, kills.size(), faults, clock.recoveries(kills));
      return new Ended(auc, files(run));
    }
  }

  /** The long form is for people, who read how it goes. */
  private static void report(String format, Object... values) {
    if (IS_LONG) {
      System.out.printf(Locale.ROOT, format + "%n", values);
    }
  }
}
