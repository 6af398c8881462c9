package io.scenerank.run;

import io.scenerank.config.InvalidInputException;
import io.scenerank.train.experiment.ExperimentReader.Registry;
import io.scenerank.train.experiment.SavedRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The training of a cluster's chief. A chief that is gone is started again by the same command, so
 * that it begins by looking for what it did before.
 */
final class ChiefTraining {
  private final RunPipeline pipeline;
  private final Registry registry;

  ChiefTraining(RunPipeline pipeline, Registry registry) {
    this.pipeline = pipeline;
    this.registry = registry;
  }

  /**
   * Trains into the folder, or resumes this run there.
   *
   * @param given the given settings, which must agree with a run that is resumed
   * @return empty if the run is finished already
   * @throws InvalidInputException if another run is there and may not be replaced
   */
  Optional<RunResult> trainAsChief(
      RunPipeline.Request request, OutputFolder out, ResumeRequest given) throws IOException {
    request.data().schema(); // It is there, before anything is compared with it.
    Optional<Path> unfinished = unfinished(out.path());
    if (unfinished.isPresent()) {
      Path run = unfinished.get();
      Optional<String> difference = difference(run, RunOrigin.read(run), request, out.force());
      if (difference.isEmpty()) {
        return new RunResumption(pipeline, registry).resume(out.path(), given);
      }
      if (!out.force()) {
        throw new InvalidInputException(
            String.format(
                "%s: an unfinished run with another %s; replace it with force (--force)",
                run, difference.get()));
      }
    } else if (isFinished(request, out, given)) {
      return Optional.empty();
    }
    return Optional.of(pipeline.run(request, out));
  }

  private static Optional<Path> unfinished(Path out) throws IOException {
    return List.of(RunAtWork.beside(out), out).stream().filter(SavedRun::isUnfinished).findFirst();
  }

  private boolean isFinished(RunPipeline.Request request, OutputFolder out, ResumeRequest given)
      throws IOException {
    Path run = out.path();
    if (!Files.isDirectory(run)) {
      return false;
    }
    Optional<RunOrigin> origin = RunOrigin.kept(run);
    if (origin.isEmpty() || difference(run, origin.get(), request, out.force()).isPresent()) {
      return false;
    }
    try {
      SavedRun.requireSame(run, registry, given.settings().config(), given.settings().settings());
      return true;
    } catch (InvalidInputException e) {
      return false;
    }
  }

  /**
   * How a run differs from the requested one; empty if it is the requested one.
   *
   * @param force whether a run of an earlier start counts as another run, because it is to be
   *     replaced
   */
  private Optional<String> difference(
      Path run, RunOrigin before, RunPipeline.Request request, boolean force) throws IOException {
    String model = SavedRun.experiment(run, registry).definition().type().name();
    if (!model.equals(request.start().model())) {
      return Optional.of("model, " + model);
    }
    return before.difference(RunOrigin.of(request), force);
  }
}
