package io.scenerank.cli;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.cluster.ClusterReader.Reachability;
import io.scenerank.cluster.ClusterSpec.TaskId;
import io.scenerank.cluster.local.LocalTraining;
import io.scenerank.config.InvalidInputException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;

/** Starts the processes of {@code --local-cluster}: this program, once for each task. */
final class LocalClusterStart {
  private static final int SIGNAL = 128;

  private final Class<?> main;
  private final LocalTraining.Size size;
  private final ImmutableList<String> arguments;
  private final PrintWriter err;

  /**
   * @param main the class that each process starts
   * @param arguments those of this process; with them each of the others finds out from its
   *     environment what it is
   * @param err takes what the supervisor and processes but the chief say
   */
  LocalClusterStart(
      Class<?> main, LocalTraining.Size size, List<String> arguments, PrintWriter err) {
    this.main = main;
    this.size = size;
    this.arguments =
        ImmutableList.<String>builder().addAll(arguments).add(ClusterArguments.SUPERVISED).build();
    this.err = err;
  }

  /**
   * Trains.
   *
   * @return the exit code
   * @throws InvalidInputException if the processes are to be reached by nobody else and that cannot
   *     be arranged here
   */
  int run(Reachability bind) throws IOException {
    try (LocalTraining training = prepare(bind);
        StopSignals stop = StopSignals.install(training::stop)) {
      int code = training.run();
      // The chief heard of it by another signal than this process.
      return stop.isRequested() && code > SIGNAL ? stop.exitCode() : code;
    }
  }

  private LocalTraining prepare(Reachability bind) throws IOException {
    LocalTraining.Launch launch =
        new LocalTraining.Launch(
            this::java, ImmutableMap.of(ClusterArguments.JOB, UUID.randomUUID().toString()));
    try {
      return LocalTraining.prepare(size, bind, launch, this::line);
    } catch (InvalidInputException e) {
      throw new InvalidInputException(
          "--local-cluster runs in a network namespace that nothing else can reach, but "
              + e.getMessage()
              + "; --bind all needs none, but its servers listen on all network interfaces without"
              + " authentication",
          e);
    }
  }

  private synchronized void line(String text) {
    err.println(text);
    err.flush();
  }

  private ImmutableList<String> java(TaskId task) {
    ImmutableList.Builder<String> command =
        ImmutableList.<String>builder()
            .add(Path.of(System.getProperty("java.home"), "bin", "java").toString())
            .addAll(OwnJvm.options());
    if (task.role() != TaskId.Role.CHIEF) {
      command.add("-D" + RuntimeOptions.TERMINAL + "="); // It is the chief's.
    }
    return command
        .add("-cp", System.getProperty("java.class.path"), main.getName())
        .addAll(arguments)
        .build();
  }
}
