package io.scenerank.bench;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import com.google.common.collect.ImmutableList;

/**
 * What a large table costs a training.
 *
 * @param steps the time of a step at each size
 * @param residentBytes memory of the process while it trained with the largest table alone
 * @param peakBytes the most it had by then
 * @param tableBytes size of the largest table; training has three of them, the values and two
 *     moments
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record VocabularySpeed(
    ImmutableList<Step> steps, long residentBytes, long peakBytes, long tableBytes) {

  /**
   * A step at one size.
   *
   * @param rowsOfVideoId rows of the table
   * @param stepMs middle time of a step, in milliseconds
   * @param ratio middle ratio to the first size's, in the same round
   */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  public record Step(int rowsOfVideoId, double stepMs, double ratio) {}
}
