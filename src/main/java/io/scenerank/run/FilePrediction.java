package io.scenerank.run;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.Iterables;
import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import io.scenerank.config.InvalidInputException;
import io.scenerank.config.SpellingHint;
import io.scenerank.data.PreparedDataset;
import io.scenerank.data.RowSource;
import io.scenerank.data.RowSource.RowFormat;
import io.scenerank.data.ScoreFile;
import io.scenerank.data.prepare.PrepareOptions;
import io.scenerank.data.prepare.RawData;
import io.scenerank.data.prepare.SavedEncoding;
import io.scenerank.data.prepare.SavedEncoding.RawReport;
import io.scenerank.export.SavedModelExporter;
import io.scenerank.export.SavedModelExporter.ExportDescription;
import io.scenerank.feature.EncodingFingerprint;
import io.scenerank.feature.PackedLayout;
import io.scenerank.run.rows.RawInput;
import io.scenerank.run.rows.TypedPrediction;
import io.scenerank.serve.Ranker;
import io.scenerank.serve.RowScorer;
import io.scenerank.serve.SavedModelPredictor;
import io.scenerank.serve.Signatures;
import io.scenerank.train.experiment.SavedRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongConsumer;

/** Scores the rows of a file into a file. */
final class FilePrediction {
  private static final int BATCH_SIZE = 1024;

  private final PredictRequest request;
  private final PredictRequest.Choice choice;
  private final Path input;
  private final Path out;
  private final ProgressListener progress;

  FilePrediction(PredictRequest request, ProgressListener progress) {
    this.request = request;
    this.choice = request.choice();
    this.input = request.input();
    this.out = request.output();
    this.progress = progress;
  }

  /**
   * Scores and writes.
   *
   * @throws InvalidInputException if a file cannot be read or may not be written, or naming the
   *     feature or row that the model does not take
   */
  Prediction predict() throws IOException {
    requireOutput();
    ScoreFile file = ScoreFile.of(out);
    if (!choice.tensors().isEmpty()) {
      return predictTensors(file);
    }
    Path savedModel = RunFolder.savedModel(request.model());
    try (SavedModelPredictor predictor =
        SavedModelPredictor.load(
            savedModel,
            choice.signature(),
            request.settings().threads(),
            request.settings().trust())) {
      choice.outputs().forEach(name -> requireOutput(savedModel, predictor, name));
      Model model = new Model(savedModel, predictor, ExportDescription.fingerprint(savedModel));
      return isOwn(savedModel, predictor) ? scoreEncoded(model, file) : scoreTyped(model, file);
    }
  }

  /**
   * What scores.
   *
   * @param path names it in messages
   * @param fingerprint how the rows were encoded that it was trained on
   */
  private record Model(Path path, Ranker ranker, EncodingFingerprint fingerprint) {}

  /** Scores with the model of a run, whose layers are known; a SavedModel has its outputs alone. */
  private Prediction predictTensors(ScoreFile file) throws IOException {
    if (!Files.exists(request.model().resolve(SavedRun.CONFIG))) {
      throw new InvalidInputException(
          request.model()
              + ": is not a run folder, and a SavedModel has the outputs of its signature alone;"
              + " expected a run for output tensors (--output-tensor)");
    }
    if (!choice.signature().equals(Signatures.SERVING_DEFAULT)) {
      throw new InvalidInputException(
          "signature (--signature) is '"
              + choice.signature()
              + "', but output tensors (--output-tensor) are of the model of a run; expected none");
    }
    SavedRun run = SavedRun.open(request.model());
    try (Ranker ranker = RankedModel.ranker(run, choice.tensors(), request.settings().threads())) {
      choice.outputs().forEach(name -> requireOutput(run.folder(), ranker, name));
      Model model = new Model(run.folder(), ranker, run.fingerprint());
      return choice.raw() || !takesTexts(ranker) || isEncoded()
          ? scoreEncoded(model, file)
          : scoreTyped(model, file);
    }
  }

  private void requireOutput() throws IOException {
    if (!choice.force() && Files.exists(out)) {
      throw new InvalidInputException(out + ": exists already; replace it with force (--force)");
    }
    if (Files.isDirectory(out)) {
      throw new InvalidInputException(out + ": is a folder, expected a file");
    }
    if (Files.exists(out) && Files.exists(input) && Files.isSameFile(input, out)) {
      throw new InvalidInputException(out + ": is the input, which force (--force) would replace");
    }
  }

  private int batchSize() {
    return request.settings().batchSize().orElse(BATCH_SIZE);
  }

  private Prediction result(
      Path savedModel, int rows, List<String> written, Optional<RawReport> report) {
    return new Prediction(savedModel, rows, ImmutableList.copyOf(written), out, report);
  }

  private boolean isOwn(Path savedModel, SavedModelPredictor predictor) throws IOException {
    return choice.raw()
        || (choice.signature().equals(Signatures.SERVING_DEFAULT)
            && Files.isRegularFile(savedModel.resolve(SavedModelExporter.DESCRIPTION))
            && (!takesTexts(predictor) || isEncoded()));
  }

  private static boolean takesTexts(Ranker predictor) {
    return predictor.inputs().values().stream().anyMatch(Ranker.InputSpec::takesTexts);
  }

  /** Whether ids come from raw rows; a model that reads texts takes other rows as they are. */
  private boolean isEncoded() throws IOException {
    return RawInput.isCsv(input) && SavedEncoding.isIn(request.model());
  }

  private static void requireOutput(Path savedModel, Ranker predictor, String name) {
    if (!predictor.outputs().contains(name)) {
      throw new InvalidInputException(
          String.format(
              "%s: output '%s' is unknown%s",
              savedModel, name, SpellingHint.hint(name, predictor.outputs())));
    }
  }

  /** Scores what a model of this library asks for: ids and floats. */
  private Prediction scoreEncoded(Model model, ScoreFile file) throws IOException {
    PackedLayout layout = RowScorer.layout(model.ranker());
    try (RawInput.Encoded encoded = encoded(layout)) {
      encoded.report().ifPresent(report -> report.notes().forEach(progress::line));
      RowSource rows =
          RowSource.stream(encoded.file(), RowFormat.features(layout).withTexts(encoded.texts()));
      List<String> unchecked = check(model, layout, encoded);
      RowScorer scorer = new RowScorer(model.ranker(), batchSize());
      progress.start();
      LongConsumer done = number -> progress.update("predict", number, rows.size(), "rows");
      if (!choice.tensors().isEmpty()) {
        TypedPrediction.Result all =
            TypedPrediction.Result.ofBatches(
                model.ranker(), scorer.scoreAll(rows, done), batchSize(), rows.size());
        unchecked.forEach(progress::line);
        return result(model.path(), rows.size(), write(model, all, file), encoded.report());
      }
      float[][] scores = scorer.score(rows, done);
      unchecked.forEach(progress::line);
      List<String> written = choice.outputs().isEmpty() ? scorer.outputs() : choice.outputs();
      file.write(
          written,
          written.stream()
              .map(name -> scores[scorer.outputs().indexOf(name)])
              .toArray(float[][]::new));
      return result(model.path(), rows.size(), written, encoded.report());
    }
  }

  /** Scores what any other model asks for. */
  private Prediction scoreTyped(Model model, ScoreFile file) throws IOException {
    if (!Files.isRegularFile(input)) {
      throw new InvalidInputException(
          input
              + (Files.isDirectory(input)
                  ? ": is a folder; for a model of another library, expected a file"
                  : ": no such file"));
    }
    progress.start();
    TypedPrediction.Result scores = scoreTyped(model.ranker());
    return result(model.path(), scores.rows(), write(model, scores, file), Optional.empty());
  }

  /** Writes the outputs that are chosen, else all that have rows, and the tensors. */
  private List<String> write(Model model, TypedPrediction.Result scores, ScoreFile file)
      throws IOException {
    List<String> written = scores.written();
    for (String name : Iterables.concat(choice.outputs(), choice.tensors())) {
      if (!written.contains(name)) {
        throw new InvalidInputException(
            String.format(
                "%s: %s '%s' has no values for each row and cannot be written",
                model.path(), choice.tensors().contains(name) ? "tensor" : "output", name));
      }
    }
    Set<String> columns =
        new LinkedHashSet<>(choice.outputs().isEmpty() ? written : choice.outputs());
    columns.addAll(choice.tensors());
    model.ranker().outputs().stream()
        .filter(name -> choice.outputs().isEmpty() && !written.contains(name))
        .forEach(name -> progress.line("not written, without values for each row: " + name));
    file.write(
        columns.stream().map(scores::column).collect(ImmutableList.toImmutableList()),
        scores.rows());
    return ImmutableList.copyOf(columns);
  }

  private TypedPrediction.Result scoreTyped(Ranker predictor) throws IOException {
    TypedPrediction prediction =
        new TypedPrediction(
            predictor, batchSize(), done -> progress.update("predict", done, done, "rows"));
    if (!RawInput.isCsv(input)) {
      return prediction.scoreParquet(input, request.settings().duckDb());
    }
    Path beside =
        Files.createDirectories(
            requireNonNull(out.toAbsolutePath().getParent(), "a file is in a folder"));
    Path work = Files.createTempDirectory(beside, ".scenerank-texts-");
    try {
      Path texts = work.resolve("texts.parquet");
      RawData.files(input.toString())
          .writeTexts(prepareOptions(), work, texts)
          .forEach(progress::line);
      return prediction.scoreCsv(input, texts, request.settings().duckDb());
    } finally {
      MoreFiles.deleteRecursively(work, RecursiveDeleteOption.ALLOW_INSECURE);
    }
  }

  private PrepareOptions prepareOptions() {
    return request.settings().prepare(progress);
  }

  /** Checks that the rows are encoded as the model's; returns what cannot be told. */
  private List<String> check(Model model, PackedLayout layout, RawInput.Encoded encoded) {
    List<String> unchecked = new ArrayList<>();
    new EncodingCheck(request.settings().ignoreEncoding(), unchecked::add)
        .require(
            new EncodingCheck.Model(request.model(), model.fingerprint(), layout.columns()),
            encoded.source(),
            encoded.fingerprint());
    return unchecked;
  }

  private RawInput.Encoded encoded(PackedLayout layout) throws IOException {
    return choice.raw() || RawInput.isCsv(input)
        ? new RawInput(request.model(), prepareOptions())
            .encode(
                input.toString(),
                layout,
                requireNonNull(out.toAbsolutePath().getParent(), "a file is in a folder"))
        : RawInput.Encoded.before(
            input, PreparedDataset.fingerprintOf(input, request.settings().duckDb()));
  }
}
