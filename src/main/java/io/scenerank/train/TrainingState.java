package io.scenerank.train;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import com.google.common.collect.ImmutableMap;
import io.scenerank.config.InvalidInputException;
import io.scenerank.train.LearningRateSchedule.Schedule;
import io.scenerank.train.optimizer.AdamState;
import io.scenerank.variable.FloatTensor;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The state of a training; with the variables and slots, all that continuing needs. The order of an
 * epoch's rows follows from seed, epoch and rows alone.
 *
 * @param epoch finished epochs
 * @param step finished steps, with those of an earlier training that this one continues from:
 *     Adam's correction and dropout count on, epochs and the learning rate's schedule begin again
 * @param seed seed of shuffling, split, initialisers and dropout
 * @param rows training rows an epoch, without the validation rows; 0 where they are not known
 * @param batchSize rows a step; 0 where it is not known
 * @param bestEpoch epoch of the best validation metric; 0 before the first
 * @param bestMetric that metric; of no meaning before the first
 * @param position the position in the epoch after the finished ones
 * @param plateau how far the learning rate has been reduced
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record TrainingState(
    int epoch,
    int step,
    long seed,
    int rows,
    int batchSize,
    int bestEpoch,
    double bestMetric,
    Position position,
    Reduction plateau) {

  /**
   * The position in an epoch.
   *
   * @param step its finished steps
   * @param lossSum sum over its rows so far of their batch's loss
   */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  public record Position(int step, double lossSum) {
    /** Before the first step. */
    static final Position BEGIN = new Position(0, 0);

    /**
     * @throws InvalidInputException if the step is negative
     */
    public Position {
      if (step < 0) {
        throw new InvalidInputException("position.step is " + step + ", expected 0 or more");
      }
    }
  }

  /**
   * What {@code reduce_on_plateau} has reached.
   *
   * @param learningRate the rate by now; 0 for that of the configuration
   * @param waited epochs since the best one or the last reduction
   */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  public record Reduction(float learningRate, int waited) {
    static final Reduction NONE = new Reduction(0, 0);

    float rate(float initial) {
      return learningRate == 0 ? initial : learningRate;
    }

    /** After an epoch that was not the best. */
    private Reduction afterWorseEpoch(TrainingConfig config) {
      Plateau plateau = config.plateau();
      if (waited + 1 < plateau.patience()) {
        return new Reduction(learningRate, waited + 1);
      }
      float rate = rate(config.learningRate());
      double reduced = Math.max((double) rate * plateau.factor(), plateau.minLearningRate());
      return new Reduction(Math.min(rate, (float) reduced), 0);
    }
  }

  /**
   * @param position null, as in files of before there was one, at the end of an epoch
   * @param plateau null for a rate that was not reduced
   * @throws InvalidInputException if the epoch or the step is negative
   */
  public TrainingState {
    if (epoch < 0) {
      throw new InvalidInputException("epoch is " + epoch + ", expected 0 or more");
    }
    AdamState.checkStep(step);
    position = position == null ? Position.BEGIN : position;
    plateau = plateau == null ? Reduction.NONE : plateau;
  }

  /** The state at the end of an epoch, the rate not reduced. */
  public TrainingState(
      int epoch, int step, long seed, int rows, int batchSize, int bestEpoch, double bestMetric) {
    this(epoch, step, seed, rows, batchSize, bestEpoch, bestMetric, Position.BEGIN, Reduction.NONE);
  }

  /**
   * The state of variables that another program trained, before the first epoch here. Their seed
   * and rows are not known.
   *
   * @param step finished steps of the optimizer; 0 where its moments are not there
   * @throws InvalidInputException if the step is negative or above 2^31 - 1
   */
  public static TrainingState imported(long step) {
    AdamState.checkStep(step);
    return new TrainingState(0, (int) step, 0, 0, 0, 0, -1);
  }

  static TrainingState start(int step, long seed, int rows, int batchSize) {
    return new TrainingState(0, step, seed, rows, batchSize, 0, -1);
  }

  /** The same state with an optimizer that begins again. */
  public TrainingState withNewOptimizer() {
    return new TrainingState(
        epoch, 0, seed, rows, batchSize, bestEpoch, bestMetric, position, plateau);
  }

  /** The epoch whose variables the training keeps: with patience the best, else the last. */
  public int keptEpoch(TrainingConfig config) {
    return config.patience() > 0 && bestEpoch > 0 ? bestEpoch : epoch;
  }

  /** The same state before another step of the epoch; its mean loss is of no meaning. */
  TrainingState atStep(int stepOfEpoch) {
    return new TrainingState(
        epoch,
        firstStep() + stepOfEpoch,
        seed,
        rows,
        batchSize,
        bestEpoch,
        bestMetric,
        new Position(stepOfEpoch, 0),
        plateau);
  }

  /** Finished steps before the first one of the epoch. */
  public int firstStep() {
    return step - position.step();
  }

  /** Rows of the epoch that its finished steps have seen. */
  public int rowsDone() {
    return (int) Math.min((long) position.step() * batchSize, rows);
  }

  /** Whether all steps of the epoch are done, and only its end is left. */
  boolean isEpochTrained() {
    return rowsDone() == rows;
  }

  /** Mean loss of the epoch's rows so far. */
  double meanLoss() {
    return position.lossSum() / rowsDone();
  }

  /**
   * After one more step.
   *
   * @param loss of its batch
   * @param size rows of its batch
   */
  TrainingState finishedStep(float loss, int size) {
    return new TrainingState(
        epoch,
        step + 1,
        seed,
        rows,
        batchSize,
        bestEpoch,
        bestMetric,
        new Position(position.step() + 1, position.lossSum() + (double) loss * size),
        plateau);
  }

  /**
   * After the epoch's end.
   *
   * @param metric of the validation rows; empty if there are none or they do not have it
   */
  TrainingState finishedEpoch(OptionalDouble metric, Monitor monitor, TrainingConfig config) {
    boolean best =
        metric.isPresent()
            && (bestEpoch == 0 || monitor.isBetter(metric.getAsDouble(), bestMetric));
    Reduction reduction = Reduction.NONE;
    if (config.schedule() == Schedule.REDUCE_ON_PLATEAU) {
      reduction = best ? new Reduction(plateau.learningRate(), 0) : plateau.afterWorseEpoch(config);
    }
    return new TrainingState(
        epoch + 1,
        step,
        seed,
        rows,
        batchSize,
        best ? epoch + 1 : bestEpoch,
        best ? metric.getAsDouble() : bestMetric,
        Position.BEGIN,
        reduction);
  }

  /** Whether this state can continue with the rows and settings of {@code other}. */
  boolean fits(TrainingState other) {
    return seed == other.seed && rows == other.rows && batchSize == other.batchSize;
  }

  /**
   * What training continues with.
   *
   * @param weights every variable of the model by its path, trainable or not; an embedding table
   *     has its own path, {@code embedding/user_id/embeddings}
   * @param adam the optimizer's state, where Adam (exact or lazy) has trained the weights
   * @param step finished steps of another optimizer, whose state is in {@code slots}
   * @param slots the variables of an optimizer that Keras compiled the model with, by their paths;
   *     none where it starts again
   * @param lossWeights what the tasks' losses are multiplied by, by task, where that is learned;
   *     they are read and never taken over
   */
  public record TrainedState(
      ImmutableMap<String, FloatTensor> weights,
      Optional<AdamState> adam,
      long step,
      ImmutableMap<String, FloatTensor> slots,
      ImmutableMap<String, Float> lossWeights) {

    /** The state of a training with fixed weights of the losses. */
    public TrainedState(
        ImmutableMap<String, FloatTensor> weights,
        Optional<AdamState> adam,
        long step,
        ImmutableMap<String, FloatTensor> slots) {
      this(weights, adam, step, slots, ImmutableMap.of());
    }

    /** The state of a training without an optimizer's, or with that of Adam. */
    public TrainedState(ImmutableMap<String, FloatTensor> weights, Optional<AdamState> adam) {
      this(weights, adam, adam.map(AdamState::step).orElse(0L), ImmutableMap.of());
    }
  }
}
