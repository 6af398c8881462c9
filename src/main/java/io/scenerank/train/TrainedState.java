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
 */
public record TrainedState(ImmutableMap<String, FloatTensor> weights, Optional<AdamState> adam) {}
