package io.scenerank.run;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.Longs;
import io.scenerank.PublicApi;
import io.scenerank.config.InvalidInputException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A request to train several models with several seeds on the same rows; immutable. */
@PublicApi
public final class CompareRequest extends TrainingRequest<CompareRequest> {
  private static final ImmutableList<Long> SEEDS = ImmutableList.of(1L, 2L, 3L);

  private final ImmutableList<String> models;
  private final ImmutableList<Long> seeds;
  private final boolean stackTraces;

  private CompareRequest(
      ImmutableList<String> models,
      ImmutableList<Long> seeds,
      boolean stackTraces,
      Settings settings) {
    super(settings);
    this.models = models;
    this.seeds = seeds;
    this.stackTraces = stackTraces;
  }

  /** Models on a prepared data set, each with the seeds 1, 2 and 3. */
  public static CompareRequest of(List<String> models, Path data) {
    return of(models, Optional.of(data));
  }

  /** Models on the built-in data, which is generated once, each with the seeds 1, 2 and 3. */
  public static CompareRequest ofBuiltInData(List<String> models) {
    return of(models, Optional.empty());
  }

  private static CompareRequest of(List<String> models, Optional<Path> data) {
    return new CompareRequest(ImmutableList.copyOf(models), SEEDS, false, Settings.on(data));
  }

  @Override
  CompareRequest with(Settings changed) {
    return new CompareRequest(models, seeds, stackTraces, changed);
  }

  /**
   * One run for each of these seeds of initialisers, dropout and shuffling.
   *
   * @throws InvalidInputException if there is none, or one occurs twice
   */
  public CompareRequest withSeeds(long... numbers) {
    ImmutableList<Long> chosen = ImmutableList.copyOf(Longs.asList(numbers));
    if (chosen.isEmpty()) {
      throw new InvalidInputException("seeds: found none, expected at least one");
    }
    Set<Long> seen = new HashSet<>();
    for (long number : chosen) {
      if (!seen.add(number)) {
        throw new InvalidInputException("seeds: " + number + " occurs twice");
      }
    }
    return new CompareRequest(models, chosen, stackTraces, settings());
  }

  /** Whether the listener hears where the error of a model came from. Default: no. */
  public CompareRequest withStackTraces(boolean show) {
    return new CompareRequest(models, seeds, show, settings());
  }

  /**
   * Rows of the built-in data; 100,000 by default.
   *
   * @throws InvalidInputException if a prepared data set is named, or there are fewer than 10
   */
  public CompareRequest withRows(long rows) {
    return with(settings().withRows(rows));
  }

  /** The folder to write. Default: {@code runs/NAME-DATE-TIME}. */
  public CompareRequest withOut(Path folder) {
    return with(settings().withOut(folder));
  }

  /** Whether an existing folder is replaced, once the new one is complete. Default: no. */
  public CompareRequest withForce(boolean force) {
    return with(settings().withForce(force));
  }

  ImmutableList<String> models() {
    return models;
  }

  ImmutableList<Long> seeds() {
    return seeds;
  }

  boolean stackTraces() {
    return stackTraces;
  }
}
