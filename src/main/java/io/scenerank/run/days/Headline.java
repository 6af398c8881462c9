package io.scenerank.run.days;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableMap;

/** The metrics that tell how good a model is: AUC and, for tasks that are not binary, RMSE. */
final class Headline {
  private Headline() {}

  /**
   * The metrics by name.
   *
   * @param report an evaluation as JSON
   */
  static ImmutableMap<String, Double> of(JsonNode report) {
    ImmutableMap.Builder<String, Double> metrics = ImmutableMap.builder();
    report
        .path("metrics")
        .properties()
        .forEach(
            metric -> {
              if (isOf(metric.getKey(), "auc") || isOf(metric.getKey(), "rmse")) {
                metrics.put(metric.getKey(), metric.getValue().asDouble());
              }
            });
    return metrics.buildOrThrow();
  }

  private static boolean isOf(String name, String metric) {
    return name.equals(metric) || name.startsWith(metric + "_");
  }
}
