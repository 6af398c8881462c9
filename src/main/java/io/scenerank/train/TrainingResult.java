package io.scenerank.train;

import io.scenerank.PublicApi;

/**
 * What a training came to. With patience, the variables are those of the best epoch, whether
 * patience or the epochs ended first.
 *
 * @param epochs epochs that were trained in all
 * @param stoppedEarly whether patience ended before the epochs did
 * @param loss mean loss of the last epoch
 * @param seconds time of the epochs of this call, validation and checkpoints left out
 * @param samplesPerSecond rows trained a second in that time; 0 where nothing was left to train
 */
@PublicApi
public record TrainingResult(
    int epochs, boolean stoppedEarly, double loss, double seconds, double samplesPerSecond) {}
