package io.scenerank.cli;

import io.scenerank.config.InvalidInputException;
import io.scenerank.run.EvaluateRequest;
import io.scenerank.run.EvaluateRequest.ExplainRequest;
import io.scenerank.run.EvaluatedModel.ExplainedModel;
import io.scenerank.run.Runs;
import io.scenerank.train.experiment.SavedRun;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Measures which columns a model needs. */
@Command(
    name = "explain",
    mixinStandardHelpOptions = true,
    description = {
      "Measure how much each column matters to a model (permutation importance): by how much the AUC"
          + " of a task falls, or the RMSE of one that is not binary rises, when the values of the"
          + " column are permuted among the test rows of the same scenario, all positions of a"
          + " sequence together. The column of the scenario itself is left out.",
      "Prints a table of all rows and one by scenario, and writes a page with bars and heat maps."
    })
final class ExplainCommand implements Callable<Integer> {
  private static final String PAGE = "explain.html";

  @Spec private CommandSpec spec;
  @Mixin private OutputOptions output;
  @Mixin private RuntimeOptions runtime;
  @Mixin private TrustOptions trust;
  @Mixin private EncodingOptions encoding;

  @Parameters(paramLabel = "MODEL", description = "A run folder or a SavedModel.")
  private Path model;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "DIR",
      description = "A prepared data set whose test rows are scored.")
  private Path data;

  @Option(
      names = "--rows",
      paramLabel = "N",
      defaultValue = "" + ExplainRequest.ROWS,
      description =
          "The most rows that are scored; of more, about as many are drawn, the same number of each"
              + " scenario where it has so many. Default: ${DEFAULT-VALUE}.")
  private int rows;

  @Option(
      names = "--repeats",
      paramLabel = "N",
      defaultValue = "" + ExplainRequest.REPEATS,
      description = "Permutations of each column. Default: ${DEFAULT-VALUE}.")
  private int repeats;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "" + ExplainRequest.SEED,
      description = "Seed of the rows and the permutations. Default: ${DEFAULT-VALUE}.")
  private long seed;

  @Option(
      names = "--batch-size",
      paramLabel = "N",
      description = "Rows of a call. Default: 1024, or the run's batch_size if that is larger.")
  private @Nullable Integer batchSize;

  @Option(
      names = "--map",
      split = ",",
      paramLabel = "TASK=OUTPUT",
      description =
          "Outputs whose names differ from the tasks' names. All other tasks are matched by name.")
  private Map<String, String> map = new LinkedHashMap<>();

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description =
          "The page. Default: RUN/explain.html, and none for a SavedModel; an existing file is"
              + " replaced.")
  private @Nullable Path out;

  @Override
  public Integer call() throws IOException {
    if (batchSize != null && batchSize < 1) {
      throw new InvalidInputException("--batch-size is " + batchSize + ", expected at least 1");
    }
    ExplainedModel explained;
    try (ConsoleProgress progress = RuntimeOptions.progress(spec.commandLine().getErr())) {
      explained = Runs.standard().listener(progress).explain(request());
    }
    Optional<Path> page = page();
    if (page.isPresent()) {
      explained.writePage(page.get());
    }
    PrintWriter stdout = spec.commandLine().getOut();
    stdout.print(output.json ? explained.toJson() : explained.toText());
    if (!output.json && page.isPresent()) {
      stdout.println("Page: " + page.get().toAbsolutePath());
    }
    stdout.flush();
    return ScenerankCommand.GOOD;
  }

  private Optional<Path> page() {
    Path ofRun = model.resolve(PAGE);
    return Optional.ofNullable(out)
        .or(
            () ->
                Files.exists(model.resolve(SavedRun.CONFIG))
                    ? Optional.of(ofRun)
                    : Optional.empty());
  }

  private ExplainRequest request() {
    EvaluateRequest request =
        EvaluateRequest.of(model, data)
            .withOutputs(map)
            .withThreads(runtime.threads())
            .withTrust(trust.trust())
            .withIgnoreEncoding(encoding.isIgnored());
    return (batchSize == null ? request : request.withBatchSize(batchSize))
        .explain()
        .withRows(rows)
        .withRepeats(repeats)
        .withSeed(seed);
  }
}
