package io.scenerank.run;

import io.scenerank.config.InvalidInputException;
import io.scenerank.data.DuckDb.DuckDbOptions;
import io.scenerank.train.Device;
import io.scenerank.train.experiment.Experiment;
import io.scenerank.train.experiment.ExperimentReader.Registry;
import io.scenerank.train.experiment.SavedRun;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/** Resumes an unfinished run with the settings that it began with. */
final class RunResumption {
  private final RunPipeline pipeline;
  private final Registry registry;

  RunResumption(RunPipeline pipeline, Registry registry) {
    this.pipeline = pipeline;
    this.registry = registry;
  }

  /**
   * Does what is left.
   *
   * @return empty if nothing is
   * @throws InvalidInputException if there is no such run, another process works on it, or it was
   *     begun otherwise
   */
  Optional<RunResult> resume(Path out, ResumeRequest given) throws IOException {
    Optional<RunAtWork> unfinished = RunAtWork.resume(out, registry);
    if (unfinished.isEmpty()) {
      return Optional.empty();
    }
    try (RunAtWork work = unfinished.get()) {
      RunOrigin origin = RunOrigin.read(work.folder());
      Experiment experiment = SavedRun.experiment(work.folder(), registry);
      SavedRun.requireSame(
          work.folder(), registry, given.settings().config(), given.settings().settings());
      requireSeed(work, origin, given);
      Optional<Path> folder = data(work, origin, given);
      ComputeOptions compute =
          new ComputeOptions(
              given.settings().device().orElseGet(() -> Device.parse(origin.device())),
              given.settings().threads().orElse(origin.threads()),
              given.cluster());
      if (given.cluster().isPresent()) {
        origin.keep(work.folder());
      }
      DataSource data =
          new DataSource(folder, origin.synthetic(), new DuckDbOptions(compute.threads()));
      data.requireReads(experiment.definition());
      TrainingRun.Job job =
          new TrainingRun.Job(
              experiment,
              origin.seed(),
              experiment.definition().type().name(),
              earlier(work, origin),
              given.settings().ranking().or(origin::rankingBy));
      return Optional.of(pipeline.complete(work, job, compute, data, Optional.empty()));
    }
  }

  private static void requireSeed(RunAtWork work, RunOrigin origin, ResumeRequest given) {
    if (given.seed().isPresent() && given.seed().get() != origin.seed()) {
      throw new InvalidInputException(
          String.format(
              Locale.ROOT,
              "seed (--seed) is %d but %d in the run %s, and a run resumes with the settings that"
                  + " it began with",
              given.seed().get(),
              origin.seed(),
              work.folder()));
    }
  }

  /** The prepared data set, which holds what it held. */
  private static Optional<Path> data(RunAtWork work, RunOrigin origin, ResumeRequest given)
      throws IOException {
    if (origin.dataFolder().isEmpty()) {
      if (given.data().isPresent()) {
        throw new InvalidInputException(
            String.format(
                "data (--data) is %s but the run %s was begun with the built-in data",
                given.data().get(), work.folder()));
      }
      return Optional.empty();
    }
    RunOrigin.Source before = origin.dataFolder().get();
    Path folder = given.data().orElseGet(before::path);
    Fingerprint.requireSame(folder, before.sha256(), Fingerprint.ofData(folder), work.folder());
    return Optional.of(folder);
  }

  /** The run from which this one continues; it is read only before the first checkpoint. */
  private Optional<SavedRun> earlier(RunAtWork work, RunOrigin origin) throws IOException {
    if (origin.earlierRun().isEmpty() || work.hasCheckpoint()) {
      return Optional.empty();
    }
    RunOrigin.Source before = origin.earlierRun().get();
    SavedRun run = SavedRun.open(before.path(), registry);
    Fingerprint.requireSame(
        run.folder(), before.sha256(), Fingerprint.ofRun(run.folder()), work.folder());
    return Optional.of(run);
  }
}
