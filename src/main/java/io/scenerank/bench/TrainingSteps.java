package io.scenerank.bench;

import com.google.common.collect.ImmutableMap;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.Batch;
import io.scenerank.data.Batcher;
import io.scenerank.data.PackedRows;
import io.scenerank.model.ModelDefinition;
import io.scenerank.train.Device;
import io.scenerank.train.LearningRateSchedule.Schedule;
import io.scenerank.train.Loss.LossForm;
import io.scenerank.train.TrainingConfig;
import io.scenerank.train.TrainingGraph;
import io.scenerank.train.optimizer.OptimizerFactory.OptimizerType;
import org.jspecify.annotations.Nullable;

/**
 * Training as {@link io.scenerank.train.Trainer} does it, step after step without an end: rows in
 * memory are shuffled again every epoch, a thread fills the batches, the graph takes them.
 */
final class TrainingSteps implements Workload {
  private static final int BATCH_SIZE = 1024;

  private final String name;
  private final Options options;
  private final PackedRows rows;
  private final TrainingGraph graph;
  private final long multiplyAddsPerRow;
  private @Nullable Batcher batches;
  private int step;
  private int epoch;

  /**
   * How to train.
   *
   * @param optimizer lazy_adam or another one
   * @param batchSize rows a step
   * @param rows rows of an epoch, a multiple of {@code batchSize}
   * @param seed of rows, their order, initialisers and dropout
   * @param device where
   * @param threads threads of TensorFlow; 0 for one a core
   */
  public record Options(
      OptimizerType optimizer, int batchSize, int rows, long seed, Device device, int threads) {
    /**
     * @throws InvalidInputException naming the option that is out of range
     */
    public Options {
      if (batchSize < 1) {
        throw new InvalidInputException("--batch-size is " + batchSize + ", expected at least 1");
      }
      if (rows < batchSize || rows % batchSize != 0) {
        throw new InvalidInputException(
            "--rows is " + rows + ", expected a multiple of --batch-size, which is " + batchSize);
      }
    }

    /** As the library trains by default, on this many rows in memory. */
    static Options byDefault(BenchOptions bench, int rows) {
      return new Options(
          OptimizerType.LAZY_ADAM, BATCH_SIZE, rows, bench.seed(), bench.device(), bench.threads());
    }

    TrainingConfig config() {
      return new TrainingConfig(
          1,
          batchSize,
          optimizer,
          0.001f,
          Schedule.CONSTANT,
          LossForm.LOGITS,
          ImmutableMap.of(),
          0,
          0);
    }
  }

  /** Builds the graph and makes the rows. */
  public TrainingSteps(String name, ModelDefinition<?> definition, Options options) {
    this.name = name;
    this.options = options;
    this.rows = UniformRows.of(BenchModel.format(definition), options.rows(), options.seed());
    this.multiplyAddsPerRow = definition.trainingWork().orElseThrow();
    this.graph =
        new TrainingGraph(
            definition,
            TrainingGraph.Options.of(
                options.config(), options.seed(), options.device(), options.threads()));
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int rowsPerCall() {
    return options.batchSize();
  }

  @Override
  public long multiplyAddsPerRow() {
    return multiplyAddsPerRow;
  }

  /** Trains one step. */
  @Override
  public void call() {
    try (Batch batch = next()) {
      float loss = graph.step(batch, step, options.config().learningRate());
      if (!Float.isFinite(loss)) {
        throw new IllegalStateException("the loss is " + loss + " at step " + (step + 1));
      }
      step++;
    }
  }

  private Batch next() {
    if (batches == null || !batches.hasNext()) {
      closeBatches();
      batches =
          Batcher.of(rows).shuffled(options.seed(), epoch++).batchSize(options.batchSize()).start();
    }
    return batches.next();
  }

  private void closeBatches() {
    if (batches != null) {
      batches.close();
    }
  }

  @Override
  public void close() {
    closeBatches();
    graph.close();
  }
}
