package io.scenerank.cli;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import io.scenerank.config.InvalidInputException;
import io.scenerank.files.InnerPath;
import io.scenerank.run.ProgressListener;
import io.scenerank.run.ResumeRequest;
import io.scenerank.run.RunFolder;
import io.scenerank.run.RunRequest;
import io.scenerank.run.RunResult;
import io.scenerank.run.Runs;
import io.scenerank.train.TrainingListener.TrainingStopped;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** Options of the commands that train one model into a run folder, and how they do it. */
final class TrainedRunOptions {
  @Option(
      names = "--out",
      paramLabel = "RUN",
      description = "The run folder. Default: runs/MODEL-DATE-TIME.")
  private @Nullable Path out;

  @Option(
      names = "--force",
      description = "Replace the run folder if it exists, once the new run has succeeded.")
  private boolean force;

  /**
   * The folder to write.
   *
   * @throws InvalidInputException if it is not named
   */
  Path folder() {
    if (out == null) {
      throw new InvalidInputException("--days needs the folder to write: name it with --out DIR");
    }
    return out;
  }

  /** Does a run and gives its result; empty where there was nothing to do. */
  @FunctionalInterface
  private interface Work {
    Optional<RunResult> with(Runs runs) throws IOException;
  }

  /** Trains, and gives the text to print. */
  @FunctionalInterface
  interface StoppableWork {
    String with(Runs runs, ProgressListener progress) throws IOException;
  }

  /**
   * Trains into the folder and prints what the run came to.
   *
   * @param command writes the report and, without a terminal, the progress
   * @param json whether the report is one JSON object
   * @return the exit code
   */
  int run(RunRequest request, CommandLine command, boolean json) throws IOException {
    RunRequest placed = into(request);
    return print(command, json, runs -> Optional.of(runs.run(placed)));
  }

  private RunRequest into(RunRequest request) {
    return (out == null ? request : request.withOut(out)).withForce(force);
  }

  /**
   * Trains into the folder as the chief of a cluster, or resumes the chief's unfinished run there.
   *
   * @return the exit code
   */
  int trainAsChief(RunRequest request, CommandLine command, boolean json) throws IOException {
    if (out == null) {
      throw new InvalidInputException(
          "a chief that is started again resumes its run: name the run with --out RUN");
    }
    RunRequest placed = into(request);
    return print(command, json, runs -> runs.train(placed));
  }

  /** The arguments that name the run folder where the command line does not. */
  ImmutableList<String> nameOfRun(String model) {
    return out == null
        ? ImmutableList.of("--out", RunFolder.of(Optional.empty(), model, force).path().toString())
        : ImmutableList.of();
  }

  /**
   * Resumes the run in the folder.
   *
   * @param request makes the request from the folder
   * @return the exit code
   */
  int resume(Function<Path, ResumeRequest> request, CommandLine command, boolean json)
      throws IOException {
    if (out == null) {
      throw new InvalidInputException("--resume continues a run: name the run with --out RUN");
    }
    if (force) {
      throw new InvalidInputException(
          "--resume continues a run and --force replaces it: they exclude each other");
    }
    ResumeRequest resumed = request.apply(out);
    return print(command, json, runs -> runs.resume(resumed));
  }

  private int print(CommandLine command, boolean json, Work work) throws IOException {
    return print(
        command,
        (runs, progress) -> {
          Optional<RunResult> result = work.with(runs);
          return result.isPresent()
              ? json ? result.get().toJson() : result.get().toText()
              : done(json);
        });
  }

  /**
   * Trains until a signal stops it, and prints.
   *
   * @return the exit code
   */
  static int print(CommandLine command, StoppableWork work) throws IOException {
    PrintWriter stdout = command.getOut();
    try (ConsoleProgress progress = RuntimeOptions.progress(command.getErr());
        StopSignals stop =
            StopSignals.install(
                () ->
                    progress.line(
                        "stopping after this step; a second signal ends the process at once"))) {
      try {
        Runs runs = Runs.standard().listener(progress).stopWhen(stop::isRequested);
        stdout.print(work.with(runs, progress));
        stdout.flush();
        return ScenerankCommand.GOOD;
      } catch (TrainingStopped e) {
        return stop.exitCode();
      }
    }
  }

  private String done(boolean json) throws IOException {
    Path folder = requireNonNull(out, "only a run that --out names can be finished already");
    Path metrics = InnerPath.resolve(folder, "metrics.json");
    return json && Files.exists(metrics)
        ? Files.readString(metrics)
        : folder + " is finished: nothing to do" + System.lineSeparator();
  }
}
