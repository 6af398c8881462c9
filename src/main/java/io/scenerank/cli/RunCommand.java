package io.scenerank.cli;

import io.scenerank.model.Models;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The main job: data, training, evaluation, export, reload and compare. */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    description = {
      "Prepare data, train a model, evaluate it, export it, reload the export and compare.",
      "On the built-in data unless --data names a prepared data set."
    })
final class RunCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private OutputOptions output;
  @Mixin private RuntimeOptions runtime;
  @Mixin private DataOptions data;
  @Mixin private SettingOptions setting;

  @Parameters(
      paramLabel = "MODEL",
      completionCandidates = CompareCommand.ModelNames.class,
      description = "${COMPLETION-CANDIDATES}")
  private String model;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "1",
      description =
          "Seed of initialisers, dropout and shuffling; the built-in data stays the same."
              + " Default: ${DEFAULT-VALUE}.")
  private long seed;

  @Option(
      names = "--out",
      paramLabel = "RUN",
      description = "The run folder. Default: runs/MODEL-DATE-TIME.")
  private Path out;

  @Option(
      names = "--force",
      description = "Replace the run folder if it exists, once the new run has succeeded.")
  private boolean force;

  @Override
  public Integer call() throws IOException {
    RunPipeline.Request request =
        new RunPipeline.Request(
            TrainingStart.ofModel(Models.standard(), model, setting.config(), setting.settings()),
            data.source(runtime.duckDb()),
            seed,
            runtime.compute());
    OutputFolder folder = OutputFolder.of(Optional.ofNullable(out), model, force);
    RunReport report = run(request, folder);
    PrintWriter stdout = spec.commandLine().getOut();
    stdout.print(output.json ? report.toJson() : report.toText());
    stdout.flush();
    return ScenerankCommand.GOOD;
  }

  private RunReport run(RunPipeline.Request request, OutputFolder folder) throws IOException {
    try (Progress progress = RuntimeOptions.progress(spec.commandLine().getErr())) {
      return new RunPipeline(request, progress).run(folder);
    }
  }
}
