package io.scenerank.variable;

import com.google.common.collect.ImmutableMap;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.types.TInt32;

/**
 * What the training form of a graph has and the inference form has not.
 *
 * @param step number of the training step, scalar, from 0: the running word of every dropout seed
 * @param replayed first seed words of dropout layers by path, where a recorded training is
 *     replayed: layers that are not named drop nothing. Absent, every layer drops, with a seed from
 *     the model's
 * @param fed present where dropout's decisions are fed; absent, ops of the graph draw them
 */
public record Training(
    Operand<TInt32> step,
    Optional<ImmutableMap<String, DropoutSeed>> replayed,
    Optional<DropoutDraws> fed) {

  /** Dropout decides by ops of the graph. */
  public Training(Operand<TInt32> step, Optional<ImmutableMap<String, DropoutSeed>> replayed) {
    this(step, replayed, Optional.empty());
  }

  /** The state of a Keras 3 {@code SeedGenerator}: the seed and the number of draws so far. */
  public record DropoutSeed(int seed, int counter) {}

  /** The first seed words of a dropout layer; absent if it drops nothing. */
  public Optional<DropoutSeed> dropoutSeed(String path, Seeds seeds) {
    return replayed.isPresent()
        ? Optional.ofNullable(replayed.get().get(path))
        : Optional.of(new DropoutSeed(seeds.of(path), 0));
  }
}
