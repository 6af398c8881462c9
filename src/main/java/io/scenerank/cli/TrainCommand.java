package io.scenerank.cli;

import io.scenerank.data.synthetic.SyntheticOptions;
import io.scenerank.model.Models;
import io.scenerank.train.SavedRun;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** Trains on a prepared data set, from first values or from those of a run. */
@Command(
    name = "train",
    mixinStandardHelpOptions = true,
    description = {
      "Train a model on a prepared data set, evaluate it, export it, reload the export and compare,"
          + " into a run folder as run does.",
      "--from goes on from a run, trained here or imported: its values, its optimizer's moments and"
          + " step. Model, parameters and columns stay the run's; training is the run's but for"
          + " what --config and --set say. Epochs and the learning rate's schedule begin anew.",
      "--resume goes on with a run of train or run that was interrupted, to the weights that it"
          + " would have had. It takes data, seed, threads and configuration from the run; what is"
          + " given besides has to be the same."
    })
final class TrainCommand implements Callable<Integer> {
  private static final long FIRST_SEED = 1;

  @Spec private CommandSpec spec;
  @Mixin private OutputOptions output;
  @Mixin private RuntimeOptions runtime;
  @Mixin private SettingOptions setting;
  @Mixin private TrainedRunOptions run;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "A prepared data set; needed unless --resume is given.")
  private Path data;

  @ArgGroup(multiplicity = "1")
  private Beginning beginning;

  /** One of them. */
  static final class Beginning {
    @Option(
        names = "--model",
        paramLabel = "MODEL",
        completionCandidates = CompareCommand.ModelNames.class,
        description = "A model with first values: ${COMPLETION-CANDIDATES}.")
    private String model;

    @Option(
        names = "--from",
        paramLabel = "RUN",
        description = "The run folder to go on from; it stays as it is.")
    private Path run;

    @Option(names = "--resume", description = "Go on with the interrupted run in --out RUN.")
    private boolean resume;
  }

  @Option(
      names = "--seed",
      paramLabel = "S",
      description =
          "Seed of initialisers, dropout, shuffling and the validation rows."
              + " Default: 1, with --from that of the run.")
  private Long seed;

  @Override
  public Integer call() throws IOException {
    if (beginning.resume) {
      return run.resume(given(), spec.commandLine(), output.json);
    }
    if (data == null) {
      throw new ParameterException(spec.commandLine(), "Missing required option: '--data=DIR'");
    }
    TrainingStart start = start();
    long chosen =
        Optional.ofNullable(seed)
            .or(() -> start.run().map(run -> run.state().seed()))
            .orElse(FIRST_SEED);
    DataSource source =
        new DataSource(Optional.of(data), SyntheticOptions.DEFAULT, runtime.duckDb());
    RunPipeline.Request request = new RunPipeline.Request(start, source, chosen, runtime.compute());
    return run.run(request, spec.commandLine(), output.json);
  }

  private RunResumption.Given given() {
    ComputeOptions compute = runtime.compute();
    ParseResult parsed = spec.commandLine().getParseResult();
    return new RunResumption.Given(
        Optional.ofNullable(data),
        Optional.ofNullable(seed),
        setting.config(),
        setting.settings(),
        parsed.hasMatchedOption("--threads") ? Optional.of(compute.threads()) : Optional.empty(),
        parsed.hasMatchedOption("--device") ? Optional.of(compute.device()) : Optional.empty());
  }

  private TrainingStart start() throws IOException {
    return beginning.run == null
        ? TrainingStart.ofModel(
            Models.standard(), beginning.model, setting.config(), setting.settings())
        : new TrainingStart.EarlierRun(
            SavedRun.open(beginning.run), setting.config(), setting.settings());
  }
}
