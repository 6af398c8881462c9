package io.scenerank.bench;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.scenerank.bench.Benchmarks.BenchResult;
import io.scenerank.eval.TextTable;
import java.util.Locale;

/**
 * Rows a second on their way to training.
 *
 * @param prepare generating the built-in data and writing it
 * @param read reading a prepared data set into memory
 * @param batch making tensors of shuffled rows
 * @param train training on them
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
record InputSpeed(double prepare, double read, double batch, double train) implements BenchResult {
  @Override
  public String toText() {
    TextTable table = TextTable.withHeader("what", "rows/s", "to training");
    table = row(table, "synthetic prepare", prepare);
    table = row(table, "reading a prepared set", read);
    table = row(table, "batches", batch);
    return row(table, "training", train).render();
  }

  private TextTable row(TextTable table, String what, double rate) {
    return table.plus(
        what,
        String.format(Locale.ROOT, "%,.0f", rate),
        String.format(Locale.ROOT, "%.1f", rate / train));
  }
}
