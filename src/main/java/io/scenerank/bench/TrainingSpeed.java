package io.scenerank.bench;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;

/**
 * How fast a model trains, and how fast the machine multiplied matrices in between.
 *
 * @param workload name of the work
 * @param steps steps timed
 * @param stepMs middle time of a step, in milliseconds
 * @param rowsPerSecond rows over the time of all steps
 * @param multiplyAdds of one row
 * @param gemmGigaflops billions of floating point operations a second of the machine, with the same
 *     threads
 * @param gemmShare share of those that the necessary ones make
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record TrainingSpeed(
    String workload,
    int steps,
    double stepMs,
    double rowsPerSecond,
    MultiplyAdds multiplyAdds,
    double gemmGigaflops,
    double gemmShare) {
  private static final double TRAINING_SLICE = 0.5;
  private static final double GEMM_SLICE = 0.15;

  /**
   * Times training and matrix products in turn, since the speed of many machines drifts by the
   * second.
   *
   * @param seconds of both together, at least
   */
  public static TrainingSpeed measure(
      Workload training, MultiplyAdds multiplyAdds, Gemm gemm, double seconds) {
    Samples stepMs = new Samples();
    Samples gigaflops = new Samples();
    Samples shares = new Samples();
    int steps = 0;
    long rows = 0;
    double trained = 0;
    long end = System.nanoTime() + (long) (seconds * 1e9);
    do {
      Window window = Window.measure(training, TRAINING_SLICE);
      double peak = gemm.gigaflops(GEMM_SLICE);
      stepMs.add(window.medianMs());
      gigaflops.add(peak);
      shares.add(share(multiplyAdds, window.rowsPerSecond(), peak));
      steps += window.calls();
      rows += window.rows();
      trained += window.seconds();
    } while (System.nanoTime() < end);
    return new TrainingSpeed(
        training.name(),
        steps,
        stepMs.median(),
        rows / trained,
        multiplyAdds,
        gigaflops.median(),
        shares.median());
  }

  /** Of the machine's floating point operations, the necessary ones. */
  static double share(MultiplyAdds perRow, double rowsPerSecond, double gigaflops) {
    return 2 * perRow.total() * rowsPerSecond / (gigaflops * 1e9);
  }
}
