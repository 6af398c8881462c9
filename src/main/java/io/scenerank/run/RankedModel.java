package io.scenerank.run;

import com.google.common.collect.ImmutableList;
import io.scenerank.export.NativeRanker;
import io.scenerank.export.SavedModelExporter.ExportDescription;
import io.scenerank.feature.EncodingFingerprint;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.model.ModelDefinition;
import io.scenerank.serve.Ranker;
import io.scenerank.serve.RowScorer;
import io.scenerank.serve.SavedModelPredictor;
import io.scenerank.serve.Signatures;
import io.scenerank.serve.Trust;
import io.scenerank.train.experiment.ExperimentReader.Registry;
import io.scenerank.train.experiment.SavedRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A model that rows are scored with.
 *
 * @param name what tables call it
 * @param path where it lies
 * @param ranker the graph that scores
 * @param definition the model, where a run says it; empty for a SavedModel, a black box
 * @param fingerprint how the data was encoded that it was trained on
 * @param batchSize rows of a call unless the request names another number
 */
record RankedModel(
    String name,
    Path path,
    Ranker ranker,
    Optional<ModelDefinition<?>> definition,
    EncodingFingerprint fingerprint,
    int batchSize)
    implements AutoCloseable {
  /** How {@code --json} calls a graph that is built from the model's definition. */
  static final String NATIVE = "native";

  private static final int BLACK_BOX_ROWS = 1024;

  /**
   * Opens the native model of a run folder, or a SavedModel.
   *
   * @param registry where the model of a run is looked up
   * @param threads threads of TensorFlow; 0 for one a core
   * @param trust what a SavedModel's ops may do
   * @throws io.scenerank.config.InvalidInputException if it is neither, or damaged
   */
  static RankedModel open(Path path, Registry registry, int threads, Trust trust)
      throws IOException {
    return Files.exists(path.resolve(SavedRun.CONFIG))
        ? ofRun(SavedRun.open(path, registry), threads)
        : ofSavedModel(RunFolder.savedModel(path), threads, trust);
  }

  private static RankedModel ofRun(SavedRun run, int threads) {
    ModelDefinition<?> definition = run.experiment().definition();
    return new RankedModel(
        definition.type().name(),
        run.folder(),
        ranker(run, ImmutableList.of(), threads),
        Optional.of(definition),
        run.fingerprint(),
        run.experiment().training().batchSize());
  }

  /**
   * The model of a run with the values that its training kept; the caller closes it.
   *
   * @param tensors results of layers that are outputs too
   * @throws InvalidInputException naming a tensor that there is not, or if the run is damaged
   */
  static Ranker ranker(SavedRun run, ImmutableList<String> tensors, int threads) {
    List<Ranker> opened = new ArrayList<>();
    run.readCheckpoint(
        prefix ->
            opened.add(
                NativeRanker.ofCheckpoint(
                    run.experiment().definition(), prefix, tensors, threads)));
    return opened.get(0);
  }

  private static RankedModel ofSavedModel(Path path, int threads, Trust trust) {
    Path absolute = path.toAbsolutePath().normalize();
    boolean version = absolute.getFileName().toString().matches("\\d+");
    return new RankedModel(
        absolute
            .subpath(
                Math.max(0, absolute.getNameCount() - (version ? 2 : 1)), absolute.getNameCount())
            .toString(),
        path,
        SavedModelPredictor.load(path, Signatures.SERVING_DEFAULT, threads, trust),
        Optional.empty(),
        ExportDescription.fingerprint(path),
        BLACK_BOX_ROWS);
  }

  /** What is to be checked of data that it scores. */
  EncodingCheck.Model encoding() {
    return new EncodingCheck.Model(
        path,
        fingerprint,
        definition
            .<ImmutableList<FeatureColumn>>map(ModelDefinition::columns)
            .orElseGet(() -> RowScorer.layout(ranker).columns()));
  }

  /** How {@code --json} calls what has scored. */
  String graph() {
    return definition.isPresent() ? NATIVE : "saved_model";
  }

  @Override
  public void close() {
    ranker.close();
  }
}
