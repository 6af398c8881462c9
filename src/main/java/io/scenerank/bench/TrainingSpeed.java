package io.scenerank.bench;

import io.scenerank.bench.Benchmarks.BenchResult;
import io.scenerank.config.ConfigMapper;
import io.scenerank.eval.TextTable;
import java.util.Locale;

/**
 * How fast a model trains.
 *
 * @param columns feature columns of the model
 */
record TrainingSpeed(GemmShare share, int columns) implements BenchResult {
  @Override
  public String toText() {
    return TextTable.withHeader(
            "model", "columns", "ms a step", "rows/s", "GEMM GFLOP/s", "share of GEMM")
        .plus(
            share.workload(),
            Integer.toString(columns),
            number("%.2f", share.medianMs()),
            number("%,.0f", share.rowsPerSecond()),
            number("%.1f", share.gemmGigaflops()),
            number("%.1f%%", 100 * share.share()))
        .render();
  }

  private static String number(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }

  @Override
  public String toJson() {
    return new ConfigMapper().toJson(share);
  }
}
