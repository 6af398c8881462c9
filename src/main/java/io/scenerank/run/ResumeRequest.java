package io.scenerank.run;

import io.scenerank.PublicApi;
import io.scenerank.cluster.chief.ClusterOptions;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A request to resume an unfinished run as it was begun; immutable. What is named besides the run
 * must be the same as in the run; only threads, device and ranking metrics may be others.
 */
@PublicApi
public final class ResumeRequest extends TrainingRequest<ResumeRequest> {
  private final Path run;
  private final Optional<Long> seed;

  private ResumeRequest(Path run, Optional<Long> seed, Settings settings) {
    super(settings);
    this.run = run;
    this.seed = seed;
  }

  /** Resumes the run in this folder. */
  public static ResumeRequest of(Path run) {
    return of(run, Optional.empty(), Settings.on(Optional.empty()));
  }

  static ResumeRequest of(Path run, Optional<Long> seed, Settings settings) {
    return new ResumeRequest(run, seed, settings);
  }

  @Override
  ResumeRequest with(Settings changed) {
    return new ResumeRequest(run, seed, changed);
  }

  /** The prepared data set, which may have been moved and must hold the same files. */
  public ResumeRequest withData(Path data) {
    return with(settings().withData(data));
  }

  /** The seed that the run must have. */
  public ResumeRequest withSeed(long number) {
    return new ResumeRequest(run, Optional.of(number), settings());
  }

  Path run() {
    return run;
  }

  Optional<Long> seed() {
    return seed;
  }

  Optional<Path> data() {
    return settings().data();
  }

  Optional<ClusterOptions> cluster() {
    return settings().cluster();
  }
}
