package io.scenerank.run;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableMap;
import io.scenerank.eval.Metrics;
import io.scenerank.eval.TextTable;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * A metric over several runs.
 *
 * @param mean arithmetic mean
 * @param deviation sample standard deviation, {@code sqrt(sum((x - mean)²) / (n - 1))}; empty for
 *     one run
 */
record MeanAndDeviation(double mean, OptionalDouble deviation) {

  /**
   * Mean and sample deviation of values.
   *
   * @param values one a run, at least one
   */
  static MeanAndDeviation of(List<Double> values) {
    checkArgument(!values.isEmpty(), "no values");
    int n = values.size();
    double mean = values.stream().mapToDouble(Double::doubleValue).sum() / n;
    double squares = values.stream().mapToDouble(x -> (x - mean) * (x - mean)).sum();
    return new MeanAndDeviation(
        mean, n == 1 ? OptionalDouble.empty() : OptionalDouble.of(Math.sqrt(squares / (n - 1))));
  }

  /**
   * Every metric that is not a count and that all runs have, by name and in the order of {@link
   * Metrics#byName}.
   *
   * @param runs what the runs measured on the same rows
   */
  static ImmutableMap<String, MeanAndDeviation> byMetric(List<Metrics> runs) {
    List<ImmutableMap<String, OptionalDouble>> metrics =
        runs.stream().map(Metrics::byName).toList();
    ImmutableMap.Builder<String, MeanAndDeviation> spreads = ImmutableMap.builder();
    for (String name : metrics.isEmpty() ? List.<String>of() : metrics.get(0).keySet().asList()) {
      List<Double> values =
          metrics.stream()
              .flatMap(run -> requireNonNull(run.get(name), name).stream().boxed())
              .filter(Double::isFinite)
              .toList();
      if (!Metrics.isCount(name) && values.size() == runs.size()) {
        spreads.put(name, of(values));
      }
    }
    return spreads.buildOrThrow();
  }

  /** Mean and, where there is one, deviation with 4 decimals: {@code 0.7866 ± 0.0005}. */
  String text() {
    String text = TextTable.metric(OptionalDouble.of(mean));
    return deviation.isPresent()
        ? text + String.format(Locale.ROOT, " ± %.4f", deviation.getAsDouble())
        : text;
  }
}
