package io.scenerank.cli;

import com.google.common.collect.ImmutableMap;
import io.scenerank.cluster.ClusterReader;
import io.scenerank.cluster.ClusterReader.Reachability;
import io.scenerank.cluster.ClusterSpec.TaskId;
import io.scenerank.cluster.chief.ClusterOptions;
import io.scenerank.cluster.local.LocalTraining;
import io.scenerank.config.InvalidInputException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** Options of a training on several processes. */
final class ClusterArguments {
  /** Variable that says what {@code --bind} says. */
  private static final String BIND = "SCENERANK_BIND";

  /** Variable by which a supervisor tells its processes from those of an earlier start. */
  static final String JOB = "SCENERANK_JOB";

  /** Option of the processes that a supervisor starts. */
  static final String SUPERVISED = "--supervised";

  private static final int WORKER_WAIT = 60; // seconds
  private static final int STEP_LIMIT = 120; // seconds
  private static final int LONGEST_STEP = 86_400; // seconds
  private static final int WARM_START = 300; // steps

  @Option(
      names = "--cluster",
      paramLabel = "FILE",
      description =
          "Train on several machines: YAML with the addresses 'chief: host:port' and the lists 'ps'"
              + " and 'workers'. Run the same command on each machine, with another --task. The"
              + " variable TF_CONFIG contains the same in TensorFlow's format.")
  private @Nullable Path file;

  @Option(
      names = "--task",
      paramLabel = "ROLE:N",
      description = "Which process of --cluster this is: chief, ps:N or worker:N, from 0.")
  private @Nullable String task;

  @Option(
      names = "--local-cluster",
      paramLabel = "ps=N,workers=N",
      description = "Train on several processes of this machine, which are started and supervised.")
  private @Nullable String local;

  @ArgGroup private @Nullable Mode mode;

  @Option(
      names = "--bind",
      paramLabel = "WHERE",
      description =
          "From where the processes may be reached: loopback, the default, or all. TensorFlow's"
              + " servers listen on all network interfaces without authentication, so that with"
              + " loopback they run only in a network namespace that has no other interface;"
              + " --local-cluster creates one.")
  private @Nullable String bind;

  @Option(
      names = "--worker-wait",
      paramLabel = "SECONDS",
      description = "How long the chief waits at the start for absent workers. Default: 60.")
  private @Nullable Integer workerWait;

  @Option(
      names = "--step-limit",
      paramLabel = "SECONDS",
      description =
          "After this time a step counts as failed, for example if its worker hangs. Default: 120.")
  private @Nullable Integer stepLimit;

  @Option(
      names = "--warm-start",
      paramLabel = "STEPS",
      description =
          "With --async: this many steps at the start of the training run one after the other,"
              + " because late gradients do the most harm then. Default: 300.")
  private @Nullable Integer warmStart;

  @Option(names = SUPERVISED, hidden = true)
  private boolean supervised;

  /** How gradients come together. */
  static final class Mode {
    @Option(
        names = "--sync",
        description = "Workers share each batch and make one update from it, as one process would.")
    private boolean sync;

    @SuppressWarnings("UnusedVariable") // the default, which may be said
    @Option(
        names = "--async",
        description =
            "Each worker takes different batches and updates the variables independently of the"
                + " other workers. The default.")
    private boolean async;
  }

  /** Whether this process is to start the others, and how many. */
  Optional<LocalTraining.Size> local(Map<String, String> environment) {
    if (local == null || supervised) {
      return Optional.empty();
    }
    if (file != null || task != null) {
      throw excludes("--local-cluster", "--cluster and --task");
    }
    if (environment.containsKey(ClusterReader.TF_CONFIG)) {
      throw excludes("--local-cluster", "the variable " + ClusterReader.TF_CONFIG);
    }
    checkedWait();
    checkedLimit();
    checkedWarmStart();
    return Optional.of(LocalTraining.Size.parse(local, "--local-cluster"));
  }

  /** From where processes may be reached. */
  Reachability bind(Map<String, String> environment, Optional<Reachability> configured) {
    if (bind != null) {
      return Reachability.parse(bind, "--bind");
    }
    String variable = environment.getOrDefault(BIND, "");
    return variable.isEmpty()
        ? configured.orElse(Reachability.LOOPBACK)
        : Reachability.parse(variable, BIND);
  }

  /** Whether a supervisor started this process, with which it is to end. */
  boolean isSupervised() {
    return supervised;
  }

  /**
   * What this process is in a cluster.
   *
   * @return empty where it trains alone
   * @throws InvalidInputException if the options or the variables are wrong, or a server of this
   *     process could be reached from where it may not
   */
  Optional<ClusterTask> task(Map<String, String> environment) {
    Optional<String> variable =
        Optional.ofNullable(environment.get(ClusterReader.TF_CONFIG))
            .filter(text -> !text.isBlank());
    if (file != null && variable.isPresent()) {
      throw excludes("--cluster", "the variable " + ClusterReader.TF_CONFIG);
    }
    if (task != null && file == null) {
      throw new InvalidInputException("--task says which process of --cluster FILE this is");
    }
    if (file == null && variable.isEmpty()) {
      requireNothing();
      return Optional.empty();
    }
    ClusterReader reader = new ClusterReader();
    Optional<ClusterReader.Config> config =
        file == null ? reader.tfConfig(variable.get()) : Optional.of(reader.file(file));
    return config.map(found -> task(found, environment));
  }

  private ClusterTask task(ClusterReader.Config config, Map<String, String> environment) {
    TaskId id =
        Optional.ofNullable(task)
            .map(text -> config.spec().require(TaskId.parse(text, "--task"), "--task"))
            .or(config::task)
            .orElseThrow(
                () ->
                    new InvalidInputException(
                        "which process of "
                            + file
                            + " is this? Expected --task, for example worker:0"));
    bind(environment, config.bind()).requireKept(id);
    return new ClusterTask(
        id,
        new ClusterOptions(
            config.spec(),
            isSync() ? ClusterOptions.Mode.SYNC : ClusterOptions.Mode.ASYNC,
            checkedWait(),
            checkedLimit(),
            checkedWarmStart(),
            Optional.ofNullable(environment.get(JOB))));
  }

  private boolean isSync() {
    return mode != null && mode.sync;
  }

  private int checkedWarmStart() {
    if (warmStart != null && isSync()) {
      throw new InvalidInputException("--warm-start is for --async, and this is --sync");
    }
    int steps = warmStart == null ? WARM_START : warmStart;
    if (steps < 0) {
      throw new InvalidInputException("--warm-start is " + steps + ", expected 0 or more");
    }
    return steps;
  }

  private Duration checkedWait() {
    int seconds = workerWait == null ? WORKER_WAIT : workerWait;
    if (seconds < 0) {
      throw new InvalidInputException("--worker-wait is " + seconds + ", expected 0 or more");
    }
    return Duration.ofSeconds(seconds);
  }

  private Duration checkedLimit() {
    int seconds = stepLimit == null ? STEP_LIMIT : stepLimit;
    if (seconds < 1 || seconds > LONGEST_STEP) {
      throw new InvalidInputException(
          "--step-limit is " + seconds + ", expected 1 to " + LONGEST_STEP);
    }
    return Duration.ofSeconds(seconds);
  }

  /** An option that says how a cluster trains would say nothing here. */
  private void requireNothing() {
    ImmutableMap.of(
            isSync() ? "--sync" : "--async",
            mode != null,
            "--bind",
            bind != null,
            "--worker-wait",
            workerWait != null,
            "--step-limit",
            stepLimit != null,
            "--warm-start",
            warmStart != null)
        .forEach(
            (option, given) -> {
              if (given) {
                throw new InvalidInputException(
                    option
                        + " is for training on several processes: use it with --cluster,"
                        + " --local-cluster or the variable "
                        + ClusterReader.TF_CONFIG);
              }
            });
  }

  private static InvalidInputException excludes(String one, String other) {
    return new InvalidInputException(
        one + " and " + other + " both define the processes: they exclude each other");
  }
}
