package io.scenerank.cluster.local;

import static java.util.Objects.requireNonNull;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.primitives.Ints;
import io.scenerank.cluster.ClusterReader;
import io.scenerank.cluster.ClusterReader.Reachability;
import io.scenerank.cluster.ClusterSpec;
import io.scenerank.cluster.ClusterSpec.TaskId;
import io.scenerank.config.InvalidInputException;
import io.scenerank.config.SpellingHint;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/** A training on several processes of this machine, one for each task, which are supervised. */
public final class LocalTraining implements AutoCloseable {
  private static final String LOG_LEVEL = "TF_CPP_MIN_LOG_LEVEL";

  private final Optional<NetworkNamespace> network;
  private final LocalCluster cluster;

  private LocalTraining(Optional<NetworkNamespace> network, LocalCluster cluster) {
    this.network = network;
    this.cluster = cluster;
  }

  /**
   * What a process is started with. It finds out from {@code TF_CONFIG} in its environment which
   * task it is.
   *
   * @param commands the command line of a task
   * @param environment variables of every process, besides those of this one
   */
  public record Launch(
      Function<TaskId, ImmutableList<String>> commands, ImmutableMap<String, String> environment) {}

  /**
   * Gives the processes addresses, and a network of their own unless others may reach them.
   *
   * @param lines takes what the supervisor and processes but the chief say
   * @throws InvalidInputException if the processes are to be reached by nobody else and that cannot
   *     be arranged here
   */
  public static LocalTraining prepare(
      Size size, Reachability bind, Launch launch, Consumer<String> lines) throws IOException {
    if (bind == Reachability.ALL) {
      ClusterSpec spec = LocalAddresses.ofMachine(size);
      return new LocalTraining(
          Optional.empty(),
          new LocalCluster(
              spec,
              task ->
                  new TaskCommand(launch.commands().apply(task), environment(spec, task, launch)),
              lines));
    }
    NetworkNamespace network = NetworkNamespace.open();
    ClusterSpec spec = LocalAddresses.ofOwnNetwork(size);
    return new LocalTraining(
        Optional.of(network),
        new LocalCluster(
            spec,
            task ->
                new TaskCommand(
                    network.inside(launch.commands().apply(task)), environment(spec, task, launch)),
            lines));
  }

  private static ImmutableMap<String, String> environment(
      ClusterSpec spec, TaskId task, Launch launch) {
    ImmutableMap.Builder<String, String> environment =
        ImmutableMap.<String, String>builder()
            .put(ClusterReader.TF_CONFIG, new ClusterReader().write(spec, task))
            .putAll(launch.environment());
    if (task.role() != TaskId.Role.CHIEF && System.getenv(LOG_LEVEL) == null) {
      environment.put(LOG_LEVEL, "3"); // TensorFlow's notes, which say the same in each.
    }
    return environment.buildOrThrow();
  }

  /**
   * Trains.
   *
   * @return the exit code of the chief, or of the process that ended the training
   */
  public int run() throws IOException {
    try {
      return cluster.run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while the cluster ran");
    }
  }

  /** Stops the training in order, from any thread. */
  public void stop() {
    cluster.stop();
  }

  @Override
  public void close() {
    network.ifPresent(NetworkNamespace::close);
  }

  /**
   * How many processes there are besides the chief.
   *
   * @param ps parameter servers, at least one
   * @param workers at least one
   */
  public record Size(int ps, int workers) {
    private static final String PS = "ps";
    private static final String WORKERS = "workers";

    /**
     * Reads {@code ps=2,workers=2}.
     *
     * @param where names its place in messages
     * @throws InvalidInputException naming the part that is unknown, missing, or no number from 1
     */
    public static Size parse(String text, String where) {
      Map<String, Integer> numbers = new HashMap<>();
      for (String part : Splitter.on(',').trimResults().split(text)) {
        List<String> pair = Splitter.on('=').trimResults().limit(2).splitToList(part);
        String key = pair.get(0);
        if (!key.equals(PS) && !key.equals(WORKERS)) {
          throw new InvalidInputException(
              String.format(
                  "%s: unknown key '%s'%s",
                  where, key, SpellingHint.hint(key, ImmutableList.of(PS, WORKERS))));
        }
        Integer number = pair.size() == 2 ? Ints.tryParse(pair.get(1)) : null;
        if (number == null || number < 1) {
          throw expected(where, text);
        }
        if (numbers.put(key, number) != null) {
          throw new InvalidInputException(
              String.format("%s: found '%s', where '%s' occurs twice", where, text, key));
        }
      }
      if (numbers.size() < 2) {
        throw expected(where, text);
      }
      return new Size(
          requireNonNull(numbers.get(PS), PS), requireNonNull(numbers.get(WORKERS), WORKERS));
    }

    private static InvalidInputException expected(String where, String text) {
      return new InvalidInputException(
          String.format("%s: found '%s', expected ps=N,workers=N with N from 1", where, text));
    }
  }
}
