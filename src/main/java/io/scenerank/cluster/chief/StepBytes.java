package io.scenerank.cluster.chief;

/**
 * Values and row numbers that cross the network in one step of one worker, in bytes. Each takes 4
 * bytes. What TensorFlow, gRPC, TCP and the network put around them is not in it.
 *
 * @param dense every value that is in no embedding table, once to the worker and its gradient once
 *     back
 * @param rows the tables' rows that the batch reads: for each look-up the number of every distinct
 *     row to the parameter servers, and the row back
 * @param gradients of the tables' rows: for each table that training changes the gradient of every
 *     distinct row to the parameter servers; for one that is looked up several times, the rows'
 *     numbers too
 */
public record StepBytes(long dense, long rows, long gradients) {
  private static final int VALUE = 4;

  /** What the values outside of the tables take. */
  static StepBytes ofDense(long values) {
    return new StepBytes(2 * VALUE * values, 0, 0);
  }

  /** What a look-up of rows takes. */
  static StepBytes ofRows(long distinct, long width) {
    return new StepBytes(0, numberedRows(distinct, width), 0);
  }

  /**
   * What the gradients of a table's rows take.
   *
   * @param lookUps of the table: the numbers of a single one's rows have been sent already
   */
  static StepBytes ofGradients(long distinct, long width, int lookUps) {
    return new StepBytes(
        0, 0, lookUps == 1 ? VALUE * distinct * width : numberedRows(distinct, width));
  }

  private static long numberedRows(long distinct, long width) {
    return VALUE * distinct * (1 + width);
  }

  StepBytes plus(StepBytes other) {
    return new StepBytes(dense + other.dense, rows + other.rows, gradients + other.gradients);
  }

  /** All of them. */
  public long total() {
    return dense + rows + gradients;
  }
}
