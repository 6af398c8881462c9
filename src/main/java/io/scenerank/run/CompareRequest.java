package io.scenerank.run;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.Longs;
import io.scenerank.config.InvalidInputException;
import io.scenerank.train.Device;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A request to train several models with several seeds on the same rows; immutable. */
public final class CompareRequest {
  private static final ImmutableList<Long> SEEDS = ImmutableList.of(1L, 2L, 3L);

  private final ImmutableList<String> models;
  private final ImmutableList<Long> seeds;
  private final boolean stackTraces;
  private final TrainingSettings settings;

  private CompareRequest(
      ImmutableList<String> models,
      ImmutableList<Long> seeds,
      boolean stackTraces,
      TrainingSettings settings) {
    this.models = models;
    this.seeds = seeds;
    this.stackTraces = stackTraces;
    this.settings = settings;
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
    return new CompareRequest(
        ImmutableList.copyOf(models), SEEDS, false, TrainingSettings.on(data));
  }

  private CompareRequest with(TrainingSettings changed) {
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
    return new CompareRequest(models, chosen, stackTraces, settings);
  }

  /** Whether the listener hears where the error of a model came from. Default: no. */
  public CompareRequest withStackTraces(boolean show) {
    return new CompareRequest(models, seeds, show, settings);
  }

  /**
   * Rows of the built-in data; 100,000 by default.
   *
   * @throws InvalidInputException if a prepared data set is named, or there are fewer than 10
   */
  public CompareRequest withRows(long rows) {
    return with(settings.withRows(rows));
  }

  /** YAML with {@code model_params}, {@code training} and {@code feature_columns}, all optional. */
  public CompareRequest withConfig(Path file) {
    return with(settings.withConfig(file));
  }

  /** One setting over the YAML, for example {@code withSetting("learning_rate", 0.002)}. */
  public CompareRequest withSetting(String key, Object value) {
    return withSetting(key + "=" + value);
  }

  /** One setting over the YAML as a text, {@code learning_rate=0.002}. */
  public CompareRequest withSetting(String setting) {
    return with(settings.withSetting(setting));
  }

  /** Passes over the training rows. */
  public CompareRequest withEpochs(int epochs) {
    return withSetting("training.epochs", epochs);
  }

  /** Rows of a step. */
  public CompareRequest withBatchSize(int rows) {
    return withSetting("training.batch_size", rows);
  }

  /**
   * Threads to compute with; 0, the default, for one for each core.
   *
   * @throws InvalidInputException if the number is negative
   */
  public CompareRequest withThreads(int threads) {
    return with(settings.withThreads(threads));
  }

  /**
   * The device; by default the first GPU, or the CPU where there is none.
   *
   * @throws InvalidInputException if this machine does not have it
   */
  public CompareRequest withDevice(Device device) {
    return with(settings.withDevice(device));
  }

  /** The folder to write. Default: {@code runs/NAME-DATE-TIME}. */
  public CompareRequest withOut(Path folder) {
    return with(settings.withOut(folder));
  }

  /** Whether an existing folder is replaced, once the new one is complete. Default: no. */
  public CompareRequest withForce(boolean force) {
    return with(settings.withForce(force));
  }

  TrainingSettings settings() {
    return settings;
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
