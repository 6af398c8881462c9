package io.scenerank.bench;

import com.google.common.collect.ImmutableList;
import io.scenerank.model.ModelDefinition;
import io.scenerank.serve.CandidateRanker;
import io.scenerank.serve.SavedModelPredictor;
import io.scenerank.serve.Signatures;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Predictions of one SavedModel: {@code one_row}, and {@code candidates} of one user. An export of
 * this library ranks these with the user's side computed once; {@code candidate_rows} are then the
 * same through a plain prediction, which repeats the user in every row.
 */
final class InferenceWork implements AutoCloseable {
  private final SavedModelPredictor predictor;
  private final Optional<CandidateRanker> ranker;
  private final ImmutableList<Workload> workloads;

  /**
   * What to predict.
   *
   * @param candidates of a user
   * @param seed of the requests
   * @param threads threads of TensorFlow; 0 for one a core
   */
  public record Options(int candidates, long seed, int threads) {}

  /** Loads an export of this library. */
  public static InferenceWork ofExport(Path model, ModelDefinition<?> definition, Options options) {
    return new InferenceWork(model, definition, options, true);
  }

  /** Loads a SavedModel of the same columns, of any library. */
  public static InferenceWork of(Path model, ModelDefinition<?> definition, Options options) {
    return new InferenceWork(model, definition, options, false);
  }

  private InferenceWork(
      Path model, ModelDefinition<?> definition, Options options, boolean exported) {
    this.predictor = SavedModelPredictor.load(model, Signatures.SERVING_DEFAULT, options.threads());
    this.ranker = exported ? Optional.of(ranker(model, definition, options)) : Optional.empty();
    int count = options.candidates();
    long seed = options.seed();
    ImmutableList.Builder<Workload> list = ImmutableList.builder();
    list.add(Predictions.of("one_row", predictor, definition, 1, seed));
    ranker.ifPresent(
        loaded -> list.add(Predictions.of("candidates", loaded, definition, count, seed)));
    String rows = exported ? "candidate_rows" : "candidates";
    list.add(Predictions.of(rows, predictor, definition, count, seed));
    this.workloads = list.build();
  }

  private CandidateRanker ranker(Path model, ModelDefinition<?> definition, Options options) {
    try {
      return CandidateRanker.load(model, Predictions.userFeatures(definition), options.threads());
    } catch (RuntimeException e) {
      predictor.close();
      throw e;
    }
  }

  /** All of them, the row first. */
  public ImmutableList<Workload> workloads() {
    return workloads;
  }

  @Override
  public void close() {
    ranker.ifPresent(CandidateRanker::close);
    predictor.close();
  }
}
