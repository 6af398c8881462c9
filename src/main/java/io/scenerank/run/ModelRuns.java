package io.scenerank.run;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.eval.Metrics;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * The results of one model with all seeds.
 *
 * @param runs the finished runs, in the order of the seeds
 * @param error in one line why not all seeds have a run; the model then has no metrics
 */
record ModelRuns(String model, ImmutableList<RunResult> runs, Optional<String> error) {

  /** A model that failed before its first run. */
  static ModelRuns failed(String model, String error) {
    return new ModelRuns(model, ImmutableList.of(), Optional.of(error));
  }

  boolean succeeded() {
    return error.isEmpty();
  }

  /** Metrics over all test rows, by name. */
  ImmutableMap<String, MeanAndDeviation> metrics() {
    return metrics(run -> run.evaluation().overall());
  }

  /** Metrics over the test rows of one scenario, by name. */
  ImmutableMap<String, MeanAndDeviation> metrics(String scenario) {
    return metrics(
        run -> requireNonNull(run.evaluation().scenarios().get(scenario), scenario).metrics());
  }

  private ImmutableMap<String, MeanAndDeviation> metrics(Function<RunResult, Metrics> metrics) {
    return succeeded()
        ? MeanAndDeviation.byMetric(runs.stream().map(metrics).toList())
        : ImmutableMap.of();
  }

  /** Time of a training. */
  Optional<MeanAndDeviation> seconds() {
    return spread(RunResult::seconds);
  }

  /** Rows trained a second. */
  Optional<MeanAndDeviation> samplesPerSecond() {
    return spread(run -> run.samplesPerSecond());
  }

  private Optional<MeanAndDeviation> spread(ToDoubleFunction<RunResult> metric) {
    return succeeded()
        ? Optional.of(MeanAndDeviation.of(runs.stream().mapToDouble(metric).boxed().toList()))
        : Optional.empty();
  }

  /** Number of values that are trained; empty if none were. */
  OptionalLong parameters() {
    return runs.stream().mapToLong(RunResult::parameters).findFirst();
  }
}
