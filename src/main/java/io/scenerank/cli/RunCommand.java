package io.scenerank.cli;

import io.scenerank.run.RunRequest;
import java.io.IOException;
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
  @Mixin private TrainedRunOptions run;

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

  @Override
  public Integer call() throws IOException {
    RunRequest request = setting.to(data.request(model), runtime, spec.commandLine());
    return run.run(request.withSeed(seed), spec.commandLine(), output.json);
  }
}
