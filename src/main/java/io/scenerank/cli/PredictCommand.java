package io.scenerank.cli;

import com.google.common.collect.ImmutableList;
import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import io.scenerank.config.SpellingHint;
import io.scenerank.data.FileFingerprint;
import io.scenerank.data.RowFormat;
import io.scenerank.data.RowSource;
import io.scenerank.data.ScoreFile;
import io.scenerank.data.StreamedRows;
import io.scenerank.data.prepare.CsvTexts;
import io.scenerank.data.prepare.PrepareOptions;
import io.scenerank.data.prepare.RawReport;
import io.scenerank.export.ExportDescription;
import io.scenerank.export.SavedModelExporter;
import io.scenerank.feature.PackedLayout;
import io.scenerank.run.EncodingCheck;
import io.scenerank.run.ProgressListener;
import io.scenerank.run.RunFolder;
import io.scenerank.run.StepProgress;
import io.scenerank.run.rows.RawInput;
import io.scenerank.run.rows.TypedPrediction;
import io.scenerank.run.rows.TypedScores;
import io.scenerank.run.rows.TypedTable;
import io.scenerank.run.text.UnseenText;
import io.scenerank.serve.RowScorer;
import io.scenerank.serve.SavedModelPredictor;
import io.scenerank.serve.Signatures;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
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
      "Score rows; writes one column a task.",
      "A CSV file holds raw rows, which are encoded as those were that the run was trained on. A",
      "Parquet file holds encoded features (one integer column a sparse feature, a list a sequence),",
      "or with --raw raw rows too. For a SavedModel of somebody else either holds the inputs of the",
      "signature by name, nested lists for those of several axes, and the outputs keep their types."
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

  @Option(
      names = "--output",
      required = true,
      paramLabel = "FILE",
      description = "Parquet out (.parquet), or CSV (.csv, .csv.gz).")
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
      description = "The outputs to write, as a,b. Default: all that have values for each row.")
  private List<String> outputs = List.of();

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
    ScoreFile file = ScoreFile.of(out);
    Path savedModel = RunFolder.savedModel(model);
    try (ConsoleProgress progress = RuntimeOptions.progress(spec.commandLine().getErr());
        SavedModelPredictor predictor =
            SavedModelPredictor.load(savedModel, signature, runtime.threads(), trust.trust())) {
      outputs.forEach(name -> requireOutput(savedModel, predictor, name));
      if (isOwn(savedModel)) {
        scoreEncoded(savedModel, predictor, file, progress);
      } else {
        scoreTyped(savedModel, predictor, file, progress);
      }
    }
    return ScenerankCommand.GOOD;
  }

  private boolean isOwn(Path savedModel) {
    return raw
        || signature.equals(Signatures.SERVING_DEFAULT)
            && Files.isRegularFile(savedModel.resolve(SavedModelExporter.DESCRIPTION));
  }

  private static void requireOutput(Path savedModel, SavedModelPredictor predictor, String name) {
    if (!predictor.outputs().contains(name)) {
      throw new InvalidInputException(
          String.format(
              "%s: output '%s' is unknown%s",
              savedModel, name, SpellingHint.hint(name, predictor.outputs())));
    }
  }

  /** Scores what a model of this library asks for: ids and floats. */
  private void scoreEncoded(
      Path savedModel, SavedModelPredictor predictor, ScoreFile file, ProgressListener progress)
      throws IOException {
    PackedLayout layout = RowScorer.layout(predictor);
    try (RawInput.Encoded encoded = encoded(layout, progress)) {
      encoded.report().ifPresent(report -> report.notes().forEach(progress::line));
      RowSource rows = StreamedRows.open(encoded.file(), RowFormat.features(layout));
      List<String> unchecked = check(savedModel, layout, encoded);
      RowScorer scorer = new RowScorer(predictor, batchSize);
      progress.start();
      float[][] scores =
          scorer.score(rows, done -> progress.update("predict", done, rows.size(), "rows"));
      unchecked.forEach(progress::line);
      List<String> written = outputs.isEmpty() ? scorer.outputs() : outputs;
      file.write(
          written,
          written.stream()
              .map(name -> scores[scorer.outputs().indexOf(name)])
              .toArray(float[][]::new));
      print(savedModel, rows.size(), written, encoded.report());
    }
  }

  /** Scores what any other model asks for. */
  private void scoreTyped(
      Path savedModel, SavedModelPredictor predictor, ScoreFile file, ProgressListener progress)
      throws IOException {
    if (!Files.isRegularFile(input)) {
      throw new InvalidInputException(
          input
              + (Files.isDirectory(input)
                  ? ": is a folder; for a model of another library, expected a file"
                  : ": no such file"));
    }
    progress.start();
    TypedScores scores = scoreTyped(predictor, progress);
    List<String> written = scores.written();
    for (String name : outputs) {
      if (!written.contains(name)) {
        throw new InvalidInputException(
            String.format(
                "%s: output '%s' has no values for each row and cannot be written",
                savedModel, name));
      }
    }
    List<String> columns = outputs.isEmpty() ? written : outputs;
    predictor.outputs().stream()
        .filter(name -> outputs.isEmpty() && !written.contains(name))
        .forEach(name -> progress.line("not written, without values for each row: " + name));
    file.write(
        columns.stream().map(scores::column).collect(ImmutableList.toImmutableList()),
        scores.rows());
    print(savedModel, scores.rows(), columns, Optional.empty());
  }

  private TypedScores scoreTyped(SavedModelPredictor predictor, ProgressListener progress)
      throws IOException {
    TypedPrediction prediction =
        new TypedPrediction(
            predictor, batchSize, done -> progress.update("predict", done, done, "rows"));
    if (!RawInput.isCsv(input)) {
      return prediction.score(TypedTable.ofParquet(input, runtime.duckDb()));
    }
    Path beside = Files.createDirectories(out.toAbsolutePath().getParent());
    Path work = Files.createTempDirectory(beside, ".scenerank-texts-");
    try {
      Path texts = work.resolve("texts.parquet");
      CsvTexts.write(input, prepareOptions(progress), work, texts).forEach(progress::line);
      return prediction.score(TypedTable.ofCsv(input, texts, runtime.duckDb()));
    } finally {
      MoreFiles.deleteRecursively(work, RecursiveDeleteOption.ALLOW_INSECURE);
    }
  }

  private PrepareOptions prepareOptions(ProgressListener progress) {
    return new PrepareOptions(runtime.duckDb(), memoryLimit, new StepProgress(progress));
  }

  private void print(Path savedModel, int rows, List<String> written, Optional<RawReport> report) {
    PrintWriter stdout = spec.commandLine().getOut();
    if (output.json) {
      Map<String, Object> result = new LinkedHashMap<>();
      result.put("model", savedModel.toString());
      result.put("rows", rows);
      result.put("outputs", written);
      result.put("output", out.toString());
      report.ifPresent(raw -> result.put("unseen", raw.unseen()));
      report.ifPresent(raw -> result.put("notes", raw.notes()));
      stdout.println(new ConfigMapper().toJson(result));
    } else {
      stdout.printf(Locale.ROOT, "%,d rows scored: %s%n", rows, out);
      report
          .flatMap(raw -> UnseenText.of(raw.unseen()))
          .ifPresent(text -> stdout.println("Values that no training row had (id 0): " + text));
    }
    stdout.flush();
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

  private RawInput.Encoded encoded(PackedLayout layout, ProgressListener progress)
      throws IOException {
    return raw || RawInput.isCsv(input)
        ? new RawInput(model, prepareOptions(progress))
            .encode(input.toString(), layout, out.toAbsolutePath().getParent())
        : RawInput.Encoded.before(input, new FileFingerprint(runtime.duckDb()).read(input));
  }
}
