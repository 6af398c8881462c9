package io.scenerank.bench;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
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
   * @param userFeatures names of the inputs that are the user's; none if no candidates are ranked
   * @param seed of the requests
   * @param threads threads of TensorFlow; 0 for one a core
   */
  public record Options(
      int candidates, ImmutableSet<String> userFeatures, long seed, int threads) {}

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
    boolean ranks = exported && !options.userFeatures().isEmpty();
    this.ranker = ranks ? Optional.of(ranker(model, options)) : Optional.empty();
    RequestLoop requests =
        RequestLoop.of(definition.columns(), options.userFeatures(), 1, options.seed());
    RequestLoop many =
        RequestLoop.of(
            definition.columns(), options.userFeatures(), options.candidates(), options.seed());
    ImmutableList.Builder<Workload> list = ImmutableList.builder();
    list.add(Predictions.of("one_row", predictor, definition, requests));
    ranker.ifPresent(loaded -> list.add(Predictions.of("candidates", loaded, definition, many)));
    String rows = exported ? "candidate_rows" : "candidates";
    list.add(Predictions.of(rows, predictor, definition, many));
    this.workloads = list.build();
  }

  private CandidateRanker ranker(Path model, Options options) {
    try {
      return CandidateRanker.load(model, options.userFeatures(), options.threads());
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
