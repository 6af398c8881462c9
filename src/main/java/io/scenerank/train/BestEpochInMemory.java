package io.scenerank.train;

import static java.util.Objects.requireNonNull;

import io.scenerank.train.TrainingState.TrainedState;
import org.jspecify.annotations.Nullable;

/** Keeps the values of the best epoch, where a training may end with them; writes nothing. */
final class BestEpochInMemory implements CheckpointStore {
  private final boolean keepsBest;
  private @Nullable TrainedState best;

  BestEpochInMemory(TrainingConfig config) {
    this.keepsBest = config.patience() > 0;
  }

  @Override
  public void save(TrainingGraph graph, TrainingState state, int keep) {
    // A stopped training saves in the middle of an epoch, after the best one perhaps.
    if (keepsBest && state.position().step() == 0 && state.bestEpoch() == state.epoch()) {
      best = graph.state(state.step());
    }
  }

  @Override
  public void restoreBest(TrainingGraph graph, int epoch) {
    graph.assign(requireNonNull(best, "the best epoch was kept"));
  }
}
