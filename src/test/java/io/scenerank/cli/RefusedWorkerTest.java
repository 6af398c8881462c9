package io.scenerank.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.scenerank.cluster.ClusterSpec;
import io.scenerank.cluster.local.LocalAddresses;
import io.scenerank.cluster.local.LocalSize;
import io.scenerank.testing.ChildProcess.Outcome;
import io.scenerank.testing.ChildProcess.Running;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A cluster whose processes are started one by one, a wrong one among them. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "starts a process for each task, with env")
class RefusedWorkerTest {
  private static final int EPOCHS = 2;
  private static final int LONGEST = 300; // seconds, far beyond what any of them takes

  @TempDir private Path temp;

  private Running start(Path data, String task, String... more) throws IOException {
    List<String> arguments =
        new ArrayList<>(InterruptedTraining.arguments(data, temp.resolve("run"), EPOCHS));
    arguments.addAll(
        List.of("--cluster", "cluster.yaml", "--bind", "all", "--task", task, "--sync"));
    arguments.addAll(List.of(more));
    return InterruptedTraining.start(temp, arguments);
  }

  @Test
  void aWorkerOfAnotherModelIsRefusedWithALineAndTheOthersTrain() throws Exception {
    Path data = SmallDataset.write(temp.resolve("data"));
    ClusterSpec spec = LocalAddresses.ofMachine(new LocalSize(1, 2));
    Files.writeString(
        temp.resolve("cluster.yaml"),
        String.format("chief: %s%nps: %s%nworkers: %s%n", spec.chief(), spec.ps(), spec.workers()));
    String conflict = "worker 1 has model pepnet ";
    try (Running server = start(data, "ps:0");
        Running worker = start(data, "worker:0");
        Running other = start(data, "worker:1", "--set", "pepnet_dropout=0.2");
        Running chief = start(data, "chief", "--worker-wait", "30")) {
      Outcome refused = other.outcome(LONGEST);
      assertThat(refused.exitCode()).as("%s", refused).isEqualTo(ScenerankCommand.BAD_INPUT);
      assertThat(refused.err()).contains("scenerank: " + conflict, ", the chief has pepnet ");
      assertThat(refused.err()).doesNotContain("at io.scenerank");
      Outcome outcome = chief.outcome(LONGEST);
      assertThat(outcome.exitCode()).as("%s", outcome).isZero();
      assertThat(outcome.err().lines().filter(line -> line.startsWith("refused: ")))
          .as("%s", outcome)
          .singleElement()
          .asString()
          .startsWith("refused: " + conflict);
      assertThat(outcome.out()).contains("Trained " + EPOCHS + " epochs");
      for (Running member : List.of(server, worker)) {
        Outcome ended = member.outcome(LONGEST);
        assertThat(ended.exitCode()).as("%s", ended).isZero();
      }
    }
  }
}
