package io.scenerank.bench;

import io.scenerank.model.ModelType;
import io.scenerank.train.Device;
import io.scenerank.train.optimizer.OptimizerFactory.OptimizerType;

/**
 * What every benchmark is told.
 *
 * @param type the model
 * @param seconds how long to time each thing, after the warm-up
 * @param warmUpSeconds how long to warm up each thing, at least
 * @param seed of rows, initialisers and dropout
 * @param device where to compute
 * @param threads threads of TensorFlow; 0 for one a core
 */
public record BenchOptions(
    ModelType<?> type,
    double seconds,
    double warmUpSeconds,
    long seed,
    Device device,
    int threads) {
  /**
   * What a step of training is.
   *
   * @param batchSize rows a step
   * @param rows rows of an epoch, a multiple of {@code batchSize}
   * @param rowsOfVideoId rows of the table {@code video_id}
   */
  public record Steps(OptimizerType optimizer, int batchSize, int rows, int rowsOfVideoId) {}

  WarmUp warmUp() {
    return new WarmUp(warmUpSeconds);
  }

  Gemm gemm() {
    return new Gemm(device, threads);
  }
}
