package io.scenerank.train;

import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.scenerank.PublicApi;
import io.scenerank.config.InvalidInputException;
import java.util.Locale;
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
