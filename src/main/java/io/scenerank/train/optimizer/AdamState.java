package io.scenerank.train.optimizer;

import com.google.common.collect.ImmutableMap;
import io.scenerank.config.InvalidInputException;
import io.scenerank.variable.FloatTensor;

/**
 * What Adam has gathered so far.
 *
 * @param step finished steps: the bias correction of the next one takes {@code t = step + 1}
 * @param m first moments by the path of their variable, of its shape; trainable variables only
 * @param v second moments, the same way
 */
public record AdamState(
    long step, ImmutableMap<String, FloatTensor> m, ImmutableMap<String, FloatTensor> v) {

  /** Name of the slots of first moments. */
  public static final String M = "m";

  /** Name of the slots of second moments. */
  public static final String V = "v";

  /**
   * @throws InvalidInputException if the step is negative or beyond what a graph counts, 2^31 - 1
   */
  public AdamState {
    checkStep(step);
  }

  /** Refuses a number of finished steps that is negative or beyond what a graph counts. */
  public static void checkStep(long step) {
    if (step < 0 || step > Integer.MAX_VALUE) {
      throw new InvalidInputException("step is " + step + ", expected a number in [0, 2^31 - 1]");
    }
  }
}
