package io.scenerank.report;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;

/**
 * How a model was trained.
 *
 * @param rows rows to train on, those of the validation among them
 * @param epochs epochs that were trained
 * @param seconds time of the epochs, validation and checkpoints left out
 * @param samplesPerSecond rows trained a second in that time
 * @param device what it ran on, in words
 * @param threads threads to compute with; 0 for one a core
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record TrainingFacts(
    int rows, int epochs, double seconds, double samplesPerSecond, String device, int threads) {}
