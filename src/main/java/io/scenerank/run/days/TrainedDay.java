package io.scenerank.run.days;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import com.google.common.collect.ImmutableMap;
import io.scenerank.report.RunReportFiles.DayMetrics;
import org.jspecify.annotations.Nullable;

/**
 * A day that was trained.
 *
 * @param day its name
 * @param files of its data set
 * @param version of the exported SavedModel
 * @param rows rows that were measured before; 0 for the first day of a new model
 * @param before metrics of the model so far on the day's rows to train on, which it had not seen;
 *     null for the first day of a new model
 * @param after metrics of the day's model on the day's rows to test on
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
record TrainedDay(
    String day, Day.Stamp files, int version, int rows, @Nullable JsonNode before, JsonNode after) {

  /** The metrics of tables and curves. */
  DayMetrics metrics() {
    return new DayMetrics(
        day,
        version,
        rows,
        before == null ? ImmutableMap.of() : Headline.of(before),
        Headline.of(after));
  }
}
