package io.scenerank.bench;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import com.google.common.collect.ImmutableList;

/**
 * How fast a model predicts.
 *
 * @param windows a row at once, and many candidates of one user
 * @param coldStartSeconds middle time from the start of a JVM to the first prediction of a row
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record InferenceSpeed(ImmutableList<TimedWindow> windows, double coldStartSeconds) {}
