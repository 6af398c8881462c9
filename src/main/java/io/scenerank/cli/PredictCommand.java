package io.scenerank.cli;

import io.scenerank.config.InvalidInputException;
import io.scenerank.run.PredictRequest;
import io.scenerank.run.Prediction;
import io.scenerank.run.Runs;
import io.scenerank.serve.Signatures;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Scores the rows of a file. */
@Command(
    name = "predict",
    mixinStandardHelpOptions = true,
    description = {
      "Score rows and write one column for each task.",
      "A CSV file holds raw rows, which are encoded like the training rows of the run. A Parquet"
          + " file holds encoded features (an integer column for each sparse feature, a list column"
          + " for each sequence), or raw rows with --raw.",
      "For a SavedModel of another library, both hold the inputs of the signature by name, with"
          + " nested lists for inputs of several axes, and the outputs keep their types."
    })
final class PredictCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private OutputOptions output;
  @Mixin private RuntimeOptions runtime;
  @Mixin private TrustOptions trust;
  @Mixin private EncodingOptions encoding;

  @Parameters(paramLabel = "MODEL", description = "A run folder or a SavedModel.")
  private Path model;

  @Option(
      names = "--input",
      required = true,
      paramLabel = "FILE",
      description = "The CSV or Parquet file to read.")
  private Path input;

  @Option(names = "--raw", description = "The input holds raw rows even if it is Parquet.")
  private boolean raw;

  @Option(
      names = "--memory-limit",
      paramLabel = "SIZE",
      defaultValue = "",
      description = "The most memory for encoding raw rows, for example 4GB.")
  private String memoryLimit;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "FILE",
      description = "The file to write: Parquet (.parquet) or CSV (.csv, .csv.gz).")
  private Path out;

  @Option(
      names = "--signature",
      paramLabel = "NAME",
      defaultValue = Signatures.SERVING_DEFAULT,
      description = "The SavedModel's signature. Default: ${DEFAULT-VALUE}.")
  private String signature;

  @Option(
      names = "--outputs",
      paramLabel = "NAME",
      split = ",",
      description =
          "The outputs to write, for example a,b. Default: all outputs that have values for each"
              + " row.")
  private List<String> outputs = List.of();

  @Option(
      names = "--output-tensor",
      paramLabel = "NAME",
      description =
          "Also write the result of a layer of a run's model, by the layer's name; layer[call][result]"
              + " where it has several. May be given several times; a wrong name lists all.")
  private List<String> tensors = List.of();

  @Option(
      names = "--batch-size",
      paramLabel = "N",
      defaultValue = "1024",
      description = "Rows of a call. Default: ${DEFAULT-VALUE}.")
  private int batchSize;

  @Option(names = "--force", description = "Replace the output file if it exists.")
  private boolean force;

  @Override
  public Integer call() throws IOException {
    if (batchSize < 1) {
      throw new InvalidInputException("--batch-size is " + batchSize + ", expected at least 1");
    }
    PredictRequest request =
        PredictRequest.of(model, input, out)
            .withRaw(raw)
            .withSignature(signature)
            .withOutputs(outputs)
            .withOutputTensors(tensors)
            .withForce(force)
            .withThreads(runtime.threads())
            .withBatchSize(batchSize)
            .withMemoryLimit(memoryLimit)
            .withTrust(trust.trust())
            .withIgnoreEncoding(encoding.isIgnored());
    Prediction prediction;
    try (ConsoleProgress progress = RuntimeOptions.progress(spec.commandLine().getErr())) {
      prediction = Runs.standard().listener(progress).predict(request);
    }
    PrintWriter stdout = spec.commandLine().getOut();
    stdout.print(output.json ? prediction.toJson() : prediction.toText());
    stdout.flush();
    return ScenerankCommand.GOOD;
  }
}
