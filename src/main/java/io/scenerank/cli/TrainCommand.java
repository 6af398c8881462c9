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
          + " what --config and --set say. Epochs and the learning rate's schedule begin anew."
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
      required = true,
      paramLabel = "DIR",
      description = "A prepared data set.")
  private Path data;

  @ArgGroup(multiplicity = "1")
  private Beginning beginning;

  /** One of both. */
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
    TrainingStart start = start();
    long chosen =
        Optional.ofNullable(seed)
            .or(() -> start.run().map(run -> run.state().seed()))
            .orElse(FIRST_SEED);
    DataSource source =
        new DataSource(Optional.of(data), SyntheticOptions.DEFAULT, runtime.duckDb());
    RunPipeline.Request request = new RunPipeline.Request(start, source, chosen, runtime.compute());
    run.run(request, spec.commandLine(), output.json);
    return ScenerankCommand.GOOD;
  }

  private TrainingStart start() throws IOException {
    return beginning.run == null
        ? TrainingStart.ofModel(
            Models.standard(), beginning.model, setting.config(), setting.settings())
        : new TrainingStart.EarlierRun(
            SavedRun.open(beginning.run), setting.config(), setting.settings());
  }
}
