package io.scenerank.cli;

import io.scenerank.data.PreparedDataset;
import io.scenerank.feature.InvalidInputException;
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

/** Measures a model that is there on the test rows of a data set. */
@Command(
    name = "evaluate",
    mixinStandardHelpOptions = true,
    description = {
      "Score the test rows of a prepared data set and print the tables that run prints.",
      "A run folder is scored with its native graph and the values of its checkpoint, a SavedModel"
          + " (RUN/saved_model/1, or one of Keras) as a black box: its inputs are found among the"
          + " features and its outputs among the tasks by name, TASK, task_TASK or"
          + " task_TASK_output."
    })
final class EvaluateCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private OutputOptions output;
  @Mixin private RuntimeOptions runtime;
  @Mixin private EncodingOptions encoding;

  @Parameters(paramLabel = "MODEL", description = "A run folder or a SavedModel.")
  private Path model;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "DIR",
      description = "A prepared data set.")
  private Path data;

  @Option(
      names = "--batch-size",
      paramLabel = "N",
      description = "Rows a call. Default: the run's batch_size, 1024 for a SavedModel.")
  private Integer batchSize;

  @Option(names = "--markdown", description = "Print the tables in Markdown.")
  private boolean markdown;

  @Override
  public Integer call() throws IOException {
    if (output.json && markdown) {
      throw new InvalidInputException("--json and --markdown exclude each other");
    }
    if (batchSize != null && batchSize < 1) {
      throw new InvalidInputException("--batch-size is " + batchSize + ", expected at least 1");
    }
    PreparedDataset dataset = PreparedDataset.open(data, runtime.duckDb());
    EvaluatedModel evaluated;
    try (Progress progress = RuntimeOptions.progress(spec.commandLine().getErr());
        RankedModel ranked = RankedModel.open(model, runtime.threads())) {
      evaluated =
          new Evaluation(dataset, encoding.check(progress::line), progress)
              .of(ranked, Optional.ofNullable(batchSize));
    }
    PrintWriter stdout = spec.commandLine().getOut();
    stdout.print(
        output.json ? evaluated.toJson() : markdown ? evaluated.toMarkdown() : evaluated.toText());
    stdout.flush();
    return ScenerankCommand.GOOD;
  }
}
