package io.scenerank.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import io.scenerank.cluster.ClusterMode;
import io.scenerank.cluster.TaskId;
import io.scenerank.cluster.TaskRole;
import io.scenerank.cluster.local.NetworkNamespace;
import io.scenerank.feature.ConfigMapper;
import io.scenerank.feature.InvalidInputException;
import io.scenerank.testing.ChildProcess.Outcome;
import io.scenerank.train.EpochPoint;
import io.scenerank.train.TrainingHistory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Trainings on several processes, of which some are killed at random moments: each ends by itself,
 * with all its epochs and a model as good as that of an undisturbed one. {@code
 * -Dscenerank.cluster.kills=20} is the long form, {@code -Dscenerank.cluster.first=7} begins at
 * another run.
 */
@EnabledOnOs(value = OS.LINUX, disabledReason = "sends signals, makes network namespaces")
class ClusterKillTest {
  private static final int SHORT = 2;
  private static final int RUNS = Integer.getInteger("scenerank.cluster.kills", SHORT);
  private static final int FIRST = Integer.getInteger("scenerank.cluster.first", 0);
  private static final int EPOCHS = 16;
  private static final int LONGEST = 400; // seconds, far beyond what a run takes

  private static final ImmutableList<TaskId> TASKS =
      ImmutableList.of(
          TaskId.chief(),
          new TaskId(TaskRole.PS, 0),
          new TaskId(TaskRole.PS, 1),
          new TaskId(TaskRole.WORKER, 0),
          new TaskId(TaskRole.WORKER, 1));

  @TempDir private static Path shared;
  private static Path data;

  @TempDir private Path temp;
  private final Map<ClusterMode, Ended> undisturbed = new EnumMap<>(ClusterMode.class);

  /** A run that has come to its end. */
  private record Ended(double auc, List<String> files) {}

  @BeforeAll
  static void writeData() throws Exception {
    data = TasteDataset.write(shared.resolve("data"));
    try (NetworkNamespace network = NetworkNamespace.open()) {
      assertThat(network.inside(List.of("true"))).isNotEmpty();
    } catch (InvalidInputException e) {
      assumeTrue(false, e.getMessage());
    }
  }

  private static List<String> arguments(Path run, ClusterMode mode) {
    List<String> arguments = new ArrayList<>(InterruptedTraining.arguments(data, run, EPOCHS));
    arguments.addAll(
        List.of(
            "--set",
            "checkpoints.every_steps=20",
            "--set",
            "pepnet_dropout=0.1",
            "--local-cluster",
            "ps=2,workers=2",
            "--" + mode.name().toLowerCase(Locale.ROOT)));
    return arguments;
  }

  @Test
  void aRunEndsAsAnUndisturbedOne() throws Exception {
    for (int number = FIRST; number < FIRST + RUNS; number++) {
      ClusterMode mode = number % 2 == 0 ? ClusterMode.ASYNC : ClusterMode.SYNC;
      if (!undisturbed.containsKey(mode)) {
        undisturbed.put(mode, train(mode, "undisturbed " + mode, List.of()));
      }
      Ended expected = undisturbed.get(mode);
      List<ClusterFault> faults = ClusterFault.ofRun(number, TASKS);
      Ended ended = train(mode, "run " + number + " " + mode, faults);
      assertThat(ended.auc())
          .as("run %d: %s", number, faults)
          .isCloseTo(expected.auc(), within(0.005));
      assertThat(ended.files()).as("run %d: %s", number, faults).isEqualTo(expected.files());
    }
  }

  private Ended train(ClusterMode mode, String name, List<ClusterFault> faults) throws Exception {
    Path run = temp.resolve(name.replace(' ', '-'));
    List<Long> kills = new ArrayList<>();
    long begin = System.nanoTime();
    try (LocalClusterRun cluster = LocalClusterRun.start(temp, arguments(run, mode));
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
      JsonNode metrics = new ConfigMapper().readTree(run.resolve("metrics.json"));
      assertThat(metrics.get("epochs").asInt()).as("%s: %s", name, faults).isEqualTo(EPOCHS);
      assertThat(TrainingHistory.read(run).epochs())
          .as("%s: %s", name, faults)
          .extracting(EpochPoint::epoch)
          .containsExactlyElementsOf(IntStream.rangeClosed(1, EPOCHS).boxed().toList());
      double auc = metrics.get("metrics").get("auc_macro").asDouble();
      report(
          "%s: %.1f s, auc_macro %.5f, %d of %s%s",
          name, seconds, auc, kills.size(), faults, clock.recoveries(kills));
      return new Ended(auc, InterruptedTraining.all(run));
    }
  }

  /** The long form is for people, who read how it goes. */
  private static void report(String format, Object... values) {
    if (RUNS > SHORT) {
      System.out.printf(Locale.ROOT, format + "%n", values);
    }
  }
}
