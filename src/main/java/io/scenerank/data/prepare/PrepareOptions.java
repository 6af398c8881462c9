package io.scenerank.data.prepare;

import io.scenerank.config.InvalidInputException;
import io.scenerank.data.DuckDb.DuckDbOptions;

/**
 * How rows are prepared. No result depends on it.
 *
 * @param duckDb threads; two at least
 * @param memoryLimit the most memory that DuckDB takes, as {@code 4GB}; empty for DuckDB's own
 *     limit, four fifths of the machine's
 * @param progress hears how far a step is
 */
public record PrepareOptions(DuckDbOptions duckDb, String memoryLimit, StepListener progress) {

  /**
   * @throws InvalidInputException if the limit is not a size
   */
  public PrepareOptions {
    if (!memoryLimit.isEmpty() && !memoryLimit.matches("(?i)[0-9]+(\\.[0-9]+)? ?([KMGT]i?B)")) {
      throw new InvalidInputException(
          "memory limit is '" + memoryLimit + "', expected a size such as 4GB or 512MB");
    }
  }

  /** Hears how far a step of the preparation is. */
  @FunctionalInterface
  public interface StepListener {
    /**
     * Tells how far a step is.
     *
     * @param step what is being done
     * @param done how much of it is done
     * @param total how much there is
     * @param unit of both
     */
    void at(String step, long done, long total, String unit);
  }
}
