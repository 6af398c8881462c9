package io.scenerank.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.scenerank.cluster.local.LocalMachine;
import io.scenerank.testing.ChildProcess;
import io.scenerank.testing.ChildProcess.Outcome;
import io.scenerank.testing.ChildProcess.Running;
import io.scenerank.testing.FreeAddresses;
import io.scenerank.testing.Page;
import io.scenerank.testing.RunsCommandsOf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The commands of docs/cluster.md on a small data set: those that run on a machine each run side by
 * side on this one.
 */
@Tag("slow")
class ClusterPageTest {
  private static final String START = "docs/cluster.md#Start a training";
  private static final Pattern ADDRESS = Pattern.compile("10\\.0\\.0\\.\\d+:2222");

  @TempDir private Path temp;

  /** The page's file, with addresses of this machine. */
  private void writeClusterFile() throws IOException {
    String yaml = Page.section(START).code("yaml").get(0);
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
            new PageCommands(temp).words(command).toArray(String[]::new)));
  }

  @Test
  @RunsCommandsOf(START)
  void severalMachines(List<String> commands) throws Exception {
    SmallDataset.write(temp.resolve("data"));
    writeClusterFile();
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
  @RunsCommandsOf(START)
  void oneMachine(List<String> commands) throws Exception {
    SmallDataset.write(temp.resolve("data"));
    String command = commands.get(0);
    String allowed = LocalMachine.hasNetworkNamespaces() ? command : command + " --bind all";
    try (Running process = start(allowed)) {
      Outcome outcome = process.outcome();
      assertThat(outcome.exitCode()).as("%s", outcome).isZero();
    }
    assertThat(temp.resolve("runs/local/saved_model")).isNotEmptyDirectory();
  }
}
