package io.scenerank.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.cluster.ClusterSpec.TaskId;
import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import io.scenerank.config.SpellingHint;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads which processes a cluster has and which of them this one is: from {@code TF_CONFIG}, as
 * TensorFlow and the platforms that start it have it, or from a YAML of ours.
 */
public final class ClusterReader {
  /** Name of the environment variable. */
  public static final String TF_CONFIG = "TF_CONFIG";

  private final ConfigMapper mapper = new ConfigMapper();

  /**
   * What a process is told of its cluster.
   *
   * @param task which of the processes it is; empty where only the command line says so
   * @param bind from where it may be reached; empty where that is not said
   */
  public record Config(ClusterSpec spec, Optional<TaskId> task, Optional<Reachability> bind) {}

  /**
   * The keys of {@code TF_CONFIG}.
   *
   * @param environment where it runs, of which nothing is read
   * @param job what some platforms add, of which nothing is read
   */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  private record TfConfig(
      @Nullable Jobs cluster,
      @Nullable Task task,
      @Nullable String rpcLayer,
      @Nullable JsonNode environment,
      @Nullable JsonNode job) {}

  /**
   * Addresses by job.
   *
   * @param master the chief's name in TensorFlow 1
   */
  private record Jobs(
      @Nullable ImmutableList<String> chief,
      @Nullable ImmutableList<String> master,
      @Nullable ImmutableList<String> ps,
      @Nullable ImmutableList<String> worker,
      @Nullable ImmutableList<String> evaluator) {}

  /**
   * Which task this is.
   *
   * @param cloud what some platforms add, of which nothing is read, as of {@code trial}
   */
  private record Task(
      @Nullable String type,
      @Nullable Integer index,
      @Nullable JsonNode cloud,
      @Nullable JsonNode trial) {}

  /** The keys of the YAML. */
  private record File(
      @Nullable String chief,
      @Nullable ImmutableList<String> ps,
      @Nullable ImmutableList<String> workers,
      @Nullable String task,
      @Nullable String bind) {}

  /**
   * Reads the text of {@code TF_CONFIG}.
   *
   * @return empty where it names no cluster or one of a single task, as platforms do for a training
   *     on one machine
   * @throws InvalidInputException naming the key that is unknown, missing, or has a wrong value
   */
  public Optional<Config> tfConfig(String text) {
    if (text.isBlank()) {
      return Optional.empty();
    }
    TfConfig config = mapper.convert(mapper.parse(text, TF_CONFIG), TfConfig.class, TF_CONFIG);
    if (config.rpcLayer() != null && !config.rpcLayer().equals("grpc")) {
      throw invalid(TF_CONFIG, "rpc_layer", "'" + config.rpcLayer() + "'", "grpc");
    }
    if (config.cluster() == null) {
      return Optional.empty();
    }
    Jobs jobs = config.cluster();
    ImmutableList<String> evaluators = orNone(jobs.evaluator());
    ImmutableList<String> chiefs = chiefs(jobs);
    ImmutableList<String> ps = orNone(jobs.ps());
    ImmutableList<String> workers = orNone(jobs.worker());
    if (chiefs.size() + ps.size() + workers.size() + evaluators.size() <= 1) {
      return Optional.empty();
    }
    if (!evaluators.isEmpty()) {
      throw noEvaluator();
    }
    if (chiefs.size() != 1) {
      throw invalid(
          TF_CONFIG, "cluster.chief", chiefs.size() + " addresses", "a list of one host:port");
    }
    ClusterSpec spec =
        new ClusterCheck(TF_CONFIG, "cluster.chief", "cluster.ps", "cluster.worker")
            .spec(chiefs.get(0), ps, workers);
    return Optional.of(new Config(spec, Optional.of(task(config.task(), spec)), Optional.empty()));
  }

  private static ImmutableList<String> chiefs(Jobs jobs) {
    if (jobs.chief() != null && jobs.master() != null) {
      throw new InvalidInputException(
          TF_CONFIG + ": 'cluster.chief' and 'cluster.master' are two names of one key");
    }
    return orNone(jobs.chief() != null ? jobs.chief() : jobs.master());
  }

  private static TaskId task(@Nullable Task task, ClusterSpec spec) {
    if (task == null || task.type() == null) {
      throw missing(TF_CONFIG, "task.type", "chief, ps or worker");
    }
    if (task.type().equals("evaluator")) {
      throw noEvaluator();
    }
    TaskId.Role role =
        task.type().equals("master")
            ? TaskId.Role.CHIEF
            : TaskId.role(task.type(), TF_CONFIG + ": key 'task.type'");
    if (task.index() == null) {
      throw missing(TF_CONFIG, "task.index", "a number from 0");
    }
    return spec.require(new TaskId(role, task.index()), TF_CONFIG + ": key 'task.index'");
  }

  private static InvalidInputException noEvaluator() {
    return new InvalidInputException(
        TF_CONFIG
            + ": the task 'evaluator' does not exist here, the chief evaluates; expected chief, ps"
            + " and worker");
  }

  /**
   * Reads a YAML.
   *
   * @throws InvalidInputException if it cannot be read, or naming the key that is unknown, missing,
   *     or has a wrong value
   */
  public Config file(Path path) {
    String where = path.toString();
    File file = mapper.convert(mapper.readTree(path), File.class, where);
    if (file.chief() == null) {
      throw missing(where, "chief", "host:port");
    }
    ClusterSpec spec =
        new ClusterCheck(where, "chief", "ps", "workers")
            .spec(file.chief(), orNone(file.ps()), orNone(file.workers()));
    String taskKey = where + ": key 'task'";
    return new Config(
        spec,
        Optional.ofNullable(file.task())
            .map(text -> spec.require(TaskId.parse(text, taskKey), taskKey)),
        Optional.ofNullable(file.bind())
            .map(text -> Reachability.parse(text, where + ": key 'bind'")));
  }

  /** The text of {@code TF_CONFIG} that tells a process of a cluster who it is. */
  public String write(ClusterSpec spec, TaskId task) {
    ImmutableMap.Builder<String, ImmutableList<String>> jobs = ImmutableMap.builder();
    for (TaskId.Role role : TaskId.Role.values()) {
      jobs.put(role.job(), spec.addresses(role));
    }
    Map<String, Object> config =
        ImmutableMap.of(
            "cluster",
            jobs.buildOrThrow(),
            "task",
            ImmutableMap.of("type", task.role().job(), "index", task.index()));
    return mapper.toTree(config).toString();
  }

  private static ImmutableList<String> orNone(@Nullable ImmutableList<String> addresses) {
    return addresses == null ? ImmutableList.of() : addresses;
  }

  private static InvalidInputException missing(String where, String key, String expected) {
    return new InvalidInputException(
        where + ": key '" + key + "' is missing, expected " + expected);
  }

  private static InvalidInputException invalid(
      String where, String key, String found, String expected) {
    return new InvalidInputException(
        where + ": key '" + key + "': found " + found + ", expected " + expected);
  }

  /**
   * From where the processes of a cluster may be reached. TensorFlow's runtime asks nobody who he
   * is: anyone who can reach a server can read and change the variables and run any graph there.
   * Its servers listen on all network interfaces, and nothing turns that off.
   */
  public enum Reachability {
    /**
     * From nowhere else: a process runs only where there is no interface but loopback. The default.
     */
    LOOPBACK,

    /** From everywhere that the network lets through. */
    ALL;

    /**
     * Reads one by its name.
     *
     * @param where names its place in messages
     * @throws InvalidInputException if it is neither
     */
    public static Reachability parse(String text, String where) {
      for (Reachability bind : values()) {
        if (bind.text().equals(text)) {
          return bind;
        }
      }
      throw new InvalidInputException(
          String.format(
              "%s: found '%s', expected loopback or all%s",
              where,
              text,
              SpellingHint.to(text, ImmutableList.of(LOOPBACK.text(), ALL.text()))
                  .map(near -> "; did you mean '" + near + "'?")
                  .orElse("")));
    }

    /**
     * Whether a server here, which listens on all network interfaces, is reached from there alone.
     */
    public boolean isKept() {
      return this == ALL || OwnNetwork.isLoopbackOnly();
    }

    /**
     * Checks that a server may be started here.
     *
     * @throws InvalidInputException if it would listen to others and nobody has allowed that
     */
    public void requireKept(TaskId task) {
      if (!isKept()) {
        throw new InvalidInputException(
            task
                + ": TensorFlow's server would listen on all network interfaces, and it has no"
                + " authentication: anyone who can connect to it controls this process. In a"
                + " network that only the cluster's machines can reach, allow it with bind all"
                + " (--bind all)");
      }
    }

    private String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
