package io.scenerank.bench;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import com.google.common.collect.ImmutableList;
import io.scenerank.bench.Benchmarks.BenchResult;
import io.scenerank.eval.TextTable;
import java.util.Locale;

/**
 * How fast a model predicts.
 *
 * @param windows a row at once, and many candidates of one user
 * @param coldStartSeconds middle time from the start of a JVM to the first prediction of a row
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
record InferenceSpeed(ImmutableList<TimedWindow> windows, double coldStartSeconds)
    implements BenchResult {
  @Override
  public String toText() {
    TextTable table = TextTable.withHeader("what", "p50 ms", "p99 ms", "rows/s");
    for (TimedWindow window : windows) {
      table =
          table.plus(
              window.workload(),
              number("%.3f", window.medianMs()),
              number("%.3f", window.p99Ms()),
              number("%,.0f", window.rowsPerSecond()));
    }
    return table.render()
        + number("From the start of a JVM to the first prediction: %.2f s%n", coldStartSeconds);
  }

  private static String number(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }
}
