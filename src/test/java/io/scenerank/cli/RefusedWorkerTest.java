package io.scenerank.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.scenerank.cluster.local.LocalTraining;
import io.scenerank.testing.ChildProcess.Outcome;
import io.scenerank.testing.ChildProcess.Running;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A cluster whose processes are started one by one, a wrong one among them. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "starts a process for each task, with env")
@Tag("slow")
class RefusedWorkerTest {
  private static final int EPOCHS = 2;
  private static final int LONGEST = 300; // seconds, far beyond what any of them takes

  @TempDir private Path temp;

  private Running start(OwnCluster cluster, Path data, String task, String... more)
      throws IOException {
    List<String> arguments =
        new ArrayList<>(InterruptedTraining.arguments(data, temp.resolve("run"), EPOCHS));
    arguments.add("--sync");
    arguments.addAll(List.of(more));
    return cluster.start(task, arguments);
  }

  @Test
  void aWorkerOfAnotherModelIsRefusedWithALineAndTheOthersTrain() throws Exception {
    Path data = SmallDataset.write(temp.resolve("data"));
    OwnCluster cluster = OwnCluster.write(temp, new LocalTraining.Size(1, 2));
    String conflict = "worker 1 has model pepnet ";
    try (Running server = start(cluster, data, "ps:0");
        Running worker = start(cluster, data, "worker:0");
        Running other = start(cluster, data, "worker:1", "--set", "pepnet_dropout=0.2");
        Running chief = start(cluster, data, "chief", "--worker-wait", "30")) {
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
