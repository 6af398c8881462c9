package io.scenerank.train;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.PublicApi;
import io.scenerank.eval.Metrics;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Hears of the progress of a training. Called on the training thread, which ends with an exception
 * that is thrown here.
 */
@FunctionalInterface
@PublicApi
public interface TrainingListener {
  /** A listener that does nothing. */
  TrainingListener NONE = epoch -> {};

  /** A listener that tells several, in their order. */
  static TrainingListener all(TrainingListener... listeners) {
    return new TrainingListener() {
      @Override
      public boolean measuresGradients(int step, boolean endsEpoch) {
        return Arrays.stream(listeners)
            .anyMatch(listener -> listener.measuresGradients(step, endsEpoch));
      }

      @Override
      public boolean isStopRequested() {
        return Arrays.stream(listeners).anyMatch(TrainingListener::isStopRequested);
      }

      @Override
      public void onResume(TrainingState state, ImmutableList<String> damaged) throws IOException {
        for (TrainingListener listener : listeners) {
          listener.onResume(state, damaged);
        }
      }

      @Override
      public void onStep(StepResult step) throws IOException {
        for (TrainingListener listener : listeners) {
          listener.onStep(step);
        }
      }

      @Override
      public void onEpoch(EpochResult epoch) throws IOException {
        for (TrainingListener listener : listeners) {
          listener.onEpoch(epoch);
        }
      }

      @Override
      public void onCluster(ClusterMetrics metrics) throws IOException {
        for (TrainingListener listener : listeners) {
          listener.onCluster(metrics);
        }
      }
    };
  }

  /**
   * Whether the gradients of a step are to be measured, which makes the step a twentieth slower.
   * They are not, unless it is overridden.
   *
   * @param step number of the step, as {@link StepResult#step}
   * @param endsEpoch whether it is the last one of its epoch
   */
  default boolean measuresGradients(int step, boolean endsEpoch) {
    return false;
  }

  /**
   * The training resumes from a checkpoint. Does nothing unless it is overridden.
   *
   * @param state its present state
   * @param damaged a line for each newer checkpoint that could not be used, newest first
   */
  default void onResume(TrainingState state, ImmutableList<String> damaged) throws IOException {}

  /** A step is finished. Does nothing unless it is overridden. */
  default void onStep(StepResult step) throws IOException {}

  /** An epoch is finished, and its checkpoint written. */
  void onEpoch(EpochResult epoch) throws IOException;

  /**
   * What several machines did since the last such metrics; called only if several machines train,
   * and after {@link #onStep} of the step that the metrics name. Does nothing unless it is
   * overridden.
   */
  default void onCluster(ClusterMetrics metrics) throws IOException {}

  /**
   * Whether the training is to end: asked after every step, and between batches of an evaluation.
   * It then writes a checkpoint from which it can continue, and ends with {@link TrainingStopped}.
   * Never, unless it is overridden.
   */
  default boolean isStopRequested() {
    return false;
  }

  /**
   * A finished step.
   *
   * @param epoch number of the epoch, from 1
   * @param epochs epochs in all
   * @param rows rows of this epoch so far
   * @param rowsOfEpoch rows of an epoch
   * @param loss loss of the step's batch, with regularisers
   * @param rowsOfStep rows of the step's batch
   * @param step finished steps, with those of an earlier training that this one continues from
   * @param learningRate rate of the step
   * @param gradientNorm Euclidean norm of all gradients together, if {@link #measuresGradients}
   *     requested it
   * @param lossWeights what the tasks' losses were multiplied by, by task, if they are learned and
   *     {@link #measuresGradients} requested it
   */
  record StepResult(
      int epoch,
      int epochs,
      int rows,
      int rowsOfEpoch,
      float loss,
      int rowsOfStep,
      int step,
      float learningRate,
      OptionalDouble gradientNorm,
      ImmutableMap<String, Float> lossWeights) {}

  /**
   * A finished epoch.
   *
   * @param epoch number of the epoch, from 1
   * @param loss mean loss of its steps, weighted by their rows
   * @param samplesPerSecond rows trained a second, validation and checkpoint left out
   * @param validation metrics of the validation rows, where there are any
   * @param step finished steps, as {@link StepResult#step}
   * @param graph the model as the epoch left it, to look at and to leave as it is
   */
  record EpochResult(
      int epoch,
      double loss,
      double samplesPerSecond,
      Optional<Metrics> validation,
      int step,
      TrainingGraph graph) {}

  /** A training ended because its listener requested it; its checkpoint stays. */
  @PublicApi
  final class TrainingStopped extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public TrainingStopped() {
      super("the training was stopped");
    }
  }

  /**
   * What several machines did since the last such metrics.
   *
   * @param step finished steps, as {@link TrainingListener.StepResult#step}
   * @param samplesPerSecond rows trained a second by all workers together
   * @param workers one for each worker of the cluster, in its order
   * @param meanStaleness updates of others that a worker's gradient missed, on average: those
   *     between its reading of the variables and its own update; 0 in synchronous training
   * @param maxStaleness the most
   * @param bytesPerStep values and row numbers that crossed the network, in bytes, a step of one
   *     worker; without the envelope of the messages
   */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  record ClusterMetrics(
      int step,
      double samplesPerSecond,
      ImmutableList<Worker> workers,
      double meanStaleness,
      int maxStaleness,
      double bytesPerStep) {

    /** Missing {@code workers} are none. */
    public ClusterMetrics {
      workers = workers == null ? ImmutableList.of() : workers;
    }

    /** The same metrics at another step. */
    public ClusterMetrics withStep(int other) {
      return new ClusterMetrics(
          other, samplesPerSecond, workers, meanStaleness, maxStaleness, bytesPerStep);
    }

    /** How many workers take part at the moment. */
    public int presentWorkers() {
      return (int) workers.stream().filter(Worker::present).count();
    }

    /**
     * A worker.
     *
     * @param index its number
     * @param samplesPerSecond rows that it trained a second
     * @param present whether it takes part at the moment
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record Worker(int index, double samplesPerSecond, boolean present) {}
  }
}
