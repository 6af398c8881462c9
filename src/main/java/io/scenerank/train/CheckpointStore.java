package io.scenerank.train;

import java.io.IOException;

/** Where a training keeps what it has reached. */
interface CheckpointStore {
  /**
   * Keeps the values of the graph.
   *
   * @param keep how many of the newest are kept, besides the best epoch's
   */
  void save(TrainingGraph graph, TrainingState state, int keep) throws IOException;

  /** Gives a graph the values of the best epoch. */
  void restoreBest(TrainingGraph graph, int epoch);
}
