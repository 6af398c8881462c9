package io.scenerank.bench;

import io.scenerank.bench.Benchmarks.BenchOptions;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.Batch;
import io.scenerank.data.Batcher;
import io.scenerank.data.PackedRows;
import io.scenerank.model.ModelDefinition;
import io.scenerank.train.Device;
import io.scenerank.train.TrainingConfig;
import io.scenerank.train.TrainingGraph;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * Training as {@link io.scenerank.train.Trainer} does it, step after step without an end: rows in
 * memory are shuffled again every epoch, a thread fills the batches, the graph takes them.
 */
final class TrainingSteps implements Workload {
  private final String name;
  private final Options options;
  private final PackedRows rows;
  private final TrainingGraph graph;
  private final long multiplyAddsPerRow;
  private @Nullable Batcher batches;
  private OptionalDouble firstStepSeconds = OptionalDouble.empty();
  private int step;
  private int epoch;

  /**
   * How to train.
   *
   * @param config optimizer, loss, and rows a step
   * @param rows rows of an epoch, a multiple of those of a step
   * @param seed of rows, their order, initialisers and dropout
   * @param device where
   * @param threads threads of TensorFlow; 0 for one a core
   */
  public record Options(TrainingConfig config, int rows, long seed, Device device, int threads) {
    /**
     * @throws InvalidInputException naming the option that is out of range
     */
    public Options {
      int batchSize = config.batchSize();
      if (rows < batchSize || rows % batchSize != 0) {
        throw new InvalidInputException(
            "--rows is " + rows + ", expected a multiple of --batch-size, which is " + batchSize);
      }
    }

    /** As the library trains by default, on this many rows in memory. */
    static Options byDefault(BenchOptions bench, int rows) {
      return of(bench, BenchModel.training(), rows);
    }

    static Options of(BenchOptions bench, TrainingConfig config, int rows) {
      return new Options(config, rows, bench.seed(), bench.device(), bench.threads());
    }
  }

  /** Builds the graph and makes the rows. */
  public TrainingSteps(String name, ModelDefinition<?> definition, Options options) {
    this.name = name;
    this.options = options;
    this.rows = UniformRows.of(BenchModel.format(definition), options.rows(), options.seed());
    this.multiplyAddsPerRow = definition.trainingWork().orElse(0);
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
    return options.config().batchSize();
  }

  @Override
  public long multiplyAddsPerRow() {
    return multiplyAddsPerRow;
  }

  /** Trains one step. */
  @Override
  public void call() {
    long begin = System.nanoTime();
    try (Batch batch = next()) {
      float loss = graph.step(batch, step, options.config().learningRate());
      if (!Float.isFinite(loss)) {
        throw new IllegalStateException("the loss is " + loss + " at step " + (step + 1));
      }
      step++;
      if (firstStepSeconds.isEmpty()) {
        firstStepSeconds = OptionalDouble.of((System.nanoTime() - begin) / 1e9);
      }
    }
  }

  @Override
  public OptionalDouble firstCallSeconds() {
    return firstStepSeconds;
  }

  private Batch next() {
    if (batches == null || !batches.hasNext()) {
      closeBatches();
      batches =
          Batcher.of(rows)
              .shuffled(options.seed(), epoch++)
              .batchSize(options.config().batchSize())
              .start();
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
