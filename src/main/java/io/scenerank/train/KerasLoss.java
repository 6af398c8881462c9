package io.scenerank.train;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.google.common.collect.ImmutableMap;
import io.scenerank.config.InvalidInputException;
import io.scenerank.config.SpellingHint;
import java.util.Locale;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * A loss of Keras, as models are compiled with: a value for each row, and their mean ({@code
 * sum_over_batch_size}).
 *
 * <p>Source: {@code keras.losses}.
 */
public final class KerasLoss {
  private static final float EPSILON = 1e-7f;

  private static final ImmutableMap<String, Form> FORMS =
      ImmutableMap.<String, Form>builder()
          .put(
              "mean_squared_error",
              (tf, y, p, config) -> lastMean(tf, tf.math.squaredDifference(p, y)))
          .put(
              "mean_absolute_error",
              (tf, y, p, config) -> lastMean(tf, tf.math.abs(tf.math.sub(p, y))))
          .put("binary_crossentropy", KerasLoss::binaryCrossentropy)
          .put("categorical_crossentropy", KerasLoss::categoricalCrossentropy)
          .put("huber", KerasLoss::huber)
          .put("log_cosh", KerasLoss::logCosh)
          .put(
              "poisson",
              (tf, y, p, config) ->
                  lastMean(
                      tf,
                      tf.math.sub(
                          p, tf.math.mul(y, tf.math.log(tf.math.add(p, tf.constant(EPSILON)))))))
          .buildOrThrow();

  private static final ImmutableMap<String, String> SHORT =
      ImmutableMap.of(
          "mse", "mean_squared_error",
          "mae", "mean_absolute_error",
          "bce", "binary_crossentropy",
          "logcosh", "log_cosh");

  private final String name;
  private final JsonNode config;

  /** The values of a loss, one for each row and step. */
  private interface Form {
    Operand<TFloat32> call(
        Ops tf, Operand<TFloat32> target, Operand<TFloat32> prediction, JsonNode config);
  }

  private KerasLoss(String name, JsonNode config) {
    this.name = name;
    this.config = config;
  }

  /**
   * Reads a loss.
   *
   * @param json a name, or an object with {@code class_name} and {@code config}
   * @param where how messages call the place
   * @throws InvalidInputException if there is no such loss here
   */
  public static KerasLoss read(JsonNode json, String where) {
    JsonNode config = json.isObject() ? json.path("config") : MissingNode.getInstance();
    String given = json.isTextual() ? json.textValue() : json.path("class_name").asText();
    if (given.equals("function")) {
      given = config.asText();
    }
    String name = snake(given.substring(given.lastIndexOf('.') + 1));
    String known = SHORT.getOrDefault(name, name);
    if (!FORMS.containsKey(known)) {
      throw new InvalidInputException(
          where
              + ": the loss '"
              + given
              + "' is unknown"
              + SpellingHint.hint(known, FORMS.keySet()));
    }
    return new KerasLoss(known, config);
  }

  private static String snake(String name) {
    return name.replaceAll("([a-z0-9])([A-Z])", "$1_$2").toLowerCase(Locale.ROOT);
  }

  /** Keras' name of the loss. */
  public String name() {
    return name;
  }

  /** Whether the prediction is a logit. */
  public boolean fromLogits() {
    return config.path("from_logits").asBoolean(false);
  }

  /**
   * Adds the loss.
   *
   * @param target [B, …]
   * @param prediction of the same shape
   * @param mask false where a step does not count, [B, …] without the last axis
   * @return scalar
   */
  public Operand<TFloat32> call(
      Ops tf,
      Operand<TFloat32> target,
      Operand<TFloat32> prediction,
      Optional<Operand<TBool>> mask) {
    Operand<TFloat32> each =
        requireNonNull(FORMS.get(name), name).call(tf, target, prediction, config);
    if (mask.isPresent() && mask.get().shape().numDimensions() == each.shape().numDimensions()) {
      Operand<TFloat32> counts = tf.dtypes.cast(mask.get(), TFloat32.class);
      Operand<TFloat32> all = tf.dtypes.cast(tf.size(counts), TFloat32.class);
      Operand<TFloat32> valid =
          tf.math.add(tf.reduceSum(counts, axes(tf, counts)), tf.constant(EPSILON));
      Operand<TFloat32> weights = tf.math.mul(counts, tf.math.div(all, valid));
      each = tf.math.mul(each, weights);
    }
    return tf.math.mean(each, axes(tf, each));
  }

  private static Operand<TInt32> axes(Ops tf, Operand<TFloat32> x) {
    int[] all = new int[x.shape().numDimensions()];
    for (int i = 0; i < all.length; i++) {
      all[i] = i;
    }
    return tf.constant(all);
  }

  private static Operand<TFloat32> lastMean(Ops tf, Operand<TFloat32> x) {
    return tf.math.mean(x, tf.constant(x.shape().numDimensions() - 1));
  }

  private static Operand<TFloat32> clipped(Ops tf, Operand<TFloat32> p) {
    return tf.math.maximum(tf.math.minimum(p, tf.constant(1f - EPSILON)), tf.constant(EPSILON));
  }

  private static Operand<TFloat32> smoothed(
      Ops tf, Operand<TFloat32> y, JsonNode config, float classes) {
    float smoothing = (float) config.path("label_smoothing").asDouble(0);
    return smoothing == 0
        ? y
        : tf.math.add(
            tf.math.mul(y, tf.constant(1f - smoothing)), tf.constant(smoothing / classes));
  }

  private static Operand<TFloat32> binaryCrossentropy(
      Ops tf, Operand<TFloat32> target, Operand<TFloat32> p, JsonNode config) {
    Operand<TFloat32> y = smoothed(tf, target, config, 2);
    if (config.path("from_logits").asBoolean(false)) {
      return lastMean(tf, tf.math.sub(tf.math.softplus(p), tf.math.mul(p, y)));
    }
    Operand<TFloat32> one = tf.constant(1f);
    Operand<TFloat32> in = clipped(tf, p);
    Operand<TFloat32> sum =
        tf.math.add(
            tf.math.mul(y, tf.math.log(in)),
            tf.math.mul(tf.math.sub(one, y), tf.math.log(tf.math.sub(one, in))));
    return tf.math.neg(lastMean(tf, sum));
  }

  private static Operand<TFloat32> categoricalCrossentropy(
      Ops tf, Operand<TFloat32> target, Operand<TFloat32> p, JsonNode config) {
    int last = p.shape().numDimensions() - 1;
    Operand<TFloat32> y = smoothed(tf, target, config, p.shape().get(last));
    Operand<TInt32> axis = tf.constant(last);
    Operand<TFloat32> probabilities =
        config.path("from_logits").asBoolean(false)
            ? tf.nn.softmax(p)
            : tf.math.div(p, tf.reduceSum(p, axis, ReduceSum.keepDims(true)));
    return tf.math.neg(tf.reduceSum(tf.math.mul(y, tf.math.log(clipped(tf, probabilities))), axis));
  }

  private static Operand<TFloat32> huber(
      Ops tf, Operand<TFloat32> y, Operand<TFloat32> p, JsonNode config) {
    Operand<TFloat32> delta = tf.constant((float) config.path("delta").asDouble(1));
    Operand<TFloat32> half = tf.constant(0.5f);
    Operand<TFloat32> error = tf.math.abs(tf.math.sub(p, y));
    Operand<TFloat32> near = tf.math.mul(half, tf.math.square(error));
    Operand<TFloat32> far =
        tf.math.sub(tf.math.mul(delta, error), tf.math.mul(half, tf.math.square(delta)));
    return lastMean(tf, tf.select(tf.math.lessEqual(error, delta), near, far));
  }

  private static Operand<TFloat32> logCosh(
      Ops tf, Operand<TFloat32> y, Operand<TFloat32> p, JsonNode config) {
    Operand<TFloat32> x = tf.math.sub(p, y);
    Operand<TFloat32> sum = tf.math.add(x, tf.math.softplus(tf.math.mul(x, tf.constant(-2f))));
    return lastMean(tf, tf.math.sub(sum, tf.constant((float) Math.log(2))));
  }
}
