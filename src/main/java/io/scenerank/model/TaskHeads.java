package io.scenerank.model;

import io.scenerank.layer.ModelBuilder;
import io.scenerank.layer.base.LayerGraph.TensorRef;

/** What several models have at their ends. */
final class TaskHeads {
  private TaskHeads() {}

  /** The logit [B, 1] of a task: a Dense without a bias. */
  static TensorRef logit(ModelBuilder model, String task, TensorRef x) {
    return model
        .layer("task_" + task + "_logit", "Dense", LayerArguments.dense(1, false, "linear"), 3)
        .call(x);
  }

  /**
   * What a PredictLayer makes of a logit or of a tower's output: the score [B, 1], a probability
   * where the task is binary.
   */
  static TensorRef score(
      ModelBuilder model, ModelColumns columns, String task, String path, TensorRef x) {
    return model
        .layer(path, "PredictLayer", LayerArguments.score(columns.targets().of(task)), 3)
        .call(x);
  }
}
