package io.scenerank.train;

import com.google.common.collect.ImmutableMap;
import io.scenerank.train.optimizer.AdamState;
import io.scenerank.variable.FloatTensor;
import java.util.Optional;

/**
 * What training continues with.
 *
 * @param weights every variable of the model by its path, trainable or not; an embedding table has
 *     its own path, {@code embedding/user_id/embeddings}
 * @param adam the optimizer's state, where Adam (exact or lazy) has trained the weights
 * @param step finished steps of another optimizer, whose state is in {@code slots}
 * @param slots the variables of an optimizer that Keras compiled the model with, by their paths;
 *     none where it starts again
 */
public record TrainedState(
    ImmutableMap<String, FloatTensor> weights,
    Optional<AdamState> adam,
    long step,
    ImmutableMap<String, FloatTensor> slots) {

  /** The state of a training without an optimizer's, or with that of Adam. */
  public TrainedState(ImmutableMap<String, FloatTensor> weights, Optional<AdamState> adam) {
    this(weights, adam, adam.map(AdamState::step).orElse(0L), ImmutableMap.of());
  }
}
