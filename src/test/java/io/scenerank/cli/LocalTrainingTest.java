package io.scenerank.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ObjectArrays;
import com.google.common.io.MoreFiles;
import io.scenerank.cluster.local.LocalTraining;
import io.scenerank.testing.ChildProcess.Outcome;
import io.scenerank.testing.ChildProcess.Running;
import io.scenerank.train.experiment.SavedRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Trainings of {@code --local-cluster}, in real processes. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "sends signals, makes network namespaces")
@Tag("slow")
class LocalTrainingTest {
  /** So many that there is time to interrupt a training after its first checkpoint. */
  private static final int EPOCHS = 20;

  private static final String CLUSTER = "--local-cluster=ps=1,workers=1";

  @TempDir private static Path shared;
  private static Path data;

  @TempDir private Path temp;

  @BeforeAll
  static void writeData() throws IOException {
    data = SmallDataset.write(shared.resolve("data"));
  }

  private LocalClusterRun begin(Path run, int epochs, String... more) throws Exception {
    return begin(InterruptedTraining.arguments(data, run, epochs), more);
  }

  private LocalClusterRun begin(List<String> arguments, String... more) throws Exception {
    return LocalClusterRun.start(temp, arguments, ObjectArrays.concat(CLUSTER, more));
  }

  @Test
  void itTrainsAndAChiefThatIsStartedAgainAfterItsEndHasNothingToDo() throws Exception {
    Path run = temp.resolve("run");
    for (boolean first : new boolean[] {true, false}) {
      try (LocalClusterRun cluster = begin(run, 2)) {
        Outcome outcome = cluster.command().outcome();
        assertThat(outcome.exitCode()).as("%s", outcome).isZero();
        assertThat(outcome.out())
            .contains(first ? "Trained 2 epochs" : run + " is finished: nothing to do");
        cluster.requireNobodyLeft();
        assertThat(cluster.pids()).hasSize(3);
      }
    }
    assertThat(SavedRun.open(run).state().step()).isEqualTo(10);
    assertThat(run.resolve("origin.yaml")).content().contains("seed: 5").contains("job: ");
    Cli.good("evaluate", run, "--data", data);
    // Another training is none of its own.
    requireRefused(
        InterruptedTraining.arguments(data, run, 3),
        run + ": exists already; replace it with force (--force)");
  }

  /** A chief, whose cluster is not there, ends with this line. */
  private void requireRefused(List<String> arguments, String line) throws Exception {
    OwnCluster cluster = OwnCluster.write(temp, new LocalTraining.Size(1, 1));
    try (Running process = cluster.start("chief", arguments)) {
      Outcome outcome = process.outcome();
      assertThat(outcome.exitCode()).as("%s", outcome).isEqualTo(ScenerankCommand.BAD_INPUT);
      assertThat(outcome.errLines()).as("%s", outcome).last().isEqualTo("scenerank: " + line);
    }
  }

  private static List<String> replaced(List<String> arguments, String from, String to) {
    return arguments.stream().map(argument -> argument.equals(from) ? to : argument).toList();
  }

  @Test
  void aForcedRunIsTrainedAgainAndAKilledChiefGoesOnWithIt() throws Exception {
    Path run = Files.createDirectory(temp.resolve("run"));
    Files.writeString(run.resolve("note.txt"), "old");
    try (LocalClusterRun cluster = begin(run, EPOCHS, "--force")) {
      InterruptedTraining.waitForCheckpoint(temp.resolve("run.new"), cluster.command());
      cluster.kill("chief", 0);
      Outcome outcome = cluster.command().outcome();
      assertThat(outcome.exitCode()).as("%s", outcome).isZero();
      assertThat(outcome.out()).contains("Trained " + EPOCHS + " epochs");
      assertThat(outcome.err())
          .contains("[cluster] chief 0 was ended by signal 9 and is started again")
          .contains("resuming after ");
      assertThat(cluster.pids("chief", 0)).hasSize(2);
      cluster.requireNobodyLeft();
    }
    assertThat(run.resolve("note.txt")).doesNotExist();
    Files.writeString(run.resolve("note.txt"), "old");
    try (LocalClusterRun cluster = begin(run, 2, "--force")) {
      Outcome outcome = cluster.command().outcome();
      assertThat(outcome.exitCode()).as("%s", outcome).isZero();
      assertThat(outcome.out()).as("trained once more").contains("Trained 2 epochs");
    }
    assertThat(run.resolve("note.txt")).doesNotExist();
  }

  @Test
  void anInterruptIsAStopWithACheckpointAndTheSameCommandGoesOn() throws Exception {
    Path run = temp.resolve("run");
    try (LocalClusterRun cluster = begin(run, EPOCHS)) {
      InterruptedTraining.waitForCheckpoint(run, cluster.command());
      cluster.command().signal("INT");
      Outcome outcome = cluster.command().outcome();
      assertThat(outcome.exitCode()).as("%s", outcome).isEqualTo(130);
      assertThat(outcome.err())
          .contains("stopping after this step")
          .contains(run + " is unfinished; to resume it: the same command");
      cluster.requireNobodyLeft();
    }
    requireRefused(
        replaced(InterruptedTraining.arguments(data, run, EPOCHS), "5", "6"),
        run + ": an unfinished run with another seed, 5; replace it with force (--force)");
    try (LocalClusterRun cluster = begin(run, EPOCHS)) {
      Outcome outcome = cluster.command().outcome();
      assertThat(outcome.exitCode()).as("%s", outcome).isZero();
      assertThat(outcome.err()).contains("resuming after ");
      assertThat(outcome.out()).contains("Trained " + EPOCHS + " epochs");
    }
  }

  @Test
  void allEndWithTheirSupervisorAndOneProcessGoesOn() throws Exception {
    Path run = temp.resolve("run");
    try (LocalClusterRun cluster = begin(run, 2 * EPOCHS)) {
      InterruptedTraining.waitForCheckpoint(run, cluster.command());
      cluster.command().process().destroyForcibly().waitFor();
      assertThat(cluster.pids()).hasSize(3);
      cluster.requireNobodyLeft();
    }
    assertThat(run.resolve("unfinished.yaml")).exists();
    assertThat(Cli.good("train", "--resume", "--out", run).out())
        .contains("Trained " + 2 * EPOCHS + " epochs");
    assertThat(SavedRun.open(run).state().step()).isEqualTo(5 * 2 * EPOCHS);
  }

  @Test
  void withoutANameASynchronousRunHasOneThatAllStartsShare() throws Exception {
    List<String> arguments =
        InterruptedTraining.arguments(data, temp.resolve("x"), EPOCHS).stream()
            .filter(argument -> !argument.equals("--out") && !argument.endsWith("/x"))
            .toList();
    try (LocalClusterRun cluster = begin(arguments, "--sync")) {
      cluster.waitFor(" rows to train on");
      Path run = MoreFiles.listFiles(temp.resolve("runs")).get(0);
      InterruptedTraining.waitForCheckpoint(run, cluster.command());
      cluster.kill("chief", 0);
      assertThat(cluster.command().outcome().exitCode()).isZero();
      assertThat(RunCommandTest.children(temp.resolve("runs")))
          .containsExactly(run.getFileName().toString())
          .first()
          .asString()
          .startsWith("pepnet-");
    }
  }

  @Test
  void whatIsWrongIsSaidOnceBeforeAnythingIsStarted() {
    Path run = temp.resolve("run");
    Object[] arguments = InterruptedTraining.arguments(data, run, 2).toArray();
    Cli.invalid(
        "--resume is for one process",
        "train",
        "--resume",
        "--out",
        run,
        "--local-cluster",
        "ps=1,workers=1");
    Cli.invalid(
        "did you mean 'pepnet_dropout'?",
        ObjectArrays.concat(
            arguments, new Object[] {CLUSTER, "--set", "pepnet_dropuot=0.1"}, Object.class));
    assertThat(run).doesNotExist();
  }
}
