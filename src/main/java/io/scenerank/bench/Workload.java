package io.scenerank.bench;

import java.util.OptionalDouble;

/** Work that is done over and over and timed call by call. One thread at a time. */
interface Workload extends AutoCloseable {
  /** Its name in results. */
  String name();

  /** Rows that a call works on. */
  int rowsPerCall();

  /** Multiply-adds that the work's formulas ask for, for one row; 0 if nobody has counted them. */
  long multiplyAddsPerRow();

  /** How long the first call took, in which TensorFlow prepares the graph; where it was timed. */
  default OptionalDouble firstCallSeconds() {
    return OptionalDouble.empty();
  }

  /** Does the work once. */
  void call();

  @Override
  void close();
}
