package io.scenerank.cluster.wire;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import com.google.common.collect.ImmutableMap;
import io.scenerank.cluster.ClusterSpec;
import io.scenerank.cluster.ClusterSpec.TaskId;
import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import io.scenerank.train.Device;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.tensorflow.Operand;
import org.tensorflow.TensorFlow;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TString;

/**
 * A process of a cluster.
 *
 * @param task which one it is
 * @param identity what it says about itself
 * @param device where it computes
 * @param threads threads of TensorFlow; 0 for one a core
 */
public record TaskProcess(
    ClusterSpec cluster, TaskId task, Identity identity, Device device, int threads) {

  /**
   * Starts its server.
   *
   * @throws io.scenerank.config.InvalidInputException if its port is taken
   */
  public TaskServer start() {
    return new TaskServer(cluster, task, device, threads);
  }

  /**
   * What a process of a cluster says about itself, so that the chief notices one that was restarted
   * and one that would compute something else.
   *
   * @param incarnation another one for every process
   * @param version of SceneRank
   * @param tensorflow version of TensorFlow
   * @param training what the process takes for the training, by name, see {@link TrainingTerms};
   *     empty for a parameter server, which needs none
   * @param dropoutWidth decisions of dropout that the worker draws for each row it delivers; 0
   *     where it draws none
   */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  public record Identity(
      String incarnation,
      String version,
      String tensorflow,
      ImmutableMap<String, String> training,
      int dropoutWidth) {

    /**
     * The identity of this process, a new one at every call.
     *
     * @param version of SceneRank
     */
    public static Identity of(String version) {
      return new Identity(
          UUID.randomUUID().toString(), version, TensorFlow.version(), ImmutableMap.of(), 0);
    }

    /**
     * The same process with what it takes for the training.
     *
     * @throws InvalidInputException if the rows lack what the model reads
     */
    public Identity with(TrainingJob job, int decisions) {
      return new Identity(incarnation, version, tensorflow, TrainingTerms.of(job), decisions);
    }

    /** The identity that a task of the cluster has published, as JSON. */
    public static Operand<TString> published(Ops tf, TaskId task) {
      return new IdentityVariable(task).read(tf);
    }

    /** Whether it is the same process. */
    public boolean isSameProcess(Identity other) {
      return incarnation.equals(other.incarnation);
    }

    /**
     * What keeps a task from working with this process, the chief's.
     *
     * @param task whose identity the other is
     * @return one line that names what differs; absent if nothing does. Terms of the training are
     *     compared where the other has any.
     */
    public Optional<String> conflict(TaskId task, Identity other) {
      if (!version.equals(other.version)) {
        return Optional.of(differs(task, "SceneRank", other.version, version));
      }
      if (!tensorflow.equals(other.tensorflow)) {
        return Optional.of(differs(task, "TensorFlow", other.tensorflow, tensorflow));
      }
      if (other.training.isEmpty()) {
        return Optional.empty();
      }
      Set<String> names = new LinkedHashSet<>(training.keySet());
      names.addAll(other.training.keySet());
      return names.stream()
          .filter(name -> !term(name).equals(other.term(name)))
          .findFirst()
          .map(name -> differs(task, name, other.term(name), term(name)));
    }

    private String term(String name) {
      return training.getOrDefault(name, "none");
    }

    private static String differs(TaskId task, String what, String found, String expected) {
      return String.format("%s has %s %s, the chief has %s", task, what, found, expected);
    }

    /** As text. */
    public String toJson() {
      return new ConfigMapper().toJson(this);
    }

    /**
     * Reads {@link #toJson}.
     *
     * @param where names the text in messages
     * @throws InvalidInputException if it is not such a text
     */
    public static Identity ofJson(String json, String where) {
      ConfigMapper mapper = new ConfigMapper();
      return mapper.convert(mapper.parse(json, where), Identity.class, where);
    }
  }
}
