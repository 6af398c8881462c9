package io.scenerank.keras;

import com.google.common.collect.ImmutableMap;
import io.scenerank.config.InvalidInputException;
import io.scenerank.serve.Features;
import io.scenerank.serve.Ranker;
import io.scenerank.serve.Scores;
import io.scenerank.serve.TaskOutputs;
import java.util.List;
import java.util.Locale;

/**
 * How far apart two graphs are on the same rows.
 *
 * @param rows number of rows
 * @param largest largest absolute difference of two probabilities
 * @param task where it is
 */
public record GraphDifference(int rows, double largest, String task) {

  static GraphDifference of(
      String where, Ranker source, Ranker own, Features features, List<String> tasks, int rows) {
    Scores expected = source.predict(features);
    Scores found = own.predict(features);
    ImmutableMap<String, String> outputs =
        TaskOutputs.find(where, source.outputs(), tasks).byTask();
    double largest = 0;
    String place = "";
    for (String task : tasks) {
      if (!outputs.containsKey(task)) {
        throw new InvalidInputException(
            String.format(
                "%s: task '%s' has no output; there are %s", where, task, source.outputs()));
      }
      float[] left = expected.get(outputs.get(task));
      float[] right = found.get(task);
      if (left.length != right.length) {
        throw new InvalidInputException(
            String.format(
                Locale.ROOT,
                "%s: output '%s' has %d values for %d rows, expected one for each row",
                where,
                outputs.get(task),
                left.length,
                rows));
      }
      for (int row = 0; row < left.length; row++) {
        double difference = Math.abs((double) left[row] - right[row]);
        if (!(difference <= largest)) {
          largest = Double.isNaN(difference) ? Double.POSITIVE_INFINITY : difference;
          place = task;
        }
      }
    }
    return new GraphDifference(rows, largest, place);
  }
}
