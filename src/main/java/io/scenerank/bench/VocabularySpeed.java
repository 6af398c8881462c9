package io.scenerank.bench;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import com.google.common.collect.ImmutableList;
import io.scenerank.bench.Benchmarks.BenchResult;
import io.scenerank.eval.TextTable;
import java.util.Locale;

/**
 * What a large table costs a training.
 *
 * @param steps the time of a step at each size
 * @param residentBytes memory of the process while it trained with the largest table alone
 * @param peakBytes the most it had by then
 * @param tableBytes size of the largest table; training has three of them, the values and two
 *     moments
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
record VocabularySpeed(
    ImmutableList<Step> steps, long residentBytes, long peakBytes, long tableBytes)
    implements BenchResult {
  private static final double MEBIBYTE = 1 << 20;

  /**
   * A step at one size.
   *
   * @param rowsOfVideoId rows of the table
   * @param stepMs middle time of a step, in milliseconds
   * @param ratio middle ratio to the first size's, in the same round
   */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  record Step(int rowsOfVideoId, double stepMs, double ratio) {}

  @Override
  public String toText() {
    TextTable table = TextTable.withHeader("rows of video_id", "ms a step", "to the first");
    for (Step step : steps) {
      table =
          table.plus(
              String.format(Locale.ROOT, "%,d", step.rowsOfVideoId()),
              String.format(Locale.ROOT, "%.2f", step.stepMs()),
              String.format(Locale.ROOT, "%.2f", step.ratio()));
    }
    return table.render()
        + String.format(
            Locale.ROOT,
            "Resident memory with the largest table: %,.0f MiB, at most %,.0f MiB by then; three"
                + " such tables are %,.0f MiB.%n",
            residentBytes / MEBIBYTE,
            peakBytes / MEBIBYTE,
            3 * tableBytes / MEBIBYTE);
  }
}
