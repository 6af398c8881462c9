package io.scenerank.run;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.scenerank.eval.Metrics;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * A metric by which models are compared.
 *
 * @param name its name in JSON
 * @param title its name in the table
 * @param better which of two values is the better one
 * @param spread a model's value; empty where it has none
 * @param text how a value is shown
 */
record ComparedMetric(
    String name,
    String title,
    Direction better,
    Function<ModelRuns, Optional<MeanAndDeviation>> spread,
    Function<MeanAndDeviation, String> text) {

  /** Which of two values of a metric is the better one. */
  enum Direction {
    /** AUC, GAUC, speed. */
    HIGHER,
    /** Log-loss, other errors, time. */
    LOWER;

    /**
     * Positions of the best value, more than one where values are equal; none without any value.
     */
    ImmutableSet<Integer> best(List<OptionalDouble> values) {
      OptionalDouble best =
          values.stream()
              .flatMapToDouble(OptionalDouble::stream)
              .reduce(this == HIGHER ? Math::max : Math::min);
      return IntStream.range(0, values.size())
          .filter(i -> values.get(i).isPresent() && values.get(i).equals(best))
          .boxed()
          .collect(ImmutableSet.toImmutableSet());
    }
  }

  /** The metrics in the table; of GAUC, log-loss and others only the mean over the tasks. */
  private static final Pattern SHOWN =
      Pattern.compile(
          "auc(_.+)?|(gauc|logloss|weighted_auc|spearman)(_macro)?|(rmse|poisson_deviance)(_.+)?"
              + "|(ndcg@\\d+|mrr|hit_rate@\\d+)(_macro)?");

  private static final Pattern LOWER_IS_BETTER =
      Pattern.compile("(weighted_)?(logloss|mse|rmse|mae|poisson_deviance)(_.+)?");

  /**
   * AUC of every task, or its error if it is not binary; the means of AUC, GAUC, log-loss, rank
   * correlation and ranking metrics over the tasks; time, speed.
   *
   * @param metrics the metrics of one of the models
   */
  static ImmutableList<ComparedMetric> of(Metrics metrics) {
    ImmutableList.Builder<ComparedMetric> compared = ImmutableList.builder();
    metrics.byName().keySet().stream()
        .filter(name -> SHOWN.matcher(name).matches())
        .forEach(name -> compared.add(measured(name)));
    compared.add(
        new ComparedMetric(
            "seconds", "seconds", Direction.LOWER, ModelRuns::seconds, mean("%.1f")));
    compared.add(
        new ComparedMetric(
            "samples_per_second",
            "samples/s",
            Direction.HIGHER,
            ModelRuns::samplesPerSecond,
            mean("%,.0f")));
    return compared.build();
  }

  private static ComparedMetric measured(String name) {
    return new ComparedMetric(
        name,
        name,
        direction(name),
        model -> Optional.ofNullable(model.metrics().get(name)),
        MeanAndDeviation::text);
  }

  /** Which of two values of a metric is the better one, by the metric's name. */
  static Direction direction(String name) {
    return LOWER_IS_BETTER.matcher(name).matches() ? Direction.LOWER : Direction.HIGHER;
  }

  private static Function<MeanAndDeviation, String> mean(String format) {
    return spread -> String.format(Locale.ROOT, format, spread.mean());
  }

  /** The metric of each model. */
  ImmutableList<Optional<MeanAndDeviation>> of(List<ModelRuns> models) {
    return models.stream().map(spread).collect(ImmutableList.toImmutableList());
  }

  /** Positions of the best models. */
  ImmutableSet<Integer> best(List<ModelRuns> models) {
    return best(better, of(models));
  }

  /** Positions of the best values, by their means before they are rounded. */
  static ImmutableSet<Integer> best(Direction better, List<Optional<MeanAndDeviation>> values) {
    return better.best(
        values.stream()
            .map(
                value ->
                    value.isPresent()
                        ? OptionalDouble.of(value.get().mean())
                        : OptionalDouble.empty())
            .toList());
  }
}
