package io.scenerank.run;

import com.google.common.collect.Iterables;
import com.google.common.collect.Maps;
import io.scenerank.config.ConfigMapper;
import io.scenerank.eval.EvaluationReport;
import io.scenerank.eval.Metrics;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** A comparison as one JSON object. */
final class ComparisonJson {
  private ComparisonJson() {}

  /**
   * {@code seeds}, {@code models} (each with its {@code runs} and, unless it failed, {@code mean},
   * {@code std}, {@code per_scenario}, {@code seconds}, {@code samples_per_second}), {@code
   * optimal} where known, {@code best} (of equal models the first). One seed has no {@code std}.
   */
  static String of(Comparison comparison) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("seeds", comparison.seeds());
    json.put("models", comparison.models().stream().map(ComparisonJson::model).toList());
    Optional<EvaluationReport> evaluation = comparison.anyEvaluation();
    evaluation
        .flatMap(EvaluationReport::optimal)
        .ifPresent(optimal -> json.put("optimal", optimal.toJson()));
    json.put("best", evaluation.map(report -> best(comparison, report.overall())).orElse(Map.of()));
    return new ConfigMapper().toJson(json);
  }

  private static Map<String, Object> model(ModelRuns model) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("model", model.model());
    model.error().ifPresent(error -> json.put("error", error));
    json.put("runs", model.runs().stream().map(run -> run.values()).toList());
    if (model.succeeded()) {
      json.putAll(spreads(model.metrics()));
      json.put(
          "per_scenario",
          Maps.toMap(
              model.runs().get(0).evaluation().scenarios().keySet(),
              scenario -> spreads(model.metrics(scenario))));
      model.seconds().ifPresent(seconds -> json.put("seconds", seconds.mean()));
      model.samplesPerSecond().ifPresent(speed -> json.put("samples_per_second", speed.mean()));
    }
    model.parameters().ifPresent(parameters -> json.put("parameters", parameters));
    return json;
  }

  private static Map<String, Object> spreads(Map<String, MeanAndDeviation> metrics) {
    Map<String, Double> deviations = new LinkedHashMap<>();
    metrics.forEach(
        (name, spread) ->
            spread.deviation().ifPresent(deviation -> deviations.put(name, deviation)));
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("mean", Maps.transformValues(metrics, MeanAndDeviation::mean));
    if (!deviations.isEmpty()) {
      json.put("std", deviations);
    }
    return json;
  }

  private static Map<String, String> best(Comparison comparison, Metrics metrics) {
    Map<String, String> best = new LinkedHashMap<>();
    for (ComparedMetric metric : ComparedMetric.of(metrics)) {
      Integer first = Iterables.getFirst(metric.best(comparison.models()), null);
      if (first != null) {
        best.put(metric.name(), comparison.models().get(first).model());
      }
    }
    return best;
  }
}
