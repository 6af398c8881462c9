package io.scenerank.train;

import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.scenerank.PublicApi;
import java.util.Locale;

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

  /** The library's schedules by name. */
  @PublicApi
  enum Schedule implements LearningRateSchedule {
    /** The same rate in every step. */
    CONSTANT {
      @Override
      public float rate(float initial, int step, int steps) {
        return initial;
      }
    },
    /**
     * Keras' {@code CosineDecay} to 0 over all steps: {@code initial · (1 + cos(π · step / steps))
     * / 2}. Source: SGDR (Loshchilov and Hutter, 2017), section 3, without restarts.
     */
    COSINE {
      @Override
      public float rate(float initial, int step, int steps) {
        double share = Math.min(step, steps) / (double) steps;
        return (float) (initial * (1 + Math.cos(Math.PI * share)) / 2);
      }
    },
    /**
     * Keras' {@code ReduceLROnPlateau}: the same rate within an epoch, and a lower one after epochs
     * without a better validation metric, as {@link Plateau} says.
     */
    REDUCE_ON_PLATEAU {
      @Override
      public float rate(float initial, int step, int steps) {
        return initial;
      }
    };

    @Override
    public String key() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
