package io.scenerank.train;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.base.Ascii;
import com.google.common.base.Enums;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import io.scenerank.feature.Targets.Target;
import io.scenerank.feature.Targets.Transform;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The losses of tasks that have one of their own, {@code loss: {watch_time: huber}}: those of
 * {@link Loss.LossForm} by name and those of Keras by name or as {@code compile_config} has them,
 * {@code {class_name: Huber, config: {delta: 2}}}. The run's configuration has them as JSON.
 */
public final class TaskLosses implements Loss {
  private final ImmutableMap<String, JsonNode> json;
  private final ImmutableMap<String, Loss> losses;

  private TaskLosses(ImmutableMap<String, JsonNode> json, String where) {
    this.json = json;
    ImmutableMap.Builder<String, Loss> read = ImmutableMap.builder();
    json.forEach((task, loss) -> read.put(task, read(loss, where + ": loss of task " + task)));
    this.losses = read.buildOrThrow();
  }

  private static Loss read(JsonNode json, String where) {
    Optional<LossForm> own =
        Enums.getIfPresent(LossForm.class, Ascii.toUpperCase(json.asText())).toJavaUtil();
    return own.isPresent() ? own.get() : new OfScore(KerasLoss.read(json, where), false);
  }

  /**
   * The losses of tasks.
   *
   * @param json by task
   * @param where how messages call the place
   * @throws InvalidInputException naming the task whose loss is unknown
   */
  public static TaskLosses of(Map<String, JsonNode> json, String where) {
    return new TaskLosses(ImmutableMap.copyOf(json), where);
  }

  static TaskLosses of(JsonNode json, String where) {
    Map<String, JsonNode> byTask = new LinkedHashMap<>();
    json.properties().forEach(task -> byTask.put(task.getKey(), task.getValue()));
    return of(byTask, where);
  }

  /** Reads what {@link #key} wrote. */
  static TaskLosses parse(String text, String where) {
    return of(new ConfigMapper().parsePython(text, where), where);
  }

  /** The tasks that have a loss of their own. */
  public ImmutableSet<String> tasks() {
    return losses.keySet();
  }

  /** What Keras calls a task's loss; empty where the task has none of its own. */
  public Optional<JsonNode> keras(String task) {
    return Optional.ofNullable(losses.get(task))
        .filter(OfScore.class::isInstance)
        .map(loss -> requireNonNull(json.get(task), task));
  }

  @Override
  public String key() {
    ConfigMapper mapper = new ConfigMapper();
    return mapper.toPython(mapper.newObject().setAll(json));
  }

  @Override
  public Loss ofTask(String task) {
    return Optional.ofNullable(losses.get(task)).orElse(LossForm.LOGITS);
  }

  @Override
  public Operand<TFloat32> call(Ops tf, Operand<TFloat32> logit, Operand<TFloat32> label) {
    throw new IllegalStateException("a task's loss is requested by the task");
  }

  /**
   * The loss of a task whose label is a number.
   *
   * @param configured the training's loss
   * @param target what the label is
   */
  static Loss ofNumber(Loss configured, String task, Target target) {
    Loss own = configured.ofTask(task);
    boolean unsaid = own instanceof LossForm;
    boolean log1p = target.transform() == Transform.LOG1P;
    if (!unsaid) {
      return own instanceof OfScore keras ? new OfScore(keras.loss, log1p) : own;
    }
    String standard =
        switch (target.type()) {
          case BINARY, REGRESSION -> "mean_squared_error";
          case COUNT -> "poisson";
        };
    return new OfScore(KerasLoss.named(standard), log1p);
  }

  /**
   * A loss of Keras of one task, of its score.
   *
   * @param log1p whether it is that of the logarithms of score + 1 and label + 1
   */
  private record OfScore(KerasLoss loss, boolean log1p) implements Loss {
    @Override
    public String key() {
      return loss.name();
    }

    @Override
    public Operand<TFloat32> call(Ops tf, Operand<TFloat32> logit, Operand<TFloat32> label) {
      return call(tf, logit, logit, label);
    }

    @Override
    public Operand<TFloat32> call(
        Ops tf, Operand<TFloat32> logit, Operand<TFloat32> score, Operand<TFloat32> label) {
      return loss.call(tf, onScale(tf, label), onScale(tf, score), Optional.empty());
    }

    @Override
    public Operand<TFloat32> call(
        Ops tf,
        Operand<TFloat32> logit,
        Operand<TFloat32> score,
        Operand<TFloat32> label,
        Operand<TFloat32> weight) {
      return loss.weighted(tf, onScale(tf, label), onScale(tf, score), weight);
    }

    /** A score that is exp(x) - 1 is followed back to x, which loses nothing. */
    private Operand<TFloat32> onScale(Ops tf, Operand<TFloat32> value) {
      if (!log1p) {
        return value;
      }
      return value.op().type().equals("Expm1")
          ? ((org.tensorflow.GraphOperation) value.op()).input(0).expect(TFloat32.class)
          : tf.math.log1p(value);
    }
  }
}
