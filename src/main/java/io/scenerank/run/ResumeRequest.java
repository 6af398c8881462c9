package io.scenerank.run;

import io.scenerank.cluster.chief.ClusterOptions;
import io.scenerank.config.InvalidInputException;
import io.scenerank.train.Device;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A request to resume an unfinished run as it was begun; immutable. What is named besides the run
 * must be the same as in the run; only threads and device may be others.
 */
public final class ResumeRequest {
  private final Path run;
  private final Optional<Long> seed;
  private final TrainingSettings settings;

  private ResumeRequest(Path run, Optional<Long> seed, TrainingSettings settings) {
    this.run = run;
    this.seed = seed;
    this.settings = settings;
  }

  /** Resumes the run in this folder. */
  public static ResumeRequest of(Path run) {
    return of(run, Optional.empty(), TrainingSettings.on(Optional.empty()));
  }

  static ResumeRequest of(Path run, Optional<Long> seed, TrainingSettings settings) {
    return new ResumeRequest(run, seed, settings);
  }

  private ResumeRequest with(TrainingSettings changed) {
    return new ResumeRequest(run, seed, changed);
  }

  /** The prepared data set, which may have been moved and must hold the same files. */
  public ResumeRequest withData(Path data) {
    return with(settings.withData(data));
  }

  /** The seed that the run must have. */
  public ResumeRequest withSeed(long number) {
    return new ResumeRequest(run, Optional.of(number), settings);
  }

  /** YAML with {@code model_params}, {@code training} and {@code feature_columns}, all optional. */
  public ResumeRequest withConfig(Path file) {
    return with(settings.withConfig(file));
  }

  /** One setting over the YAML, for example {@code withSetting("learning_rate", 0.002)}. */
  public ResumeRequest withSetting(String key, Object value) {
    return withSetting(key + "=" + value);
  }

  /** One setting over the YAML as a text, {@code learning_rate=0.002}. */
  public ResumeRequest withSetting(String setting) {
    return with(settings.withSetting(setting));
  }

  /** Passes over the training rows. */
  public ResumeRequest withEpochs(int epochs) {
    return withSetting("training.epochs", epochs);
  }

  /** Rows of a step. */
  public ResumeRequest withBatchSize(int rows) {
    return withSetting("training.batch_size", rows);
  }

  /**
   * Threads to compute with; 0, the default, for one for each core.
   *
   * @throws InvalidInputException if the number is negative
   */
  public ResumeRequest withThreads(int threads) {
    return with(settings.withThreads(threads));
  }

  /**
   * The device; by default the first GPU, or the CPU where there is none.
   *
   * @throws InvalidInputException if this machine does not have it
   */
  public ResumeRequest withDevice(Device device) {
    return with(settings.withDevice(device));
  }

  Path run() {
    return run;
  }

  Optional<Long> seed() {
    return seed;
  }

  Optional<Path> data() {
    return settings.data();
  }

  Optional<ClusterOptions> cluster() {
    return settings.cluster();
  }

  TrainingSettings settings() {
    return settings;
  }
}
