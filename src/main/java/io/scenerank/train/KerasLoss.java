package io.scenerank.train;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.google.common.base.Ascii;
import com.google.common.base.Enums;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import io.scenerank.config.SpellingHint;
import io.scenerank.feature.Targets.Target;
import io.scenerank.feature.Targets.TaskType;
import io.scenerank.feature.Targets.Transform;
import io.scenerank.model.ModelDefinition;
import io.scenerank.model.ModelGraph;
import io.scenerank.variable.Shapes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Squeeze;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;

/**
 * A loss of Keras, as models are compiled with: a value for each row, and their mean or sum.
 *
 * <p>Source: {@code keras.losses}.
 */
public final class KerasLoss {
  private static final ImmutableMap<String, String> SHORT =
      ImmutableMap.<String, String>builder()
          .put("mse", "mean_squared_error")
          .put("mae", "mean_absolute_error")
          .put("mape", "mean_absolute_percentage_error")
          .put("msle", "mean_squared_logarithmic_error")
          .put("bce", "binary_crossentropy")
          .put("logcosh", "log_cosh")
          .put("focal", "binary_focal_crossentropy")
          .put("kld", "kl_divergence")
          .put("kldivergence", "kl_divergence")
          .put("kullback_leibler_divergence", "kl_divergence")
          .buildOrThrow();

  private static final ImmutableSet<String> MEANS =
      ImmutableSet.of("sum_over_batch_size", "mean", "auto");
  private static final String SUM = "sum";
  private static final String WEIGHTED = "mean_with_sample_weight";

  private final String name;
  private final JsonNode config;
  private final String reduction;

  private KerasLoss(String name, JsonNode config, String reduction) {
    this.name = name;
    this.config = config;
    this.reduction = reduction;
  }

  /**
   * Reads a loss.
   *
   * @param json a name, or an object with {@code class_name} and {@code config}
   * @param where how messages call the place
   * @throws InvalidInputException if there is no such loss here, or it is given what is not
   *     computed
   */
  public static KerasLoss read(JsonNode json, String where) {
    JsonNode config = json.isObject() ? json.path("config") : MissingNode.getInstance();
    String given = json.isTextual() ? json.textValue() : json.path("class_name").asText();
    if (given.equals("function")) {
      given = config.asText();
    }
    String name =
        snake(given.substring(Math.max(given.lastIndexOf('.'), given.lastIndexOf('>')) + 1));
    String known = SHORT.getOrDefault(name, name);
    if (!KerasLossForms.ALL.containsKey(known)) {
      throw new InvalidInputException(
          where
              + ": the loss '"
              + given
              + "' is unknown"
              + SpellingHint.hint(known, KerasLossForms.ALL.keySet()));
    }
    String reduction = config.path("reduction").asText("sum_over_batch_size");
    if (!MEANS.contains(reduction) && !reduction.equals(SUM) && !reduction.equals(WEIGHTED)) {
      throw new InvalidInputException(
          where + ": " + given + ": reduction is " + reduction + ", expected a mean or the sum");
    }
    requireDefault(config, "axis", -1, where + ": " + given);
    if (config.hasNonNull("ignore_class")) {
      throw new InvalidInputException(
          where + ": " + given + ": ignore_class is given, which is not computed");
    }
    return new KerasLoss(known, config, reduction);
  }

  /** A loss of Keras with its defaults. */
  static KerasLoss named(String name) {
    return new KerasLoss(name, MissingNode.getInstance(), "sum_over_batch_size");
  }

  String name() {
    return name;
  }

  private static void requireDefault(JsonNode config, String key, int standard, String where) {
    if (config.path(key).asInt(standard) != standard) {
      throw new InvalidInputException(
          where + ": " + key + " is " + config.path(key) + ", expected " + standard);
    }
  }

  private static String snake(String name) {
    return name.replaceAll("([a-z0-9])([A-Z])", "$1_$2").toLowerCase(Locale.ROOT);
  }

  /**
   * Adds the loss. A prediction that is the result of a sigmoid or softmax itself is followed back
   * to its logit, as Keras does.
   *
   * @param target [B, …], of the prediction's rank, or one axis less or more where that is 1
   * @param prediction [B, …]
   * @param mask false where a step does not count, [B, …] without the last axis
   * @return scalar
   */
  public Operand<TFloat32> call(
      Ops tf,
      Operand<TFloat32> target,
      Operand<TFloat32> prediction,
      Optional<Operand<TBool>> mask) {
    Operand<TFloat32> each = each(tf, target, prediction);
    if (mask.isEmpty()) {
      return reduced(tf, each, size(tf, each));
    }
    Operand<TFloat32> counts = tf.dtypes.cast(mask.get(), TFloat32.class);
    Operand<TFloat32> valid = tf.reduceSum(counts, Shapes.axes(tf, counts));
    Operand<TFloat32> weights =
        MEANS.contains(reduction)
            ? tf.math.mul(counts, tf.math.divNoNan(size(tf, counts), valid))
            : counts;
    Pair weighted = Pair.ofRank(tf, each, weights);
    Operand<TFloat32> values = tf.math.mul(weighted.left(), weighted.right());
    return reduced(tf, values, reduction.equals(WEIGHTED) ? valid : size(tf, values));
  }

  /**
   * Adds the loss of rows that count differently: the sum of weight times loss, for the mean
   * divided by the number of rows.
   *
   * @param target [B, 1]
   * @param prediction [B, 1]
   * @param weight [B, 1]
   * @return scalar
   */
  Operand<TFloat32> weighted(
      Ops tf, Operand<TFloat32> target, Operand<TFloat32> prediction, Operand<TFloat32> weight) {
    Operand<TFloat32> each = each(tf, target, prediction); // [B]
    Pair pair = Pair.ofRank(tf, each, weight);
    Operand<TFloat32> values = tf.math.mul(pair.left(), pair.right());
    Operand<TFloat32> divisor =
        reduction.equals(WEIGHTED)
            ? tf.reduceSum(weight, Shapes.axes(tf, weight))
            : size(tf, values);
    return reduced(tf, values, divisor);
  }

  private Operand<TFloat32> each(Ops tf, Operand<TFloat32> target, Operand<TFloat32> prediction) {
    Pair pair = Pair.ofRank(tf, target, prediction);
    return requireNonNull(KerasLossForms.ALL.get(name), name)
        .call(tf, pair.left(), pair.right(), config);
  }

  private Operand<TFloat32> reduced(Ops tf, Operand<TFloat32> values, Operand<TFloat32> divisor) {
    Operand<TFloat32> sum = tf.reduceSum(values, Shapes.axes(tf, values));
    return reduction.equals(SUM) ? sum : tf.math.divNoNan(sum, divisor);
  }

  private static Operand<TFloat32> size(Ops tf, Operand<TFloat32> x) {
    return tf.dtypes.cast(tf.size(x), TFloat32.class);
  }

  /** Two tensors: an axis of size 1 at the end is added to one of them or taken away. */
  private record Pair(Operand<TFloat32> left, Operand<TFloat32> right) {
    static Pair ofRank(Ops tf, Operand<TFloat32> x1, Operand<TFloat32> x2) {
      int rank1 = x1.shape().numDimensions();
      int rank2 = x2.shape().numDimensions();
      if (rank1 == rank2 + 1 && x1.shape().get(rank1 - 1) == 1) {
        return rank2 == 1
            ? new Pair(x1, tf.expandDims(x2, tf.constant(-1)))
            : new Pair(squeezed(tf, x1), x2);
      }
      if (rank2 == rank1 + 1 && x2.shape().get(rank2 - 1) == 1) {
        return rank1 == 1
            ? new Pair(tf.expandDims(x1, tf.constant(-1)), x2)
            : new Pair(x1, squeezed(tf, x2));
      }
      return new Pair(x1, x2);
    }

    private static Operand<TFloat32> squeezed(Ops tf, Operand<TFloat32> x) {
      return tf.squeeze(x, Squeeze.axis(List.of((long) x.shape().numDimensions() - 1)));
    }
  }

  /**
   * The loss of a batch without regularisers: the sum over tasks of the weighted mean losses.
   *
   * @param labels [B, T] or [B, 2T], as {@link io.scenerank.data.Batch} has them
   * @return a scalar
   */
  public static Operand<TFloat32> ofBatch(
      Ops tf,
      TrainingConfig config,
      ModelDefinition<?> definition,
      ModelGraph model,
      Operand<TFloat32> labels) {
    return LossBuilder.data(
        tf, config, definition.targets(), model.logits(), model.probabilities(), labels);
  }

  /**
   * The losses of tasks that have one of their own, {@code loss: {watch_time: huber}}: those of
   * {@link Loss.LossForm} by name and those of Keras by name or as {@code compile_config} has them,
   * {@code {class_name: Huber, config: {delta: 2}}}. The run's configuration has them as JSON.
   */
  public static final class TaskLosses implements Loss {
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

    /** What Keras calls the loss of a task about which a configuration says nothing. */
    public static String standard(TaskType type) {
      return switch (type) {
        case BINARY -> "binary_crossentropy";
        case REGRESSION -> "mean_squared_error";
        case COUNT -> "poisson";
      };
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
      return new OfScore(KerasLoss.named(standard(target.type())), log1p);
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
            ? ((GraphOperation) value.op()).input(0).expect(TFloat32.class)
            : tf.math.log1p(value);
      }
    }
  }
}
