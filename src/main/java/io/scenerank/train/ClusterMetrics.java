package io.scenerank.train;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import com.google.common.collect.ImmutableList;

/**
 * What several machines did since the last such metrics.
 *
 * @param step finished steps, as {@link TrainingListener.StepResult#step}
 * @param samplesPerSecond rows trained a second by all workers together
 * @param workers one for each worker of the cluster, in its order
 * @param meanStaleness updates of others that a worker's gradient missed, on average: those between
 *     its reading of the variables and its own update; 0 in synchronous training
 * @param maxStaleness the most
 * @param bytesPerStep values and row numbers that crossed the network, in bytes, a step of one
 *     worker; without the envelope of the messages
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record ClusterMetrics(
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
