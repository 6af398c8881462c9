package io.scenerank.train;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import com.google.common.collect.ImmutableMap;
import io.scenerank.feature.InvalidInputException;
import io.scenerank.model.ModelType;

/**
 * How a model is trained.
 *
 * @param epochs passes over the training rows; the default is the model's own, mostly 3
 * @param batchSize rows a step; the default is the model's own, mostly 128
 * @param optimizer lazy_adam (default), adam, sgd or adagrad
 * @param learningRate rate of the first step; the default is the model's own, mostly 0.008
 * @param schedule how the rate changes over all steps: constant or cosine (default), which ends at
 *     0
 * @param loss logits (default) or probabilities
 * @param lossWeights factor of a task's loss by task, default 1
 * @param validationSplit share of the training rows kept for validation, in [0, 1), default 0
 * @param patience epochs without a better validation {@code auc_macro} before training stops; with
 *     it the best epoch's variables are kept, without (0, the default) the last one's
 * @param shuffleBuffer rows that are mixed at a time while rows are streamed from their files; 0
 *     (the default) for rows in memory that are all shuffled
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record TrainingConfig(
    int epochs,
    int batchSize,
    OptimizerType optimizer,
    float learningRate,
    Schedule schedule,
    LossForm loss,
    ImmutableMap<String, Float> lossWeights,
    double validationSplit,
    int patience,
    int shuffleBuffer) {

  /**
   * @throws InvalidInputException naming the key that is out of range
   */
  public TrainingConfig {
    require(epochs >= 1, "epochs is " + epochs + ", expected at least 1");
    require(batchSize >= 1, "batch_size is " + batchSize + ", expected at least 1");
    require(
        learningRate > 0 && Float.isFinite(learningRate),
        "learning_rate is " + learningRate + ", expected a number above 0");
    require(
        validationSplit >= 0 && validationSplit < 1,
        "validation_split is " + validationSplit + ", expected at least 0 and below 1");
    require(patience >= 0, "patience is " + patience + ", expected 0 or more");
    require(
        patience == 0 || validationSplit > 0,
        "patience is " + patience + " but validation_split is 0: nothing tells when to stop");
    require(shuffleBuffer >= 0, "shuffle_buffer is " + shuffleBuffer + ", expected 0 or more");
    lossWeights.forEach(
        (task, weight) ->
            require(
                weight >= 0 && Float.isFinite(weight),
                "loss_weights." + task + " is " + weight + ", expected 0 or more"));
  }

  /** Training on rows in memory. */
  public TrainingConfig(
      int epochs,
      int batchSize,
      OptimizerType optimizer,
      float learningRate,
      Schedule schedule,
      LossForm loss,
      ImmutableMap<String, Float> lossWeights,
      double validationSplit,
      int patience) {
    this(
        epochs,
        batchSize,
        optimizer,
        learningRate,
        schedule,
        loss,
        lossWeights,
        validationSplit,
        patience,
        0);
  }

  /** The same with another shuffle buffer. */
  public TrainingConfig withShuffleBuffer(int rows) {
    return new TrainingConfig(
        epochs,
        batchSize,
        optimizer,
        learningRate,
        schedule,
        loss,
        lossWeights,
        validationSplit,
        patience,
        rows);
  }

  /** Whether rows are streamed from their files. */
  public boolean streamsRows() {
    return shuffleBuffer > 0;
  }

  /** The defaults at the usual pace. */
  public static TrainingConfig defaults() {
    return defaults(ModelType.Pace.USUAL);
  }

  /** The defaults at a model's pace, chosen on validation rows of the built-in data. */
  public static TrainingConfig defaults(ModelType.Pace pace) {
    return new TrainingConfig(
        pace.epochs(),
        pace.batchSize(),
        OptimizerType.LAZY_ADAM,
        pace.learningRate(),
        Schedule.COSINE,
        LossForm.LOGITS,
        ImmutableMap.of(),
        0,
        0);
  }

  /**
   * Keras' own defaults: one epoch of batches of 32, Adam over every row of a table with the rate
   * 0.001, loss from clipped probabilities.
   */
  public static TrainingConfig keras() {
    return new TrainingConfig(
        1,
        32,
        OptimizerType.ADAM,
        0.001f,
        Schedule.CONSTANT,
        LossForm.PROBABILITIES,
        ImmutableMap.of(),
        0,
        0);
  }

  private static void require(boolean condition, String problem) {
    if (!condition) {
      throw new InvalidInputException("training." + problem);
    }
  }
}
