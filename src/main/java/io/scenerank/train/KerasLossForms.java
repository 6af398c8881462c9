package io.scenerank.train;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableMap;
import io.scenerank.variable.Shapes;
import java.util.List;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReduceMax;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.op.core.Squeeze;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** The formulas of Keras' losses: a value for each row and step. */
final class KerasLossForms {
  private static final float EPSILON = 1e-7f;

  static final ImmutableMap<String, Form> ALL =
      ImmutableMap.<String, Form>builder()
          .put(
              "mean_squared_error", (tf, y, p, config) -> mean(tf, tf.math.squaredDifference(p, y)))
          .put(
              "mean_absolute_error", (tf, y, p, config) -> mean(tf, tf.math.abs(tf.math.sub(p, y))))
          .put("mean_absolute_percentage_error", KerasLossForms::percentage)
          .put("mean_squared_logarithmic_error", KerasLossForms::logarithmic)
          .put("huber", KerasLossForms::huber)
          .put("log_cosh", KerasLossForms::logCosh)
          .put("poisson", KerasLossForms::poisson)
          .put("kl_divergence", KerasLossForms::divergence)
          .put("cosine_similarity", KerasLossForms::cosine)
          .put("hinge", (tf, y, p, config) -> mean(tf, hinge(tf, signs(tf, y), p)))
          .put(
              "squared_hinge",
              (tf, y, p, config) -> mean(tf, tf.math.square(hinge(tf, signs(tf, y), p))))
          .put("categorical_hinge", KerasLossForms::categoricalHinge)
          .put(
              "binary_crossentropy",
              (tf, y, p, config) ->
                  mean(tf, binary(tf, smoothed(tf, y, config, 2), p, logit(config))))
          .put("binary_focal_crossentropy", KerasLossForms::binaryFocal)
          .put("categorical_crossentropy", KerasLossForms::categorical)
          .put("categorical_focal_crossentropy", KerasLossForms::categoricalFocal)
          .put("sparse_categorical_crossentropy", KerasLossForms::sparse)
          .buildOrThrow();

  private KerasLossForms() {}

  /** A formula. */
  interface Form {
    /**
     * Computes a value for each row and step.
     *
     * @param target of the prediction's shape; [B, …] of numbers of classes where they are sparse
     * @param prediction [B, …, n]
     * @return [B, …]
     */
    Operand<TFloat32> call(
        Ops tf, Operand<TFloat32> target, Operand<TFloat32> prediction, JsonNode config);
  }

  private static Operand<TFloat32> num(Ops tf, double value) {
    return tf.constant((float) value);
  }

  private static double option(JsonNode config, String name, double standard) {
    return config.path(name).asDouble(standard);
  }

  private static boolean logit(JsonNode config) {
    return config.path("from_logits").asBoolean(false);
  }

  private static int last(Operand<TFloat32> x) {
    return x.shape().numDimensions() - 1;
  }

  private static Operand<TFloat32> mean(Ops tf, Operand<TFloat32> x) {
    return tf.math.mean(x, tf.constant(last(x)));
  }

  private static Operand<TFloat32> sum(Ops tf, Operand<TFloat32> x) {
    return tf.reduceSum(x, tf.constant(last(x)));
  }

  private static Operand<TFloat32> kept(Ops tf, Operand<TFloat32> x) {
    return tf.reduceSum(x, tf.constant(last(x)), ReduceSum.keepDims(true));
  }

  private static Operand<TFloat32> clipped(Ops tf, Operand<TFloat32> x, double least, double most) {
    return tf.clipByValue(x, num(tf, least), num(tf, most));
  }

  private static Operand<TFloat32> probabilities(Ops tf, Operand<TFloat32> x) {
    return clipped(tf, x, EPSILON, 1 - EPSILON);
  }

  private static Operand<TFloat32> smoothed(
      Ops tf, Operand<TFloat32> y, JsonNode config, double classes) {
    double smoothing = option(config, "label_smoothing", 0);
    return smoothing == 0
        ? y
        : tf.math.add(tf.math.mul(y, num(tf, 1 - smoothing)), num(tf, smoothing / classes));
  }

  private static Operand<TFloat32> percentage(
      Ops tf, Operand<TFloat32> y, Operand<TFloat32> p, JsonNode config) {
    Operand<TFloat32> size = tf.math.maximum(tf.math.abs(y), num(tf, EPSILON));
    return tf.math.mul(num(tf, 100), mean(tf, tf.math.abs(tf.math.div(tf.math.sub(y, p), size))));
  }

  private static Operand<TFloat32> logarithmic(
      Ops tf, Operand<TFloat32> y, Operand<TFloat32> p, JsonNode config) {
    return mean(tf, tf.math.squaredDifference(logarithm(tf, p), logarithm(tf, y)));
  }

  private static Operand<TFloat32> logarithm(Ops tf, Operand<TFloat32> x) {
    return tf.math.log(tf.math.add(tf.math.maximum(x, num(tf, EPSILON)), num(tf, 1)));
  }

  private static Operand<TFloat32> huber(
      Ops tf, Operand<TFloat32> y, Operand<TFloat32> p, JsonNode config) {
    Operand<TFloat32> delta = num(tf, option(config, "delta", 1));
    Operand<TFloat32> half = num(tf, 0.5);
    Operand<TFloat32> error = tf.math.abs(tf.math.sub(p, y));
    Operand<TFloat32> near = tf.math.mul(half, tf.math.square(error));
    Operand<TFloat32> far =
        tf.math.sub(tf.math.mul(delta, error), tf.math.mul(half, tf.math.square(delta)));
    return mean(tf, tf.select(tf.math.lessEqual(error, delta), near, far));
  }

  private static Operand<TFloat32> logCosh(
      Ops tf, Operand<TFloat32> y, Operand<TFloat32> p, JsonNode config) {
    Operand<TFloat32> x = tf.math.sub(p, y);
    Operand<TFloat32> sum = tf.math.add(x, tf.math.softplus(tf.math.mul(x, num(tf, -2))));
    return mean(tf, tf.math.sub(sum, num(tf, Math.log(2))));
  }

  private static Operand<TFloat32> poisson(
      Ops tf, Operand<TFloat32> y, Operand<TFloat32> p, JsonNode config) {
    Operand<TFloat32> log = tf.math.log(tf.math.add(p, num(tf, EPSILON)));
    return mean(tf, tf.math.sub(p, tf.math.mul(y, log)));
  }

  private static Operand<TFloat32> divergence(
      Ops tf, Operand<TFloat32> target, Operand<TFloat32> prediction, JsonNode config) {
    Operand<TFloat32> y = clipped(tf, target, EPSILON, 1);
    Operand<TFloat32> p = clipped(tf, prediction, EPSILON, 1);
    return sum(tf, tf.math.mul(y, tf.math.log(tf.math.div(y, p))));
  }

  private static Operand<TFloat32> cosine(
      Ops tf, Operand<TFloat32> y, Operand<TFloat32> p, JsonNode config) {
    return tf.math.neg(sum(tf, tf.math.mul(unit(tf, y), unit(tf, p))));
  }

  private static Operand<TFloat32> unit(Ops tf, Operand<TFloat32> x) {
    Operand<TFloat32> factor = tf.math.rsqrt(kept(tf, tf.math.square(x)));
    return tf.math.mul(x, tf.math.minimum(factor, num(tf, 1 / (double) EPSILON)));
  }

  /** Targets 0 and 1 become -1 and 1, where there are no others. */
  private static Operand<TFloat32> signs(Ops tf, Operand<TFloat32> y) {
    Operand<TBool> binary =
        tf.math.logicalOr(tf.math.equal(y, num(tf, 0)), tf.math.equal(y, num(tf, 1)));
    Operand<TBool> all = tf.all(binary, Shapes.axes(tf, y));
    return tf.select(all, tf.math.sub(tf.math.mul(num(tf, 2), y), num(tf, 1)), y);
  }

  private static Operand<TFloat32> hinge(Ops tf, Operand<TFloat32> y, Operand<TFloat32> p) {
    return tf.math.maximum(tf.math.sub(num(tf, 1), tf.math.mul(y, p)), num(tf, 0));
  }

  private static Operand<TFloat32> categoricalHinge(
      Ops tf, Operand<TFloat32> y, Operand<TFloat32> p, JsonNode config) {
    Operand<TFloat32> positive = sum(tf, tf.math.mul(y, p));
    Operand<TFloat32> others = tf.math.mul(tf.math.sub(num(tf, 1), y), p);
    Operand<TFloat32> negative = tf.reduceMax(others, tf.constant(last(p)));
    return tf.math.maximum(tf.math.add(tf.math.sub(negative, positive), num(tf, 1)), num(tf, 0));
  }

  /**
   * What Keras computes the loss from where the prediction is the result of a sigmoid or softmax:
   * the logit itself, which loses nothing where the probability is near 0 or 1.
   */
  private static Operand<TFloat32> logits(Operand<TFloat32> p, String op) {
    return p.op().type().equals(op) ? ((GraphOperation) p.op()).input(0).expect(TFloat32.class) : p;
  }

  /** Cross-entropy of each value. */
  private static Operand<TFloat32> binary(
      Ops tf, Operand<TFloat32> y, Operand<TFloat32> p, boolean logit) {
    Operand<TFloat32> x = logits(p, "Sigmoid");
    Operand<TFloat32> one = num(tf, 1);
    if (logit || x != p) {
      Operand<TFloat32> small = tf.math.log1p(tf.math.exp(tf.math.neg(tf.math.abs(x))));
      Operand<TFloat32> large = tf.math.sub(tf.math.maximum(x, num(tf, 0)), tf.math.mul(x, y));
      return tf.math.add(large, small);
    }
    Operand<TFloat32> in = probabilities(tf, p);
    return tf.math.neg(
        tf.math.add(
            tf.math.mul(y, tf.math.log(in)),
            tf.math.mul(tf.math.sub(one, y), tf.math.log(tf.math.sub(one, in)))));
  }

  private static Operand<TFloat32> binaryFocal(
      Ops tf, Operand<TFloat32> target, Operand<TFloat32> given, JsonNode config) {
    Operand<TFloat32> one = num(tf, 1);
    Operand<TFloat32> y = smoothed(tf, target, config, 2);
    Operand<TFloat32> p = logit(config) ? tf.math.sigmoid(given) : given;
    Operand<TFloat32> no = tf.math.sub(one, y);
    Operand<TFloat32> right = tf.math.add(tf.math.mul(y, p), tf.math.mul(no, tf.math.sub(one, p)));
    Operand<TFloat32> factor =
        tf.math.pow(tf.math.sub(one, right), num(tf, option(config, "gamma", 2)));
    Operand<TFloat32> loss = tf.math.mul(factor, binary(tf, y, p, false));
    if (config.path("apply_class_balancing").asBoolean(false)) {
      double alpha = option(config, "alpha", 0.25);
      Operand<TFloat32> weight =
          tf.math.add(tf.math.mul(y, num(tf, alpha)), tf.math.mul(no, num(tf, 1 - alpha)));
      loss = tf.math.mul(weight, loss);
    }
    return mean(tf, loss);
  }

  private static Operand<TFloat32> logSoftmax(Ops tf, Operand<TFloat32> x) {
    Operand<TFloat32> largest =
        tf.stopGradient(tf.reduceMax(x, tf.constant(last(x)), ReduceMax.keepDims(true)));
    Operand<TFloat32> below = tf.math.sub(x, largest);
    return tf.math.sub(below, tf.math.log(kept(tf, tf.math.exp(below))));
  }

  private static Operand<TFloat32> categorical(
      Ops tf, Operand<TFloat32> target, Operand<TFloat32> p, JsonNode config) {
    Operand<TFloat32> y = smoothed(tf, target, config, (double) p.shape().get(last(p)));
    Operand<TFloat32> x = logits(p, "Softmax");
    Operand<TFloat32> logarithms =
        logit(config) || x != p
            ? logSoftmax(tf, x)
            : tf.math.log(probabilities(tf, tf.math.div(p, kept(tf, p))));
    return tf.math.neg(sum(tf, tf.math.mul(y, logarithms)));
  }

  private static Operand<TFloat32> categoricalFocal(
      Ops tf, Operand<TFloat32> target, Operand<TFloat32> given, JsonNode config) {
    Operand<TFloat32> y = smoothed(tf, target, config, (double) given.shape().get(last(given)));
    Operand<TFloat32> p = logit(config) ? tf.nn.softmax(given) : given;
    Operand<TFloat32> in = probabilities(tf, tf.math.div(p, kept(tf, p)));
    Operand<TFloat32> loss = tf.math.neg(tf.math.mul(y, tf.math.log(in)));
    Operand<TFloat32> factor =
        tf.math.mul(
            tf.math.pow(tf.math.sub(num(tf, 1), in), num(tf, option(config, "gamma", 2))),
            num(tf, option(config, "alpha", 0.25)));
    return sum(tf, tf.math.mul(factor, loss));
  }

  /** TensorFlow's own op for numbers of classes has no gradient in Java. */
  private static Operand<TFloat32> sparse(
      Ops tf, Operand<TFloat32> target, Operand<TFloat32> p, JsonNode config) {
    Operand<TFloat32> numbers =
        target.shape().numDimensions() == p.shape().numDimensions()
            ? tf.squeeze(target, Squeeze.axis(List.of((long) last(p))))
            : target;
    Operand<TFloat32> y =
        tf.oneHot(
            tf.dtypes.cast(numbers, TInt32.class),
            tf.constant(Math.toIntExact(p.shape().get(last(p)))),
            num(tf, 1),
            num(tf, 0));
    Operand<TFloat32> x = logits(p, "Softmax");
    boolean logit = logit(config) || x != p;
    Operand<TFloat32> scores = logit ? x : tf.math.log(probabilities(tf, p));
    return tf.math.neg(sum(tf, tf.math.mul(y, logSoftmax(tf, scores))));
  }
}
