package io.scenerank.train;

import com.google.common.collect.ImmutableList;

/**
 * What several machines did since the last such figures.
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
public record ClusterFigures(
    int step,
    double samplesPerSecond,
    ImmutableList<Worker> workers,
    double meanStaleness,
    int maxStaleness,
    double bytesPerStep) {

  /**
   * A worker.
   *
   * @param index its number
   * @param samplesPerSecond rows that it trained a second
   * @param present whether it takes part at the moment
   */
  public record Worker(int index, double samplesPerSecond, boolean present) {}
}
