package io.scenerank.train;

import io.scenerank.PublicApi;
import java.util.Locale;

/** The library's schedules by name. */
@PublicApi
public enum Schedule implements LearningRateSchedule {
  /** The same rate in every step. */
  CONSTANT {
    @Override
    public float rate(float initial, int step, int steps) {
      return initial;
    }
  },
  /**
   * Keras' {@code CosineDecay} to 0 over all steps: {@code initial · (1 + cos(π · step / steps)) /
   * 2}. Source: SGDR (Loshchilov and Hutter, 2017), section 3, without restarts.
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
