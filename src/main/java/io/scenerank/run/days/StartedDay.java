package io.scenerank.run.days;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import org.jspecify.annotations.Nullable;

/**
 * A day that is measured and not trained to the end.
 *
 * @param day its name
 * @param files of its data set
 * @param rows rows that were measured; 0 for the first day of a new model
 * @param before metrics of the model so far on the rows to train on; null where there was none
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
record StartedDay(String day, Day.Stamp files, int rows, @Nullable JsonNode before) {}
