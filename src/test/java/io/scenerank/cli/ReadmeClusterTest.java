package io.scenerank.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.base.Splitter;
import io.scenerank.testing.ChildProcess;
import io.scenerank.testing.ChildProcess.Outcome;
import io.scenerank.testing.ChildProcess.Running;
import io.scenerank.testing.FreeAddresses;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The README's commands about several machines on a small data set: those that run on a machine
 * each run side by side on this one.
 */
class ReadmeClusterTest {
  private static final String HEADING = "Train on several machines";
  private static final Pattern YAML = Pattern.compile("```yaml\\R(.*?)```", Pattern.DOTALL);
  private static final Pattern ADDRESS = Pattern.compile("10\\.0\\.0\\.\\d+:2222");

  @TempDir private Path temp;

  /** The README's file, with addresses of this machine. */
  private void writeClusterFile() throws IOException {
    String readme = Files.readString(ReadmeCommandsTest.README);
    String section = readme.substring(readme.indexOf("\n### " + HEADING + "\n"));
    String yaml = YAML.matcher(section).results().findFirst().orElseThrow().group(1);
    Iterator<String> free =
        FreeAddresses.of(Math.toIntExact(ADDRESS.matcher(yaml).results().count())).iterator();
    Files.writeString(
        temp.resolve("cluster.yaml"), ADDRESS.matcher(yaml).replaceAll(address -> free.next()));
  }

  private Running start(String command) throws IOException {
    return ChildProcess.start(
        temp,
        ChildProcess.java(
            ChildProcess.classpath(),
            ScenerankCommand.class.getName(),
            Splitter.on(' ').splitToStream(command).toArray(String[]::new)));
  }

  @Test
  void severalMachines() throws Exception {
    SmallDataset.write(temp.resolve("data"));
    writeClusterFile();
    List<String> commands = ReadmeCommandsTest.commands(HEADING);
    assertThat(commands).hasSize(5);
    assertThat(commands.get(0)).contains("--local-cluster");
    List<Running> processes = new ArrayList<>();
    try {
      for (String command : commands.subList(1, 5)) {
        processes.add(start(command));
      }
      for (Running process : processes) {
        Outcome outcome = process.outcome();
        assertThat(outcome.exitCode()).as("%s: %s", process.command(), outcome).isZero();
      }
    } finally {
      for (Running process : processes) {
        process.close();
      }
    }
    assertThat(temp.resolve("runs/wide/saved_model")).isNotEmptyDirectory();
  }

  @Test
  void oneMachine() throws Exception {
    SmallDataset.write(temp.resolve("data"));
    String command = ReadmeCommandsTest.commands(HEADING).get(0);
    String allowed = LocalClusterRun.hasNetworkNamespaces() ? command : command + " --bind all";
    try (Running process = start(allowed)) {
      Outcome outcome = process.outcome();
      assertThat(outcome.exitCode()).as("%s", outcome).isZero();
    }
    assertThat(temp.resolve("runs/local/saved_model")).isNotEmptyDirectory();
  }
}
