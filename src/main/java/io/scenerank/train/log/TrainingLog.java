package io.scenerank.train.log;

import com.google.common.collect.ImmutableMap;
import io.scenerank.data.PackedRows;
import io.scenerank.eval.Metrics;
import io.scenerank.train.TrainingConfig;
import io.scenerank.train.TrainingListener;
import io.scenerank.train.TrainingListener.ClusterMetrics;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Writes down how a training goes: {@code history.jsonl}, and TensorBoard's files in {@code
 * events/}. A training that resumes in the same folder continues both.
 */
public final class TrainingLog implements TrainingListener, AutoCloseable {
  private final TrainingConfig.LogPace pace;
  private final PackedRows sample;
  private final HistoryWriter history;
  private final Optional<EventLog> events;
  private int lastStep;
  private double lossSum;
  private int steps;
  private long rows;
  private long since = System.nanoTime();

  private TrainingLog(
      int lastStep,
      TrainingConfig.LogPace pace,
      PackedRows sample,
      HistoryWriter history,
      Optional<EventLog> events) {
    this.lastStep = lastStep;
    this.pace = pace;
    this.sample = sample;
    this.history = history;
    this.events = events;
  }

  /**
   * Begins or continues the files of a run folder.
   *
   * @param sample the rows that the gates are looked at with
   * @throws IOException if they cannot be written
   */
  public static TrainingLog open(Path folder, TrainingConfig.LogPace pace, PackedRows sample)
      throws IOException {
    int lastStep =
        TrainingHistory.read(folder).steps().stream()
            .mapToInt(TrainingHistory.Step::step)
            .max()
            .orElse(0);
    HistoryWriter history = HistoryWriter.open(folder);
    try {
      return new TrainingLog(
          lastStep,
          pace,
          sample,
          history,
          pace.tensorboard()
              ? Optional.of(EventLog.create(folder.resolve("events")))
              : Optional.empty());
    } catch (IOException | RuntimeException e) {
      history.close();
      throw e;
    }
  }

  @Override
  public boolean measuresGradients(int step, boolean endsEpoch) {
    return endsEpoch || step % pace.everySteps() == 0;
  }

  @Override
  public void onStep(StepResult step) throws IOException {
    lastStep = step.step();
    lossSum += step.loss();
    steps++;
    rows += step.rowsOfStep();
    if (measuresGradients(step.step(), step.rows() == step.rowsOfEpoch())) {
      TrainingHistory.Step point =
          new TrainingHistory.Step(
              step.epoch(),
              step.step(),
              lossSum / steps,
              step.learningRate(),
              rows / ((System.nanoTime() - since) / 1e9),
              step.gradientNorm().orElseThrow(),
              step.lossWeights());
      history.write(point);
      if (events.isPresent()) {
        events.get().write(point);
      }
      begin();
    }
  }

  /** Begins the steps of the next point. */
  private void begin() {
    lossSum = 0;
    steps = 0;
    rows = 0;
    since = System.nanoTime();
  }

  @Override
  public void onEpoch(EpochResult epoch) throws IOException {
    TrainingHistory.Epoch point =
        new TrainingHistory.Epoch(
            epoch.epoch(),
            epoch.step(),
            epoch.loss(),
            epoch.samplesPerSecond(),
            epoch.validation().map(TrainingLog::present).orElse(ImmutableMap.of()));
    history.write(point);
    if (events.isPresent()) {
      events.get().write(point);
      events.get().write(epoch.step(), epoch.graph().gates(sample));
      events.get().flush();
    }
    begin();
  }

  @Override
  public void onCluster(ClusterMetrics metrics) throws IOException {
    history.write(metrics);
    if (events.isPresent()) {
      events.get().write(metrics);
    }
  }

  private static ImmutableMap<String, Double> present(Metrics metrics) {
    ImmutableMap.Builder<String, Double> values = ImmutableMap.builder();
    for (Map.Entry<String, OptionalDouble> metric : metrics.byName().entrySet()) {
      metric.getValue().ifPresent(value -> values.put(metric.getKey(), value));
    }
    return values.buildOrThrow();
  }

  /** Writes the metrics of the test rows for TensorBoard. */
  public void test(Metrics metrics) throws IOException {
    if (events.isPresent()) {
      events.get().write(lastStep, "test", present(metrics));
    }
  }

  @Override
  public void close() throws IOException {
    try (history) {
      if (events.isPresent()) {
        events.get().close();
      }
    }
  }
}
