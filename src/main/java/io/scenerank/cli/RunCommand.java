package io.scenerank.cli;

import io.scenerank.data.synthetic.SyntheticOptions;
import io.scenerank.feature.InvalidInputException;
import io.scenerank.model.Models;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
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

  @Parameters(paramLabel = "MODEL", description = "pepnet")
  private String model;

  @Option(names = "--data", paramLabel = "DIR", description = "A prepared data set.")
  private Path data;

  @Option(
      names = "--rows",
      paramLabel = "N",
      description = "Rows of the built-in data. Default: 100000.")
  private Long rows;

  @Option(names = "--epochs", paramLabel = "N", description = "Passes over the training rows.")
  private Integer epochs;

  @Option(names = "--batch-size", paramLabel = "N", description = "Rows a step.")
  private Integer batchSize;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "YAML with model_params, training and feature_columns.")
  private Path config;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "One setting, for example --set learning_rate=0.002; may stand several times.")
  private List<String> settings = List.of();

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
    if (data != null && rows != null) {
      throw new InvalidInputException("--rows is for the built-in data; leave it out with --data");
    }
    List<String> all = new ArrayList<>(settings);
    Optional.ofNullable(epochs).ifPresent(value -> all.add("training.epochs=" + value));
    Optional.ofNullable(batchSize).ifPresent(value -> all.add("training.batch_size=" + value));
    RunReport report = run(List.copyOf(all));
    PrintWriter stdout = spec.commandLine().getOut();
    stdout.print(output.json ? report.toJson() : report.toText());
    stdout.flush();
    return ScenerankCommand.GOOD;
  }

  private RunReport run(List<String> allSettings) throws IOException {
    long dataRows = rows == null ? SyntheticOptions.DEFAULT.rows() : rows;
    RunPipeline.Request request =
        new RunPipeline.Request(
            model,
            Optional.ofNullable(data),
            new SyntheticOptions(dataRows, SyntheticOptions.DEFAULT.seed()),
            Optional.ofNullable(config),
            allSettings,
            seed,
            runtime.device(),
            runtime.threads());
    try (Progress progress = RuntimeOptions.progress(spec.commandLine().getErr())) {
      return new RunPipeline(Models.standard(), request, progress)
          .run(out == null ? defaultFolder() : out, force);
    }
  }

  private Path defaultFolder() {
    String time = LocalDateTime.now().format(DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss"));
    return Path.of("runs", model.replaceAll("[^A-Za-z0-9_]", "_") + "-" + time);
  }
}
