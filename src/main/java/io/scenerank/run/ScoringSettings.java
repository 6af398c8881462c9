package io.scenerank.run;

import io.scenerank.config.InvalidInputException;
import io.scenerank.data.DuckDbOptions;
import io.scenerank.data.prepare.PrepareOptions;
import io.scenerank.serve.Trust;
import java.util.Optional;

/**
 * What every request to score rows may say.
 *
 * @param threads threads to compute with; 0 for one a core
 * @param batchSize rows a call; empty for the model's own
 * @param memoryLimit the most memory to encode raw rows in, as {@code 4GB}; empty for DuckDB's own
 * @param trust what a SavedModel's ops may do
 * @param ignoreEncoding whether rows with another encoding than the model's are accepted
 */
record ScoringSettings(
    int threads,
    Optional<Integer> batchSize,
    String memoryLimit,
    Trust trust,
    boolean ignoreEncoding) {
  static final ScoringSettings DEFAULT =
      new ScoringSettings(0, Optional.empty(), "", Trust.CHECKED, false);

  /**
   * @throws InvalidInputException if the number is negative
   */
  ScoringSettings withThreads(int number) {
    return new ScoringSettings(
        new DuckDbOptions(number).threads(), batchSize, memoryLimit, trust, ignoreEncoding);
  }

  /**
   * @throws InvalidInputException if the number is below 1
   */
  ScoringSettings withBatchSize(int rows) {
    if (rows < 1) {
      throw new InvalidInputException("batch size is " + rows + ", expected at least 1");
    }
    return new ScoringSettings(threads, Optional.of(rows), memoryLimit, trust, ignoreEncoding);
  }

  ScoringSettings withMemoryLimit(String size) {
    return new ScoringSettings(threads, batchSize, size, trust, ignoreEncoding);
  }

  ScoringSettings withTrust(Trust given) {
    return new ScoringSettings(threads, batchSize, memoryLimit, given, ignoreEncoding);
  }

  ScoringSettings withIgnoreEncoding(boolean ignore) {
    return new ScoringSettings(threads, batchSize, memoryLimit, trust, ignore);
  }

  DuckDbOptions duckDb() {
    return new DuckDbOptions(threads);
  }

  PrepareOptions prepare(ProgressListener listener) {
    return new PrepareOptions(duckDb(), memoryLimit, new StepProgress(listener));
  }
}
