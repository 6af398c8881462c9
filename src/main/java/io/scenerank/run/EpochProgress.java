package io.scenerank.run;

import com.google.common.collect.ImmutableList;
import io.scenerank.eval.Metrics;
import io.scenerank.train.TrainingListener;
import io.scenerank.train.TrainingListener.ClusterMetrics;
import io.scenerank.train.TrainingState;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/**
 * Shows how far a training is: every step's loss as it passes, a line for every epoch, and what
 * several machines do where several train.
 */
final class EpochProgress implements TrainingListener {
  private final ProgressListener progress;
  private final BooleanSupplier stop;

  /** What the machines did lately; empty where one process trains. */
  private String cluster = "";

  /**
   * @param stop whether the training is to end early
   */
  EpochProgress(ProgressListener progress, BooleanSupplier stop) {
    this.progress = progress;
    this.stop = stop;
  }

  @Override
  public boolean isStopRequested() {
    return stop.getAsBoolean();
  }

  @Override
  public void onResume(TrainingState state, ImmutableList<String> damaged) {
    damaged.forEach(line -> progress.line("warning: " + line + "; an older one is used"));
    progress.line(
        String.format(
            Locale.ROOT,
            "resuming after %d epochs and %,d steps of the next",
            state.epoch(),
            state.position().step()));
  }

  @Override
  public void onStep(StepResult step) {
    progress.update(
        String.format(
            Locale.ROOT,
            "epoch %d/%d  loss %.4f%s",
            step.epoch(),
            step.epochs(),
            step.loss(),
            cluster),
        step.rows(),
        step.rowsOfEpoch(),
        "samples");
  }

  @Override
  public void onCluster(ClusterMetrics metrics) {
    cluster = "  " + text(metrics);
  }

  /** For example {@code 2 of 3 workers at 12,345 samples/s staleness 0.8, at most 3}. */
  static String text(ClusterMetrics metrics) {
    String workers =
        String.format(
            Locale.ROOT,
            "%d of %d workers at %,.0f samples/s",
            metrics.presentWorkers(),
            metrics.workers().size(),
            metrics.samplesPerSecond());
    return metrics.maxStaleness() == 0
        ? workers
        : String.format(
            Locale.ROOT,
            "%s  staleness %.1f, at most %d",
            workers,
            metrics.meanStaleness(),
            metrics.maxStaleness());
  }

  /** The mean AUC or, where no task is binary, the error or the mean rank correlation. */
  private static Optional<String> metric(Metrics metrics) {
    Map<String, OptionalDouble> known = new LinkedHashMap<>();
    known.put("auc_macro", metrics.aucMacro());
    for (String name : List.of("rmse", "spearman_macro")) {
      known.put(name, metrics.byName().getOrDefault(name, OptionalDouble.empty()));
    }
    return known.entrySet().stream()
        .filter(metric -> metric.getValue().isPresent())
        .map(
            metric ->
                String.format(
                    Locale.ROOT, "%s %.4f", metric.getKey(), metric.getValue().getAsDouble()))
        .findFirst();
  }

  /** What the losses are multiplied by, where that is learned. */
  private static String weights(Map<String, Float> byTask) {
    return byTask.isEmpty()
        ? ""
        : byTask.entrySet().stream()
            .map(task -> String.format(Locale.ROOT, "%s %.3f", task.getKey(), task.getValue()))
            .collect(Collectors.joining(", ", "  loss weights ", ""));
  }

  @Override
  public void onEpoch(EpochResult epoch) {
    String validation =
        epoch
            .validation()
            .flatMap(EpochProgress::metric)
            .map(metric -> "  validation " + metric)
            .orElse("");
    progress.line(
        String.format(
            Locale.ROOT,
            "epoch %d  loss %.4f  %,.0f samples/s%s%s",
            epoch.epoch(),
            epoch.loss(),
            epoch.samplesPerSecond(),
            validation,
            weights(epoch.graph().learnedLossWeights())));
    progress.start();
  }
}
