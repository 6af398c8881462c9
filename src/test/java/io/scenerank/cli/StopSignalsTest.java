package io.scenerank.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.scenerank.testing.ChildProcess;
import io.scenerank.testing.ChildProcess.Outcome;
import io.scenerank.testing.ChildProcess.Running;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StopSignalsTest {
  @TempDir Path temp;

  @ParameterizedTest
  @CsvSource({"INT,INT,130", "TERM,TERM,143", "INT,TERM,143"})
  void theFirstSignalAsksAndTheSecondEndsTheProcess(String first, String second, int code)
      throws Exception {
    try (Running child =
        ChildProcess.start(
            temp, ChildProcess.java(ChildProcess.classpath(), StopSignalsMain.class.getName()))) {
      waitFor(child, "ready false\n");
      child.signal(first);
      waitFor(child, "ready false\nfirst\n");
      child.signal(second);
      Outcome outcome = child.outcome();
      assertThat(outcome.exitCode()).as("%s", outcome).isEqualTo(code);
      assertThat(outcome.out()).isEqualTo("ready false\nfirst\n");
    }
  }

  private static void waitFor(Running child, String text) throws Exception {
    while (!Files.readString(child.out()).equals(text)) {
      assertThat(child.process().isAlive()).as(text).isTrue();
      Thread.sleep(10);
    }
  }
}
