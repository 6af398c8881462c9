package io.scenerank.bench;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;

/**
 * Rows a second on their way to training.
 *
 * @param prepare generating the built-in data and writing it
 * @param read reading a prepared data set into memory
 * @param batch making tensors of shuffled rows
 * @param train training on them
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record InputSpeed(double prepare, double read, double batch, double train) {}
