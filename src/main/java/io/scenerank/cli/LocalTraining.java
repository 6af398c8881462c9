package io.scenerank.cli;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.cluster.ClusterReader;
import io.scenerank.cluster.ClusterSpec;
import io.scenerank.cluster.Reachability;
import io.scenerank.cluster.TaskId;
import io.scenerank.cluster.TaskRole;
import io.scenerank.cluster.local.LocalAddresses;
import io.scenerank.cluster.local.LocalCluster;
import io.scenerank.cluster.local.LocalSize;
import io.scenerank.cluster.local.NetworkNamespace;
import io.scenerank.cluster.local.TaskCommand;
import io.scenerank.config.InvalidInputException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;

/** Trains on several processes of this machine: starts them with its own command line. */
final class LocalTraining {
  private static final String LOG_LEVEL = "TF_CPP_MIN_LOG_LEVEL";
  private static final int SIGNAL = 128;

  private final Class<?> main;
  private final LocalSize size;
  private final ImmutableList<String> arguments;
  private final PrintWriter err;
  private final String job = UUID.randomUUID().toString();

  /**
   * @param main the class that each process starts
   * @param arguments those of this process; with them each of the others finds out from its
   *     environment what it is
   * @param err takes what the supervisor and processes but the chief say
   */
  LocalTraining(Class<?> main, LocalSize size, List<String> arguments, PrintWriter err) {
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
    if (bind == Reachability.ALL) {
      return run(LocalAddresses.ofMachine(size), command -> command);
    }
    try (NetworkNamespace network = namespace()) {
      return run(LocalAddresses.ofOwnNetwork(size), network::inside);
    }
  }

  private static NetworkNamespace namespace() {
    try {
      return NetworkNamespace.open();
    } catch (InvalidInputException e) {
      throw new InvalidInputException(
          "--local-cluster runs in a network that nobody else reaches, but "
              + e.getMessage()
              + "; --bind all does without, with servers that listen on all network interfaces"
              + " without authentication",
          e);
    }
  }

  private int run(ClusterSpec spec, UnaryOperator<ImmutableList<String>> network)
      throws IOException {
    LocalCluster cluster =
        new LocalCluster(
            spec,
            task -> new TaskCommand(network.apply(java(task)), environment(spec, task)),
            this::line);
    try (StopSignals stop = StopSignals.install(cluster::stop)) {
      int code = cluster.run();
      // The chief heard of it by another signal than this process.
      return stop.isRequested() && code > SIGNAL ? stop.exitCode() : code;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while the cluster ran");
    }
  }

  private synchronized void line(String text) {
    err.println(text);
    err.flush();
  }

  private ImmutableMap<String, String> environment(ClusterSpec spec, TaskId task) {
    ImmutableMap.Builder<String, String> environment =
        ImmutableMap.<String, String>builder()
            .put(ClusterReader.TF_CONFIG, new ClusterReader().write(spec, task))
            .put(ClusterArguments.JOB, job);
    if (task.role() != TaskRole.CHIEF && System.getenv(LOG_LEVEL) == null) {
      environment.put(LOG_LEVEL, "3"); // TensorFlow's notes, which say the same in each.
    }
    return environment.buildOrThrow();
  }

  private ImmutableList<String> java(TaskId task) {
    ImmutableList.Builder<String> command =
        ImmutableList.<String>builder()
            .add(Path.of(System.getProperty("java.home"), "bin", "java").toString())
            .addAll(OwnJvm.options());
    if (task.role() != TaskRole.CHIEF) {
      command.add("-D" + RuntimeOptions.TERMINAL + "="); // It is the chief's.
    }
    return command
        .add("-cp", System.getProperty("java.class.path"), main.getName())
        .addAll(arguments)
        .build();
  }
}
