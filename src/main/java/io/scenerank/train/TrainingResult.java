package io.scenerank.train;

/**
 * What a training came to.
 *
 * @param epochs epochs that were trained in all
 * @param stoppedEarly whether patience ended before the epochs did; the variables are then those of
 *     the best epoch
 * @param loss mean loss of the last epoch
 * @param samplesPerSecond rows trained a second over all epochs of this call, validation and
 *     checkpoints left out; 0 where nothing was left to train
 */
public record TrainingResult(
    int epochs, boolean stoppedEarly, double loss, double samplesPerSecond) {}
