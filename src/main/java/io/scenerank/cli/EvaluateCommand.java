package io.scenerank.cli;

import static java.util.Objects.requireNonNull;

import io.scenerank.config.InvalidInputException;
import io.scenerank.run.EvaluateRequest;
import io.scenerank.run.EvaluatedModel;
import io.scenerank.run.Runs;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
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
      "Score the test rows of a prepared data set, or raw rows, and print the same tables as run.",
      "The model of a run folder is the native graph with the values of its checkpoint. A"
          + " SavedModel (RUN/saved_model/1, or one of Keras) is used as it is: its inputs are"
          + " matched with the features by name, and its outputs with the tasks by the names TASK,"
          + " task_TASK or task_TASK_output, or by --map.",
      "Values that have ids only in data of a later day (prepare --extend) are unseen for the model.",
      "A warning names another order of the outputs if that order fits the labels clearly better."
    })
final class EvaluateCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private OutputOptions output;
  @Mixin private RuntimeOptions runtime;
  @Mixin private TrustOptions trust;
  @Mixin private EncodingOptions encoding;
  @Mixin private RankingOptions ranking;

  @Parameters(paramLabel = "MODEL", description = "A run folder or a SavedModel.")
  private Path model;

  @ArgGroup(multiplicity = "1")
  private Rows rows;

  /** One of them. */
  static final class Rows {
    @Option(names = "--data", paramLabel = "DIR", description = "A prepared data set.")
    private @Nullable Path data;

    @Option(
        names = "--input",
        paramLabel = "FILES",
        description = {
          "Raw rows, CSV or Parquet, a folder or a quoted glob: all rows and their labels are"
              + " encoded like the training rows of the run MODEL."
        })
    private @Nullable String input;
  }

  @Option(
      names = "--rows",
      paramLabel = "SPLIT",
      defaultValue = "test",
      description =
          "The rows of the data set: test, or train for a model that was not trained on them."
              + " Default: ${DEFAULT-VALUE}.")
  private String split;

  @Option(
      names = "--memory-limit",
      paramLabel = "SIZE",
      defaultValue = "",
      description = "The most memory for encoding raw rows, for example 4GB.")
  private String memoryLimit;

  @Option(
      names = "--batch-size",
      paramLabel = "N",
      description = "Rows of a call. Default: the run's batch_size, 1024 for a SavedModel.")
  private @Nullable Integer batchSize;

  @Option(
      names = "--map",
      split = ",",
      paramLabel = "TASK=OUTPUT",
      description =
          "Outputs whose names differ from the tasks' names. All other tasks are matched by name.")
  private Map<String, String> map = new LinkedHashMap<>();

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
    if (!split.equals("test") && !split.equals("train")) {
      throw new InvalidInputException("--rows is '" + split + "', expected test or train");
    }
    EvaluatedModel evaluated;
    try (ConsoleProgress progress = RuntimeOptions.progress(spec.commandLine().getErr())) {
      evaluated = Runs.standard().listener(progress).evaluate(request());
    }
    PrintWriter stdout = spec.commandLine().getOut();
    stdout.print(
        output.json ? evaluated.toJson() : markdown ? evaluated.toMarkdown() : evaluated.toText());
    stdout.flush();
    return ScenerankCommand.GOOD;
  }

  private EvaluateRequest request() {
    EvaluateRequest request =
        (rows.data == null
                ? EvaluateRequest.ofRaw(model, requireNonNull(rows.input, "one of the group"))
                : EvaluateRequest.of(model, rows.data))
            .withOutputs(map)
            .withThreads(runtime.threads())
            .withMemoryLimit(memoryLimit)
            .withTrust(trust.trust())
            .withIgnoreEncoding(encoding.isIgnored());
    EvaluateRequest chosen = split.equals("train") ? request.onTrainingRows() : request;
    EvaluateRequest ranked =
        ranking.ranking().map(by -> chosen.withRanking(by.by(), by.k())).orElse(chosen);
    return batchSize == null ? ranked : ranked.withBatchSize(batchSize);
  }
}
