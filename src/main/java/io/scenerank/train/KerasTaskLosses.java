package io.scenerank.train;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableMap;
import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The losses with which a Keras model was compiled, one a task. In a configuration they are JSON:
 * {@code {"task": "mean_squared_error"}}.
 */
public final class KerasTaskLosses implements Loss {
  private final ImmutableMap<String, JsonNode> json;
  private final ImmutableMap<String, KerasLoss> losses;

  private KerasTaskLosses(ImmutableMap<String, JsonNode> json, String where) {
    this.json = json;
    ImmutableMap.Builder<String, KerasLoss> read = ImmutableMap.builder();
    json.forEach(
        (task, loss) -> read.put(task, KerasLoss.read(loss, where + ": loss of task " + task)));
    this.losses = read.buildOrThrow();
  }

  /**
   * The losses of tasks.
   *
   * @param json by task, as Keras' {@code compile_config} has a loss
   * @param where how messages call the place
   * @throws InvalidInputException naming the task whose loss is unknown
   */
  public static KerasTaskLosses of(Map<String, JsonNode> json, String where) {
    return new KerasTaskLosses(ImmutableMap.copyOf(json), where);
  }

  /** Reads what {@link #key} wrote. */
  static KerasTaskLosses parse(String text, String where) {
    Map<String, JsonNode> json = new LinkedHashMap<>();
    new ConfigMapper()
        .parsePython(text, where)
        .properties()
        .forEach(task -> json.put(task.getKey(), task.getValue()));
    return of(json, where);
  }

  @Override
  public String key() {
    ConfigMapper mapper = new ConfigMapper();
    return mapper.toPython(mapper.newObject().setAll(json));
  }

  @Override
  public Loss ofTask(String task) {
    if (!losses.containsKey(task)) {
      throw new InvalidInputException(
          "training.loss: task '"
              + task
              + "' has no loss, found those of "
              + String.join(", ", losses.keySet()));
    }
    return new OfTask(key(), requireNonNull(losses.get(task), task));
  }

  @Override
  public Operand<TFloat32> call(Ops tf, Operand<TFloat32> logit, Operand<TFloat32> label) {
    throw new IllegalStateException("a task's loss is requested by the task");
  }

  /** The loss of one task, of its score. */
  private record OfTask(String key, KerasLoss loss) implements Loss {
    @Override
    public Operand<TFloat32> call(Ops tf, Operand<TFloat32> logit, Operand<TFloat32> label) {
      return call(tf, logit, logit, label);
    }

    @Override
    public Operand<TFloat32> call(
        Ops tf, Operand<TFloat32> logit, Operand<TFloat32> score, Operand<TFloat32> label) {
      return loss.call(tf, label, score, Optional.empty());
    }
  }
}
