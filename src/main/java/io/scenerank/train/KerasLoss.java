package io.scenerank.train;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import io.scenerank.config.SpellingHint;
import io.scenerank.variable.Shapes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
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
    Pair pair = Pair.ofRank(tf, target, prediction);
    Operand<TFloat32> each =
        requireNonNull(KerasLossForms.ALL.get(name), name)
            .call(tf, pair.left(), pair.right(), config);
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
   * The losses with which a Keras model was compiled, one a task. In a configuration they are JSON:
   * {@code {"task": "mean_squared_error"}}.
   */
  public static final class KerasTaskLosses implements Loss {
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
}
