package io.scenerank.train;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.PublicApi;
import io.scenerank.config.InvalidInputException;
import io.scenerank.feature.Targets;
import io.scenerank.model.ModelType;
import io.scenerank.train.LearningRateSchedule.Schedule;
import io.scenerank.train.Loss.LossForm;
import io.scenerank.train.Loss.LossWeights;
import io.scenerank.train.optimizer.OptimizerFactory;
import io.scenerank.train.optimizer.OptimizerFactory.OptimizerType;
import io.scenerank.train.optimizer.StepUpdates;

/**
 * How a model is trained.
 *
 * @param epochs passes over the training rows; the default is the model's own, mostly 3
 * @param batchSize rows a step; the default is the model's own, mostly 128
 * @param optimizer lazy_adam (default), adam, sgd, adagrad or one of your own ({@link
 *     TrainingMethods})
 * @param learningRate rate of the first step; the default is the model's own, mostly 0.008
 * @param schedule how the rate changes over all steps: constant, cosine (default), which ends at 0,
 *     reduce_on_plateau or one of your own
 * @param warmupSteps first steps in which the rate rises evenly, from a part of it to all of it;
 *     the schedule is for the steps after them; default 0
 * @param plateau when {@code reduce_on_plateau} reduces the rate, and how far
 * @param globalClipnorm largest norm of all gradients together, tables' by their summed rows; all
 *     are scaled alike where it is larger. 0 (the default) for no limit. Keras' {@code
 *     global_clipnorm}
 * @param clipvalue largest absolute value in a gradient, larger ones become it; 0 (the default) for
 *     no limit. Keras' {@code clipvalue}
 * @param loss logits (default), probabilities or one of your own
 * @param lossWeights how the tasks' losses are weighted: by fixed factors, default 1, or by factors
 *     that are learned
 * @param validationSplit share of the training rows kept for validation, in [0, 1), default 0
 * @param patience epochs without a better validation metric before training stops; with it the best
 *     epoch's variables are kept, without (0, the default) the last one's
 * @param monitor the metric of the validation rows that tells the best epoch, by its name in {@code
 *     metrics.json}; default auc_macro
 * @param checkpoints when checkpoints are written besides every epoch's, and how many are kept
 * @param log how closely the training is written down
 * @param shuffleBuffer rows that are mixed at a time while rows are streamed from their files; 0
 *     (the default) for rows in memory that are all shuffled
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
@PublicApi
public record TrainingConfig(
    int epochs,
    int batchSize,
    @JsonDeserialize(using = TrainingMethods.OptimizerReader.class) OptimizerFactory optimizer,
    float learningRate,
    LearningRateSchedule schedule,
    int warmupSteps,
    Plateau plateau,
    float globalClipnorm,
    float clipvalue,
    Loss loss,
    @JsonDeserialize(using = LossWeightsReader.class) LossWeights lossWeights,
    double validationSplit,
    int patience,
    String monitor,
    CheckpointPace checkpoints,
    LogPace log,
    int shuffleBuffer) {
  /** The metric that tells the best epoch unless another is named. */
  static final String MONITOR = "auc_macro";

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
    require(
        schedule != Schedule.REDUCE_ON_PLATEAU || validationSplit > 0,
        "schedule is reduce_on_plateau but validation_split is 0: nothing tells when to reduce");
    require(warmupSteps >= 0, "warmup_steps is " + warmupSteps + ", expected 0 or more");
    requireLimit("global_clipnorm", globalClipnorm);
    requireLimit("clipvalue", clipvalue);
    require(
        globalClipnorm == 0 || clipvalue == 0,
        "global_clipnorm and clipvalue exclude each other, expected one of them to be 0");
    require(shuffleBuffer >= 0, "shuffle_buffer is " + shuffleBuffer + ", expected 0 or more");
  }

  /** Training in memory without warm-up and clipping, with a checkpoint an epoch. */
  public TrainingConfig(
      int epochs,
      int batchSize,
      OptimizerFactory optimizer,
      float learningRate,
      LearningRateSchedule schedule,
      Loss loss,
      ImmutableMap<String, Float> lossWeights,
      double validationSplit,
      int patience) {
    this(
        epochs,
        batchSize,
        optimizer,
        learningRate,
        schedule,
        0,
        Plateau.DEFAULT,
        0,
        0,
        loss,
        LossWeights.fixed(lossWeights),
        validationSplit,
        patience,
        MONITOR,
        CheckpointPace.DEFAULT,
        LogPace.DEFAULT,
        0);
  }

  /** The same with another shuffle buffer. */
  public TrainingConfig withShuffleBuffer(int rows) {
    return with(optimizer, schedule, loss, lossWeights, rows);
  }

  /** The same with other weights of the tasks' losses. */
  public TrainingConfig withLossWeights(LossWeights other) {
    return with(optimizer, schedule, loss, other, shuffleBuffer);
  }

  /** The same with another optimizer, of the library or your own. */
  public TrainingConfig withOptimizer(OptimizerFactory other) {
    return with(other, schedule, loss, lossWeights, shuffleBuffer);
  }

  /** The same with another learning-rate schedule, of the library or your own. */
  public TrainingConfig withSchedule(LearningRateSchedule other) {
    return with(optimizer, other, loss, lossWeights, shuffleBuffer);
  }

  /** The same with another loss of each task, of the library or your own. */
  public TrainingConfig withLoss(Loss other) {
    return with(optimizer, schedule, other, lossWeights, shuffleBuffer);
  }

  private TrainingConfig with(
      OptimizerFactory newOptimizer,
      LearningRateSchedule newSchedule,
      Loss newLoss,
      LossWeights newLossWeights,
      int newShuffleBuffer) {
    return new TrainingConfig(
        epochs,
        batchSize,
        newOptimizer,
        learningRate,
        newSchedule,
        warmupSteps,
        plateau,
        globalClipnorm,
        clipvalue,
        newLoss,
        newLossWeights,
        validationSplit,
        patience,
        monitor,
        checkpoints,
        log,
        newShuffleBuffer);
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

  /**
   * Checks that a model of these tasks has the metric that is monitored.
   *
   * @throws InvalidInputException with the nearest name if it has not
   */
  public void requireMonitor(ImmutableList<String> tasks, Targets targets) {
    Monitor.of(monitor, tasks, targets);
  }

  private static void requireLimit(String key, float limit) {
    require(limit >= 0 && Float.isFinite(limit), key + " is " + limit + ", expected 0 or more");
  }

  static void require(boolean condition, String problem) {
    if (!condition) {
      throw new InvalidInputException("training." + problem);
    }
  }

  /**
   * This configuration without what other keys replace as a whole: weights of losses by another
   * method.
   *
   * @param given keys that are put over these
   */
  public TrainingConfig below(JsonNode given) {
    JsonNode weights = given.path("loss_weights");
    return weights.isObject() && !lossWeights.mergesWith(weights)
        ? withLossWeights(LossWeights.none())
        : this;
  }

  /** What becomes of the gradients of a step. */
  StepUpdates.Rule updateRule() {
    return new StepUpdates.Rule(optimizer, globalClipnorm, clipvalue);
  }

  /**
   * How closely a training is written down.
   *
   * @param everySteps steps from one point of {@code history.jsonl} to the next; an epoch's last
   *     step always is one
   * @param tensorboard whether {@code events/} is written for TensorBoard
   */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  public record LogPace(int everySteps, boolean tensorboard) {
    /** Every ten steps, for TensorBoard too. */
    public static final LogPace DEFAULT = new LogPace(10, true);

    /**
     * @throws InvalidInputException naming the key that is out of range
     */
    public LogPace {
      if (everySteps < 1) {
        throw new InvalidInputException(
            "training.log.every_steps is " + everySteps + ", expected at least 1");
      }
    }
  }
}
