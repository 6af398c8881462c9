package io.scenerank.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.scenerank.testing.ChildProcess.Running;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Runs on the built-in data that are interrupted. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "sends signals")
@Tag("slow")
class InterruptedBuiltInDataTest {
  @TempDir private Path temp;

  @Test
  void aRunOnTheBuiltInDataIsGoneOnWithToo() throws Exception {
    Path run = temp.resolve("run");
    List<String> arguments =
        Stream.of(
                "run",
                "pepnet",
                "--rows",
                2000,
                "--epochs",
                3,
                "--batch-size",
                64,
                "--threads",
                1,
                "--device",
                "cpu",
                "--set",
                "pepnet_dnn_units=[8]",
                "--set",
                "checkpoints.every_steps=5",
                "--out")
            .map(Object::toString)
            .toList();
    Path whole = temp.resolve("whole");
    Cli.good(Stream.concat(arguments.stream(), Stream.of(whole)).toArray());
    try (Running child =
        InterruptedTraining.start(
            temp, Stream.concat(arguments.stream(), Stream.of(run.toString())).toList())) {
      InterruptedTraining.waitForCheckpoint(run, child);
      child.signal("INT");
      assertThat(child.outcome().exitCode()).isEqualTo(130);
    }
    Cli.invalid(
        "data (--data) is data but the run " + run + " was begun with the built-in data",
        Stream.concat(InterruptedTraining.resume(run).stream(), Stream.of("--data", "data"))
            .toArray());
    Cli.good(InterruptedTraining.resume(run).toArray());
    assertThat(InterruptedTraining.values(run)).isEqualTo(InterruptedTraining.values(whole));
    assertThat(InterruptedTraining.all(run)).isEqualTo(InterruptedTraining.all(whole));
  }

  @Test
  void aStopBeforeTheFirstStepLeavesNothing() throws Exception {
    Path run = temp.resolve("run");
    try (Running child =
        InterruptedTraining.start(
            temp, List.of("run", "pepnet", "--rows", "50000000", "--out", run.toString()))) {
      while (!Files.exists(run)) {
        assertThat(child.process().isAlive()).isTrue();
        Thread.sleep(5);
      }
      child.signal("INT");
      assertThat(child.outcome().exitCode()).isEqualTo(130);
    }
    assertThat(temp).isEmptyDirectory();
  }
}
