package io.scenerank.train.optimizer;

import io.scenerank.config.InvalidInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.TFloat32;

/**
 * Keras' {@code Muon}: the momentum of a matrix is made nearly orthogonal by Newton-Schulz steps;
 * all other variables are updated by AdamW. Source: Keras' class; Muon is Scalable for LLM Training
 * (Liu et al., 2025).
 */
final class KerasMuon {
  private static final float EPSILON = 1e-7f;

  private KerasMuon() {}

  /**
   * Whether a variable is updated by AdamW: it is not a matrix, or its path is excluded.
   *
   * @param path the variable's in Keras
   */
  static boolean usesAdam(KerasOptions options, String path, Shape shape) {
    boolean table =
        options.flag("exclude_embeddings", true)
            && path.toLowerCase(Locale.ROOT).contains("embedding");
    return shape.numDimensions() != 2
        || table
        || excluded(options).stream().anyMatch(pattern -> pattern.matcher(path).find());
  }

  private static List<Pattern> excluded(KerasOptions options) {
    List<Pattern> patterns = new ArrayList<>();
    for (var keyword : options.json().path("exclude_layers")) {
      try {
        patterns.add(Pattern.compile(keyword.asText()));
      } catch (PatternSyntaxException e) {
        throw new InvalidInputException(
            options.where()
                + ": exclude_layers holds "
                + keyword
                + ", expected a regular expression",
            e);
      }
    }
    return patterns;
  }

  /** How much of a variable each step takes away, besides the learning rate; absent for nothing. */
  static Optional<Double> decay(KerasOptions options, String path, Shape shape) {
    return options.optional(
        usesAdam(options, path, shape) ? "adam_weight_decay" : KerasOptimizer.WEIGHT_DECAY);
  }

  static Operand<TFloat32> next(
      KerasRules.Step step, Operand<TFloat32> value, KerasGradient gradient, SlotUpdates slots) {
    KerasOptions options = step.options();
    if (usesAdam(options, slots.kerasPath(), value.shape())) {
      return KerasRules.adam(
          step.withRate(step.tf().math.mul(step.rate(), step.num(options.number("adam_lr_ratio")))),
          value,
          gradient,
          slots,
          "adam_");
    }
    Ops tf = step.tf();
    Operand<TFloat32> g = gradient.sum();
    double momentum = options.number("momentum");
    Operand<TFloat32> old = slots.read(AdamState.M);
    Operand<TFloat32> m =
        slots.write(
            AdamState.M,
            tf.math.add(old, tf.math.add(g, tf.math.mul(old, step.num(momentum - 1)))));
    Operand<TFloat32> direction =
        options.flag("nesterov", true) ? tf.math.add(g, tf.math.mul(step.num(momentum), m)) : m;
    Operand<TFloat32> change = tf.math.mul(step.rate(), orthogonal(step, direction));
    Optional<Double> rms = options.optional("rms_rate");
    if (rms.isPresent()) {
      double longer = Math.max(value.shape().get(0), value.shape().get(1));
      change = tf.math.mul(tf.math.mul(change, step.num(Math.sqrt(longer))), step.num(rms.get()));
    }
    return tf.math.sub(value, change);
  }

  /** Brings the singular values of a matrix near to 1. */
  private static Operand<TFloat32> orthogonal(KerasRules.Step step, Operand<TFloat32> matrix) {
    Ops tf = step.tf();
    boolean tall = matrix.shape().get(0) > matrix.shape().get(1);
    Operand<TFloat32> x = tall ? transposed(tf, matrix) : matrix;
    x = tf.math.div(x, tf.math.add(KerasRules.norm(tf, x), tf.constant(EPSILON)));
    Operand<TFloat32> a = step.num(step.options().number("muon_a"));
    Operand<TFloat32> b = step.num(step.options().number("muon_b"));
    Operand<TFloat32> c = step.num(step.options().number("muon_c"));
    for (int i = 0; i < (int) step.options().number("ns_steps"); i++) {
      Operand<TFloat32> square = tf.linalg.matMul(x, x, MatMul.transposeB(true));
      Operand<TFloat32> polynomial =
          tf.math.add(tf.math.mul(b, square), tf.linalg.matMul(tf.math.mul(c, square), square));
      x = tf.math.add(tf.math.mul(a, x), tf.linalg.matMul(polynomial, x));
    }
    return tall ? transposed(tf, x) : x;
  }

  private static Operand<TFloat32> transposed(Ops tf, Operand<TFloat32> x) {
    return tf.linalg.transpose(x, tf.constant(new int[] {1, 0}));
  }
}
