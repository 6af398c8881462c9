package io.scenerank.train;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How the learning rate changes over a training. */
public enum Schedule {
  /** The same rate in every step. */
  @JsonProperty("constant")
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
  @JsonProperty("cosine")
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
  @JsonProperty("reduce_on_plateau")
  REDUCE_ON_PLATEAU {
    @Override
    public float rate(float initial, int step, int steps) {
      return initial;
    }
  };

  /**
   * The rate of one step.
   *
   * @param initial rate of the first step; on a plateau, the rate that it has been reduced to
   * @param step steps before this one
   * @param steps steps in all
   */
  public abstract float rate(float initial, int step, int steps);
}
