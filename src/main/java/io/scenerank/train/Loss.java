package io.scenerank.train;

import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.scenerank.PublicApi;
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
}
