package io.scenerank.bench;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;

/**
 * How fast work is, and how fast the machine multiplied matrices in between.
 *
 * @param workload its name
 * @param calls calls timed: steps of training, or predictions
 * @param medianMs middle time of a call, in milliseconds
 * @param rowsPerSecond rows over the time of all calls
 * @param multiplyAddsPerRow that the work's formulas ask for
 * @param gemmGigaflops billions of floating point operations a second in matrix products, with the
 *     same threads
 * @param share of those operations, what the necessary ones of the work make
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
record GemmShare(
    String workload,
    int calls,
    double medianMs,
    double rowsPerSecond,
    long multiplyAddsPerRow,
    double gemmGigaflops,
    double share) {
  private static final double WORK_SLICE = 0.5;
  private static final double GEMM_SLICE = 0.15;

  /**
   * Times the work and matrix products in turn, since the speed of many machines drifts by the
   * second.
   *
   * @param seconds of both together, at least
   */
  public static GemmShare measure(Workload workload, Gemm gemm, double seconds) {
    DoubleSamples medianMs = new DoubleSamples();
    DoubleSamples gigaflops = new DoubleSamples();
    DoubleSamples shares = new DoubleSamples();
    int calls = 0;
    long rows = 0;
    double worked = 0;
    long end = System.nanoTime() + (long) (seconds * 1e9);
    do {
      TimedWindow window = TimedWindow.measure(workload, WORK_SLICE);
      double peak = gemm.gigaflops(GEMM_SLICE);
      medianMs.add(window.medianMs());
      gigaflops.add(peak);
      shares.add(share(workload.multiplyAddsPerRow(), window.rowsPerSecond(), peak));
      calls += window.calls();
      rows += window.rows();
      worked += window.seconds();
    } while (System.nanoTime() < end);
    return new GemmShare(
        workload.name(),
        calls,
        medianMs.median(),
        rows / worked,
        workload.multiplyAddsPerRow(),
        gigaflops.median(),
        shares.median());
  }

  /** Two operations for a multiply-add. */
  static double share(long multiplyAddsPerRow, double rowsPerSecond, double gigaflops) {
    return 2 * multiplyAddsPerRow * rowsPerSecond / (gigaflops * 1e9);
  }
}
