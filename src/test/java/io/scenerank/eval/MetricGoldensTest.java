package io.scenerank.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.config.ConfigMapper;
import io.scenerank.eval.EvaluationReport.Grouping;
import io.scenerank.feature.Targets.TaskType;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every metric against the values that make_metric_goldens.py computed from its definition. */
class MetricGoldensTest {
  private static final Path GOLDEN = Path.of("src/test/resources/metrics.json");

  /** Both sides add up to 40 numbers, or numbers of 40 rows, in float64 but in other orders. */
  private static final double RELATIVE = 1e-12;

  static List<JsonNode> cases() {
    return StreamSupport.stream(new ConfigMapper().readTree(GOLDEN).spliterator(), false).toList();
  }

  private static float[] floats(JsonNode values) {
    float[] floats = new float[values.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = values.get(i).isNull() ? Float.NaN : (float) values.get(i).asDouble();
    }
    return floats;
  }

  private static EvaluationData data(JsonNode golden) {
    int[] users =
        StreamSupport.stream(golden.get("users").spliterator(), false)
            .mapToInt(JsonNode::asInt)
            .toArray();
    TaskLabels labels =
        new TaskLabels(
            golden.get("name").asText(),
            TaskType.valueOf(golden.get("type").asText().toUpperCase(Locale.ROOT)),
            floats(golden.get("labels")),
            Optional.ofNullable(golden.get("weights")).map(MetricGoldensTest::floats));
    EvaluationData data =
        EvaluationData.of(ImmutableList.of(labels), users, new int[users.length], id -> "all");
    return golden.has("k")
        ? data.withLists(
            new EvaluationData.Lists(new Grouping("user", false, golden.get("k").asInt()), users))
        : data;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void metricsAreThoseOfTheirDefinitions(JsonNode golden) {
    float[][] scores = {floats(golden.get("scores"))};
    EvaluationReport report = new Evaluator(data(golden)).evaluate(scores);
    ImmutableMap<String, Number> found = report.overall().toJson();
    JsonNode expected = golden.get("metrics");
    assertThat(found.keySet()).containsExactlyInAnyOrderElementsOf(expected::fieldNames);
    found.forEach(
        (name, value) ->
            assertThat(value.doubleValue())
                .as(name)
                .isCloseTo(
                    expected.get(name).asDouble(),
                    within(RELATIVE * Math.max(1, Math.abs(expected.get(name).asDouble())))));
    assertThat(report.scenarios().get("all").metrics().toJson()).isEqualTo(found);
  }
}
