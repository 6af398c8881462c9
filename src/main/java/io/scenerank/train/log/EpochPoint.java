package io.scenerank.train.log;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import com.google.common.collect.ImmutableMap;

/**
 * An epoch of a training's history.
 *
 * @param epoch number of the epoch, from 1
 * @param step number of its last step
 * @param loss mean loss of its steps, weighted by their rows
 * @param samplesPerSecond rows trained a second
 * @param validation metrics of the validation rows by name; empty where there are none
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record EpochPoint(
    int epoch,
    int step,
    double loss,
    double samplesPerSecond,
    ImmutableMap<String, Double> validation) {

  /** A missing {@code validation} is none. */
  public EpochPoint {
    validation = validation == null ? ImmutableMap.of() : validation;
  }
}
