package io.scenerank.cli;

import io.scenerank.data.FileFingerprint;
import io.scenerank.data.ParquetScores;
import io.scenerank.data.RowFormat;
import io.scenerank.data.RowSource;
import io.scenerank.data.StreamedRows;
import io.scenerank.data.prepare.PrepareOptions;
import io.scenerank.feature.ConfigMapper;
import io.scenerank.feature.InvalidInputException;
import io.scenerank.feature.PackedLayout;
import io.scenerank.savedmodel.ExportDescription;
import io.scenerank.savedmodel.RowScorer;
import io.scenerank.savedmodel.SavedModelPredictor;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
      "Score rows; writes one FLOAT column a task.",
      "A CSV file holds raw rows, which are encoded as those were that the run was trained on. A",
      "Parquet file holds encoded features (one integer column a sparse feature, a list a sequence),",
      "or with --raw raw rows too."
    })
final class PredictCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private OutputOptions output;
  @Mixin private RuntimeOptions runtime;
  @Mixin private EncodingOptions encoding;

  @Parameters(paramLabel = "MODEL", description = "A run folder or a SavedModel.")
  private Path model;

  @Option(
      names = "--input",
      required = true,
      paramLabel = "FILE",
      description = "CSV or Parquet in.")
  private Path input;

  @Option(names = "--raw", description = "The input holds raw rows, also if it is Parquet.")
  private boolean raw;

  @Option(
      names = "--memory-limit",
      paramLabel = "SIZE",
      defaultValue = "",
      description = "The most memory to encode raw rows in, as 4GB.")
  private String memoryLimit;

  @Option(names = "--output", required = true, paramLabel = "FILE", description = "Parquet out.")
  private Path out;

  @Option(
      names = "--batch-size",
      paramLabel = "N",
      defaultValue = "1024",
      description = "Rows a call. Default: ${DEFAULT-VALUE}.")
  private int batchSize;

  @Option(names = "--force", description = "Replace the output file if it exists.")
  private boolean force;

  @Override
  public Integer call() throws IOException {
    if (batchSize < 1) {
      throw new InvalidInputException("--batch-size is " + batchSize + ", expected at least 1");
    }
    if (!force && Files.exists(out)) {
      throw new InvalidInputException(out + ": exists already; replace it with --force");
    }
    if (Files.isDirectory(out)) {
      throw new InvalidInputException(out + ": is a folder, expected a file");
    }
    if (Files.exists(out) && Files.exists(input) && Files.isSameFile(input, out)) {
      throw new InvalidInputException(out + ": is the input, which --force would replace");
    }
    PrintWriter stdout = spec.commandLine().getOut();
    Path savedModel = RunFolder.savedModel(model);
    try (Progress progress = RuntimeOptions.progress(spec.commandLine().getErr());
        SavedModelPredictor predictor =
            SavedModelPredictor.load(
                savedModel, SavedModelPredictor.SERVING_DEFAULT, runtime.threads());
        RawInput.Encoded encoded = encoded(RowScorer.layout(predictor), progress)) {
      encoded.report().ifPresent(report -> report.notes().forEach(progress::line));
      PackedLayout layout = RowScorer.layout(predictor);
      RowSource rows = StreamedRows.open(encoded.file(), RowFormat.features(layout));
      List<String> unchecked = check(savedModel, layout, encoded);
      RowScorer scorer = new RowScorer(predictor, batchSize);
      progress.start();
      float[][] scores =
          scorer.score(rows, done -> progress.update("predict", done, rows.size(), "rows"));
      unchecked.forEach(progress::line);
      ParquetScores.write(out, scorer.outputs(), scores);
      if (output.json) {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("model", savedModel.toString());
        result.put("rows", rows.size());
        result.put("outputs", scorer.outputs());
        result.put("output", out.toString());
        encoded.report().ifPresent(report -> result.put("unseen", report.unseen()));
        encoded.report().ifPresent(report -> result.put("notes", report.notes()));
        stdout.println(new ConfigMapper().toJson(result));
      } else {
        stdout.printf("%,d rows scored: %s%n", rows.size(), out);
        encoded
            .report()
            .flatMap(report -> UnseenText.of(report.unseen()))
            .ifPresent(text -> stdout.println("Values that no training row had (id 0): " + text));
      }
      stdout.flush();
    }
    return ScenerankCommand.GOOD;
  }

  /** Checks that the rows are encoded as the model's; returns what cannot be told. */
  private List<String> check(Path savedModel, PackedLayout layout, RawInput.Encoded encoded) {
    List<String> unchecked = new ArrayList<>();
    encoding
        .check(unchecked::add)
        .require(
            new EncodingCheck.Model(
                model, ExportDescription.fingerprint(savedModel), layout.columns()),
            encoded.source(),
            encoded.fingerprint());
    return unchecked;
  }

  private RawInput.Encoded encoded(PackedLayout layout, Progress progress) throws IOException {
    PrepareOptions options =
        new PrepareOptions(runtime.duckDb(), memoryLimit, new StepProgress(progress));
    return raw || RawInput.isCsv(input)
        ? new RawInput(model, options)
            .encode(input.toString(), layout, out.toAbsolutePath().getParent())
        : RawInput.Encoded.before(input, new FileFingerprint(runtime.duckDb()).read(input));
  }
}
