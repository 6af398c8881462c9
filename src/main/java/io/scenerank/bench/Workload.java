package io.scenerank.bench;

/** Work that is done over and over and timed call by call. One thread at a time. */
interface Workload extends AutoCloseable {
  /** Its name in results. */
  String name();

  /** Rows that a call works on. */
  int rowsPerCall();

  /** Multiply-adds that the work's formulas ask for, for one row. */
  long multiplyAddsPerRow();

  /** Does the work once. */
  void call();

  @Override
  void close();
}
