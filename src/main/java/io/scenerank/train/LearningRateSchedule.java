package io.scenerank.train;

import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.scenerank.PublicApi;

/**
 * How the learning rate changes over a training. Of the library are those of {@link Schedule}; a
 * schedule of your own is known by its key in configurations once {@link
 * TrainingMethods#withSchedule} has it.
 */
@JsonDeserialize(using = TrainingMethods.ScheduleReader.class)
@PublicApi
public interface LearningRateSchedule {
  /** The name in configurations, {@code training.schedule}; in snake case. */
  @JsonValue
  String key();

  /**
   * The rate of one step. The same arguments give the same rate: a resumed training asks again.
   *
   * @param initial rate of the first step; on a plateau, the rate that it has been reduced to
   * @param step steps before this one, without those of the warm-up
   * @param steps steps in all, without those of the warm-up
   * @return 0 or more
   */
  float rate(float initial, int step, int steps);
}
