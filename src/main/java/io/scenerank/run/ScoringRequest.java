package io.scenerank.run;

import io.scenerank.config.InvalidInputException;
import io.scenerank.data.DuckDb.DuckDbOptions;
import io.scenerank.data.prepare.PrepareOptions;
import io.scenerank.serve.Trust;
import java.util.Optional;

/**
 * What every request to score rows may say; immutable.
 *
 * @param <R> the kind of request, of which each method returns a changed copy
 */
abstract sealed class ScoringRequest<R extends ScoringRequest<R>>
    permits EvaluateRequest, PredictRequest {
  private final Settings settings;

  ScoringRequest(Settings settings) {
    this.settings = settings;
  }

  /**
   * What every request to score rows may say.
   *
   * @param threads threads to compute with; 0 for one a core
   * @param batchSize rows a call; empty for the model's own
   * @param memoryLimit the most memory to encode raw rows in, as {@code 4GB}; empty for DuckDB's
   *     own
   * @param trust what a SavedModel's ops may do
   * @param ignoreEncoding whether rows with another encoding than the model's are accepted
   */
  record Settings(
      int threads,
      Optional<Integer> batchSize,
      String memoryLimit,
      Trust trust,
      boolean ignoreEncoding) {
    static final Settings DEFAULT = new Settings(0, Optional.empty(), "", Trust.CHECKED, false);

    /**
     * @throws InvalidInputException if the number is negative
     */
    Settings withThreads(int number) {
      return new Settings(
          new DuckDbOptions(number).threads(), batchSize, memoryLimit, trust, ignoreEncoding);
    }

    /**
     * @throws InvalidInputException if the number is below 1
     */
    Settings withBatchSize(int rows) {
      if (rows < 1) {
        throw new InvalidInputException("batch size is " + rows + ", expected at least 1");
      }
      return new Settings(threads, Optional.of(rows), memoryLimit, trust, ignoreEncoding);
    }

    Settings withMemoryLimit(String size) {
      return new Settings(threads, batchSize, size, trust, ignoreEncoding);
    }

    Settings withTrust(Trust given) {
      return new Settings(threads, batchSize, memoryLimit, given, ignoreEncoding);
    }

    Settings withIgnoreEncoding(boolean ignore) {
      return new Settings(threads, batchSize, memoryLimit, trust, ignore);
    }

    DuckDbOptions duckDb() {
      return new DuckDbOptions(threads);
    }

    PrepareOptions prepare(ProgressListener listener) {
      return new PrepareOptions(duckDb(), memoryLimit, new StepProgress(listener));
    }
  }

  abstract R with(Settings changed);

  /**
   * Threads to compute with; 0, the default, for one for each core.
   *
   * @throws InvalidInputException if the number is negative
   */
  public R withThreads(int threads) {
    return with(settings.withThreads(threads));
  }

  /**
   * Rows of a call. Default: the batch size of the evaluated run, else 1024.
   *
   * @throws InvalidInputException if the number is below 1
   */
  public R withBatchSize(int rows) {
    return with(settings.withBatchSize(rows));
  }

  /** The most memory in which raw rows are encoded, for example {@code 4GB}. */
  public R withMemoryLimit(String size) {
    return with(settings.withMemoryLimit(size));
  }

  /** What the ops of a SavedModel may do. Default: only compute. */
  public R withTrust(Trust trust) {
    return with(settings.withTrust(trust));
  }

  /** Whether rows with another encoding than the model's are accepted. Default: no. */
  public R withIgnoreEncoding(boolean ignore) {
    return with(settings.withIgnoreEncoding(ignore));
  }

  Settings settings() {
    return settings;
  }
}
