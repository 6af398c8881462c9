package io.scenerank.train;

import io.scenerank.data.Batch;
import io.scenerank.data.Batcher;
import io.scenerank.data.RowSequence;
import io.scenerank.data.RowSequence.Split;
import io.scenerank.data.RowSource;
import io.scenerank.model.ModelDefinition;
import io.scenerank.train.TrainingListener.ClusterMetrics;
import io.scenerank.train.TrainingRuntime.StepRunner;
import java.util.List;
import java.util.Optional;

/**
 * Steps of this process' own graph, one after the other.
 *
 * @param rows what is trained on
 * @param split which of them
 * @param definition what of them is read
 */
record LocalSteps(
    TrainingGraph graph,
    TrainingConfig config,
    RowSource rows,
    Split split,
    ModelDefinition<?> definition)
    implements StepRunner {

  @Override
  public Steps begin(TrainingState start, Rates rates) {
    RowSequence order =
        RowSequence.shuffled(split, config.shuffleBuffer(), start.seed(), start.epoch());
    Batcher batches =
        Batcher.of(rows)
            .reading(definition.layout(), definition.params().taskNames())
            .order(order)
            .batchSize(config.batchSize())
            .first(start.position().step())
            .start();
    return new OfEpoch(graph, batches, start, rates);
  }

  private static final class OfEpoch implements Steps {
    private final TrainingGraph graph;
    private final Batcher batches;
    private final Rates rates;
    private int step;
    private int stepOfEpoch;

    OfEpoch(TrainingGraph graph, Batcher batches, TrainingState start, Rates rates) {
      this.graph = graph;
      this.batches = batches;
      this.rates = rates;
      this.step = start.step();
      this.stepOfEpoch = start.position().step();
    }

    @Override
    public Optional<Finished> next(boolean measured) {
      try (Batch batch = batches.next()) {
        float rate = rates.of(stepOfEpoch++);
        TrainingGraph.StepMetrics metrics = graph.step(batch, step++, rate, measured);
        return Optional.of(
            new Finished(
                metrics.loss(), batch.size(), rate, metrics.gradientNorm(), metrics.lossWeights()));
      }
    }

    @Override
    public List<Finished> settle() {
      return List.of();
    }

    @Override
    public Optional<ClusterMetrics> clusterMetrics(int finished) {
      return Optional.empty();
    }

    @Override
    public void close() {
      batches.close();
    }
  }
}
