package io.scenerank.server;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.scenerank.config.SpellingHint;
import io.scenerank.serve.Scores;
import io.scenerank.serve.Scores.OutputSpec;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** Orders candidates by their scores and writes the answer of {@code /v1/rank}. */
final class RankWriter {
  private final RankRequest request;
  private final ImmutableMap<String, Double> weights;

  /**
   * @throws RequestException if a weight is of no task
   */
  RankWriter(RankRequest request, ImmutableMap<String, OutputSpec> outputs) {
    ImmutableSet<String> tasks =
        outputs.values().stream()
            .filter(output -> output.isRead() && output.isFloat() && output.isOneARow())
            .map(OutputSpec::name)
            .collect(ImmutableSet.toImmutableSet());
    this.request = request;
    this.weights = weights(tasks);
  }

  private ImmutableMap<String, Double> weights(ImmutableSet<String> tasks) {
    for (String name : request.weights().keySet()) {
      if (!tasks.contains(name)) {
        throw RequestException.invalid(
            "weights: task '" + name + "' is unknown" + SpellingHint.hint(name, tasks));
      }
    }
    ImmutableMap.Builder<String, Double> all = ImmutableMap.builder();
    for (String task : tasks) {
      all.put(
          task,
          request.weights().isEmpty()
              ? Double.valueOf(1.0 / tasks.size())
              : request.weights().getOrDefault(task, 0.0));
    }
    return all.buildOrThrow();
  }

  byte[] write(long version, Scores scores) {
    int rows = request.ids().size();
    Map<String, float[]> byTask = new TreeMap<>();
    weights.keySet().forEach(task -> byTask.put(task, rows == 0 ? new float[0] : scores.get(task)));
    double[] blended = blended(rows, byTask);
    // Candidates of equal scores stay in their order.
    int[] order =
        IntStream.range(0, rows)
            .boxed()
            .sorted(Comparator.comparingDouble((Integer row) -> -blended[row]))
            .limit(request.top())
            .mapToInt(Integer::intValue)
            .toArray();
    return Json.write(
        json -> {
          json.writeStartObject();
          json.writeStringField("model_version", Long.toString(version));
          json.writeArrayFieldStart("ranked");
          for (int row : order) {
            json.writeStartObject();
            json.writeNumberField("index", row);
            Object id = request.ids().get(row);
            if (id != null) {
              json.writeObjectField("id", id);
            }
            json.writeNumberField("score", blended[row]);
            json.writeObjectFieldStart("scores");
            for (Map.Entry<String, float[]> task : byTask.entrySet()) {
              json.writeNumberField(task.getKey(), task.getValue()[row]);
            }
            json.writeEndObject();
            json.writeEndObject();
          }
          json.writeEndArray();
          json.writeEndObject();
        });
  }

  private double[] blended(int rows, Map<String, float[]> byTask) {
    double[] sums = new double[rows];
    byTask.forEach(
        (task, values) -> {
          double weight = weights.getOrDefault(task, 0.0);
          for (int row = 0; row < rows; row++) {
            sums[row] += weight * values[row];
          }
        });
    return sums;
  }
}
