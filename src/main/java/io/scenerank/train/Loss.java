package io.scenerank.train;

import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.google.common.collect.ImmutableMap;
import io.scenerank.PublicApi;
import io.scenerank.config.InvalidInputException;
import io.scenerank.feature.Targets.TaskType;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The loss of one task. Of the library are those of {@link LossForm}; a loss of your own is known
 * by its key in configurations once {@link TrainingMethods#withLoss} has it.
 */
@JsonDeserialize(using = TrainingMethods.LossReader.class)
@PublicApi
public interface Loss {
  /** The name in configurations, {@code training.loss}; in snake case. */
  @JsonValue
  String key();

  /**
   * Adds the loss to the training graph. Its gradient is computed by TensorFlow, so that it is made
   * of ops that have one in TensorFlow Java.
   *
   * @param logit [B, 1], before the sigmoid
   * @param label [B, 1], 0 or 1
   * @return scalar, the mean over the rows
   */
  Operand<TFloat32> call(Ops tf, Operand<TFloat32> logit, Operand<TFloat32> label);

  /** The loss of a task, where tasks have different ones. */
  default Loss ofTask(String task) {
    return this;
  }

  /**
   * Adds the loss to the training graph.
   *
   * @param logit [B, 1]
   * @param score [B, 1], what is served: the probability, or another number of a model that has
   *     such outputs
   * @param label [B, 1]
   * @return scalar, the mean over the rows
   */
  default Operand<TFloat32> call(
      Ops tf, Operand<TFloat32> logit, Operand<TFloat32> score, Operand<TFloat32> label) {
    return call(tf, logit, label);
  }

  /**
   * Adds the loss of rows that count differently, as Keras' reduction {@code sum_over_batch_size}
   * has it: the sum of weight times loss, divided by the number of rows. Rows without a label have
   * the weight 0.
   *
   * @param logit [B, 1]
   * @param score [B, 1]
   * @param label [B, 1]
   * @param weight [B, 1], 0 or more
   * @return scalar
   * @throws InvalidInputException unless the loss overrides this
   */
  default Operand<TFloat32> call(
      Ops tf,
      Operand<TFloat32> logit,
      Operand<TFloat32> score,
      Operand<TFloat32> label,
      Operand<TFloat32> weight) {
    throw new InvalidInputException(
        "training.loss: '"
            + key()
            + "' makes the mean over the rows itself, but rows have weights or lack labels;"
            + " expected a loss that overrides call(tf, logit, score, label, weight)");
  }

  /**
   * How the losses of the tasks are weighted: {@code loss_weights}. Learned weights are for a model
   * of two tasks or more.
   */
  public sealed interface LossWeights {
    /** The form in configurations. */
    @JsonValue
    Object json();

    /** Whether keys of a configuration are put over these one by one. */
    boolean mergesWith(JsonNode given);

    /** The weight of a task's loss in the first step. */
    float first(String task, TaskType type);

    /** Whether training learns the weights. */
    default boolean areLearned() {
      return true;
    }

    /** The name in messages. */
    String text();

    /** The same with the word that tells fixed weights. */
    default String shown() {
      return areLearned() ? text() : "fixed weights";
    }

    /**
     * Weights that stay as they are.
     *
     * @param factors by task; 1 where a task has none
     * @throws InvalidInputException naming the task whose factor is negative or not finite
     */
    static LossWeights fixed(Map<String, Float> factors) {
      return new Fixed(ImmutableMap.copyOf(factors));
    }

    /** Every loss counts once. */
    static LossWeights none() {
      return fixed(ImmutableMap.of());
    }

    /** Weights by each task's uncertainty, {@link Uncertainty}. */
    static LossWeights uncertainty() {
      return new Uncertainty();
    }

    /** Weights by the norms of the tasks' gradients, {@link GradNorm}, with its defaults. */
    static GradNorm gradnorm() {
      return GradNorm.DEFAULT;
    }

    /**
     * Checks that there is something to balance.
     *
     * @throws InvalidInputException if weights are to be learned for one task alone
     */
    default void requireTasks(List<String> tasks) {
      TrainingConfig.require(
          !areLearned() || tasks.size() > 1,
          String.format(
              "loss_weights is %s, but the model has one task, '%s': there is nothing to balance;"
                  + " expected fixed weights",
              text(), String.join("', '", tasks)));
    }

    /**
     * Checks that nothing is to be learned.
     *
     * @throws InvalidInputException if weights are to be learned, which a cluster does not do
     */
    default void requireFixed() {
      TrainingConfig.require(
          !areLearned(),
          "loss_weights is "
              + text()
              + ", which a cluster does not learn; expected fixed weights or a training on one"
              + " machine");
    }

    /**
     * Weights that stay as they are.
     *
     * @param factors by task; 1 where a task has none
     */
    record Fixed(ImmutableMap<String, Float> factors) implements LossWeights {
      /**
       * @throws InvalidInputException naming the task whose factor is negative or not finite
       */
      public Fixed {
        factors.forEach(
            (task, weight) ->
                TrainingConfig.require(
                    weight >= 0 && Float.isFinite(weight),
                    "loss_weights." + task + " is " + weight + ", expected 0 or more"));
      }

      @Override
      public Object json() {
        return factors;
      }

      @Override
      public boolean mergesWith(JsonNode given) {
        return !given.path(LossWeightsReader.METHOD).isTextual();
      }

      @Override
      public float first(String task, TaskType type) {
        return factors.getOrDefault(task, 1f);
      }

      @Override
      public boolean areLearned() {
        return false;
      }

      @Override
      public String text() {
        return factors.toString();
      }
    }

    /**
     * Weights by the noise σ of each task, which is learned with the model: the loss is the sum of
     * {@code L / (2σ²) + log σ} over regressions and of {@code L / σ² + log σ} over binary tasks
     * and counts. What is learned is {@code log σ²}, from 0 on, by the optimizer and with the
     * learning rate of the model's variables, but without weight decay and clipping.
     *
     * <p>The likelihood is that of each label: a row without a label, or with the weight 0, brings
     * no {@code log σ} either, and {@code log σ} counts by the mean weight of the batch's rows.
     *
     * <p>Source: Multi-task learning using uncertainty to weigh losses for scene geometry and
     * semantics (Kendall, Gal and Cipolla, 2018), section 3.2, equations 7 and 10.
     */
    record Uncertainty() implements LossWeights {
      @Override
      public Object json() {
        return text();
      }

      @Override
      public boolean mergesWith(JsonNode given) {
        return false;
      }

      @Override
      public float first(String task, TaskType type) {
        return type == TaskType.REGRESSION ? 0.5f : 1f;
      }

      @Override
      public String text() {
        return LossWeightsReader.UNCERTAINTY;
      }
    }

    /**
     * Weights that keep the norms of the tasks' gradients, with respect to variables that all tasks
     * share, near their mean, more of it for tasks that train slowly. They are positive and their
     * sum is the number of tasks.
     *
     * <p>With {@code G = |w ∇L|} of a task, its target is {@code mean(G) r^alpha}, where r is the
     * task's {@code L / L(0)} divided by the mean of these; L is the loss of a row with a label,
     * and L(0) that of the first batch with labels of the task. Adam takes the gradient of {@code Σ
     * |G - target|} with respect to the weights, the target being constant; then weights below
     * 0.001 become 0.001, and all are scaled to their sum. A task without a label in a batch has no
     * target and no gradient in that step.
     *
     * <p>Source: GradNorm: gradient normalization for adaptive loss balancing in deep multitask
     * networks (Chen et al., 2018), section 3 and algorithm 1, which leaves the optimizer open.
     *
     * @param alpha how far slow tasks are preferred, 0 or more; default 1.5
     * @param learningRate of the weights, above 0; default 0.025
     * @param layer path of the layer with the shared variables; null for the last layers that all
     *     tasks share
     */
    record GradNorm(float alpha, float learningRate, @Nullable String layer)
        implements LossWeights {
      static final GradNorm DEFAULT = new GradNorm(1.5f, 0.025f, null);

      /**
       * @throws InvalidInputException naming the key that is out of range
       */
      public GradNorm {
        TrainingConfig.require(
            alpha >= 0 && Float.isFinite(alpha),
            "loss_weights.alpha is " + alpha + ", expected 0 or more");
        TrainingConfig.require(
            learningRate > 0 && Float.isFinite(learningRate),
            "loss_weights.learning_rate is " + learningRate + ", expected a number above 0");
      }

      /** The same with another alpha. */
      public GradNorm withAlpha(float other) {
        return new GradNorm(other, learningRate, layer);
      }

      /** The same with another learning rate of the weights. */
      public GradNorm withLearningRate(float other) {
        return new GradNorm(alpha, other, layer);
      }

      /** The same with the variables of another layer. */
      public GradNorm withLayer(String path) {
        return new GradNorm(alpha, learningRate, path);
      }

      @Override
      public Object json() {
        return LossWeightsReader.json(this);
      }

      @Override
      public boolean mergesWith(JsonNode given) {
        return LossWeightsReader.isGradNorm(given);
      }

      @Override
      public float first(String task, TaskType type) {
        return 1;
      }

      @Override
      public String text() {
        return LossWeightsReader.GRADNORM;
      }
    }
  }

  /** How the mean binary cross-entropy of one task is computed. */
  @PublicApi
  enum LossForm implements Loss {
    /** {@code softplus(x) - x·z}: exact for any logit. The default. */
    LOGITS {
      @Override
      Operand<TFloat32> each(Ops tf, Operand<TFloat32> logit, Operand<TFloat32> label) {
        return tf.math.sub(tf.math.softplus(logit), tf.math.mul(logit, label));
      }
    },
    /** Keras' form: probabilities clipped to [1e-7, 1 - 1e-7]; the form of parity. */
    PROBABILITIES {
      @Override
      Operand<TFloat32> each(Ops tf, Operand<TFloat32> logit, Operand<TFloat32> label) {
        Operand<TFloat32> one = tf.constant(1f);
        Operand<TFloat32> p =
            tf.math.maximum(
                tf.math.minimum(tf.math.sigmoid(logit), tf.constant(1f - 1e-7f)),
                tf.constant(1e-7f));
        Operand<TFloat32> positive = tf.math.mul(label, tf.math.log(p));
        Operand<TFloat32> negative =
            tf.math.mul(tf.math.sub(one, label), tf.math.log(tf.math.sub(one, p)));
        return tf.math.neg(tf.math.add(positive, negative));
      }
    };

    /** The loss of each row, [B, 1]. */
    abstract Operand<TFloat32> each(Ops tf, Operand<TFloat32> logit, Operand<TFloat32> label);

    @Override
    public Operand<TFloat32> call(Ops tf, Operand<TFloat32> logit, Operand<TFloat32> label) {
      return mean(tf, each(tf, logit, label));
    }

    @Override
    public Operand<TFloat32> call(
        Ops tf,
        Operand<TFloat32> logit,
        Operand<TFloat32> score,
        Operand<TFloat32> label,
        Operand<TFloat32> weight) {
      return mean(tf, tf.math.mul(each(tf, logit, label), weight));
    }

    @Override
    public String key() {
      return name().toLowerCase(Locale.ROOT);
    }

    private static Operand<TFloat32> mean(Ops tf, Operand<TFloat32> each) {
      return tf.math.mean(each, tf.constant(new int[] {0, 1}));
    }
  }
}
