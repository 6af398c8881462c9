package io.scenerank.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.scenerank.cluster.local.LocalMachine;
import io.scenerank.testing.ChildProcess;
import io.scenerank.testing.ChildProcess.Running;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A command line that trains on a cluster of this machine, and the processes that it starts. */
record LocalClusterRun(Running command) implements AutoCloseable {
  private static final Pattern STARTED =
      Pattern.compile("^\\[cluster] (\\w+) (\\d+): pid (\\d+)$", Pattern.MULTILINE);

  /**
   * Starts one.
   *
   * @param folder the working directory
   * @param arguments of {@code train}
   */
  static LocalClusterRun start(Path folder, List<String> arguments, String... more)
      throws IOException {
    List<String> all = new ArrayList<>(arguments);
    all.addAll(List.of(more));
    return new LocalClusterRun(ChildProcess.start(folder, command(all)));
  }

  /** Starts one whose processes may take as much memory as there is. */
  static LocalClusterRun startLarge(Path folder, List<String> arguments) throws IOException {
    List<String> command = command(arguments);
    // JavaCPP counts the memory of the whole process, and stops it at four times the heap's size.
    command.add(1, "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0");
    return new LocalClusterRun(ChildProcess.start(folder, command));
  }

  private static List<String> command(List<String> arguments) {
    List<String> all = new ArrayList<>(arguments);
    if (!LocalMachine.hasNetworkNamespaces()) {
      all.addAll(List.of("--bind", "all")); // The processes train anyway.
    }
    return ChildProcess.java(
        ChildProcess.classpath(), ScenerankCommand.class.getName(), all.toArray(String[]::new));
  }

  /** The processes of a task in the order of their starts. */
  List<Long> pids(String role, int index) throws IOException {
    return started()
        .filter(start -> start.group(1).equals(role) && start.group(2).equals("" + index))
        .map(start -> Long.valueOf(start.group(3)))
        .toList();
  }

  /** All processes that were started. */
  List<Long> pids() throws IOException {
    return started().map(start -> Long.valueOf(start.group(3))).toList();
  }

  private Stream<Matcher> started() throws IOException {
    Matcher matcher = STARTED.matcher(Files.readString(command.err()));
    List<Matcher> found = new ArrayList<>();
    while (matcher.find()) {
      Matcher one = STARTED.matcher(matcher.group());
      one.find();
      found.add(one);
    }
    return found.stream();
  }

  /**
   * Ends the newest process of a task as {@code kill -9} does.
   *
   * @return whether there was one
   */
  boolean kill(String role, int index) throws IOException {
    List<Long> pids = pids(role, index);
    return !pids.isEmpty()
        && ProcessHandle.of(pids.get(pids.size() - 1))
            .filter(ProcessHandle::isAlive)
            .map(ProcessHandle::destroyForcibly)
            .orElse(false);
  }

  /** Sends the newest process of a task a signal, {@code STOP} for instance. */
  void signal(String name, String role, int index) throws IOException, InterruptedException {
    List<Long> pids = pids(role, index);
    String pid = Long.toString(pids.get(pids.size() - 1));
    assertThat(new ProcessBuilder("kill", "-" + name, pid).start().waitFor()).isZero();
  }

  /** Waits until none of the processes is left that were started. */
  void requireNobodyLeft() throws Exception {
    assertThat(pids()).isNotEmpty();
    for (long pid : pids()) {
      while (ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false)) {
        Thread.sleep(5);
      }
    }
  }

  /** Waits until the processes and the command say this. */
  void waitFor(String text) throws Exception {
    while (!Files.readString(command.err()).contains(text)) {
      if (!command.process().isAlive()) {
        throw new AssertionError("ended before '" + text + "': " + command.outcome());
      }
      Thread.sleep(5);
    }
  }

  @Override
  public void close() throws IOException {
    command.close();
  }
}
