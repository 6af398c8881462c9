package io.scenerank.data;

import io.scenerank.config.InvalidInputException;

/**
 * How DuckDB works. No result depends on it.
 *
 * @param threads threads that it takes, 0 for one a core
 */
public record DuckDbOptions(int threads) {
  /** One thread a core. */
  public static final DuckDbOptions DEFAULT = new DuckDbOptions(0);

  /**
   * @throws InvalidInputException if {@code threads} is negative
   */
  public DuckDbOptions {
    if (threads < 0) {
      throw new InvalidInputException("threads is " + threads + ", expected 0 or more");
    }
  }
}
