package io.scenerank.layer;

import com.google.common.collect.ImmutableMap;
import org.tensorflow.Operand;
import org.tensorflow.types.TInt32;

/**
 * What the training form of a graph has and the inference form has not.
 *
 * @param step number of the training step, scalar, from 0: the running word of every dropout seed
 * @param dropoutSeeds first seed words of dropout layers by path, [seed, counter]; a layer that is
 *     not named takes its seed from the model's
 */
public record Training(Operand<TInt32> step, ImmutableMap<String, DropoutSeed> dropoutSeeds) {

  /** The state of a Keras 3 {@code SeedGenerator}: the seed and the number of draws so far. */
  public record DropoutSeed(int seed, int counter) {}
}
