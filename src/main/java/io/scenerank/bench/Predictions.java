package io.scenerank.bench;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.model.ModelDefinition;
import io.scenerank.serve.CandidateRanker;
import io.scenerank.serve.Ranker;
import io.scenerank.serve.Scores;
import java.util.List;
import java.util.function.Function;

/** Predicting as a service does: features are built, the model is called, the scores are read. */
final class Predictions implements Workload {
  private final String name;
  private final List<RequestLoop.Ids> requests;
  private final ImmutableList<String> outputs;
  private final Function<RequestLoop.Ids, Scores> model;
  private final int rows;
  private final long multiplyAddsPerRow;
  private int next;
  private float sum;

  private Predictions(
      String name,
      ModelDefinition<?> definition,
      RequestLoop requests,
      Iterable<String> outputs,
      Function<RequestLoop.Ids, Scores> model) {
    this.name = name;
    this.requests = requests.requests();
    this.outputs = ImmutableList.copyOf(outputs);
    this.model = model;
    this.rows = this.requests.get(0).count();
    this.multiplyAddsPerRow = definition.scoringWork().orElseThrow();
  }

  /**
   * Predicts with a ranker, which stays the caller's to close.
   *
   * @param rows a call: candidates of one user
   */
  public static Predictions of(
      String name, Ranker ranker, ModelDefinition<?> definition, int rows, long seed) {
    // A SavedModel of another origin may have fewer inputs: those that its network reads.
    List<FeatureColumn> columns =
        definition.columns().stream()
            .filter(column -> ranker.inputs().containsKey(column.name()))
            .toList();
    return new Predictions(
        name,
        definition,
        RequestLoop.of(columns, rows, seed),
        ranker.outputs(),
        ids -> ranker.predict(ids.features()));
  }

  /**
   * Ranks candidates with what depends on the user computed once; the ranker stays the caller's to
   * close.
   *
   * @param ranker takes {@link #userFeatures} of the user
   * @param candidates a call
   */
  public static Predictions of(
      String name,
      CandidateRanker ranker,
      ModelDefinition<?> definition,
      int candidates,
      long seed) {
    return new Predictions(
        name,
        definition,
        RequestLoop.of(definition.columns(), candidates, seed),
        ranker.outputs(),
        ids -> ranker.rank(ids.ofUser(), ids.ofCandidates()));
  }

  /** Names of the features of a model that are the user's, not the candidates'. */
  public static ImmutableSet<String> userFeatures(ModelDefinition<?> definition) {
    return RequestLoop.userFeatures(definition.columns());
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int rowsPerCall() {
    return rows;
  }

  @Override
  public long multiplyAddsPerRow() {
    return multiplyAddsPerRow;
  }

  @Override
  public void call() {
    Scores scores = model.apply(requests.get(next));
    for (String output : outputs) {
      sum += scores.get(output)[rows - 1];
    }
    next = (next + 1) % requests.size();
  }

  /** The sum of the scores that were read, so that nobody may leave the reading out. */
  float sum() {
    return sum;
  }

  @Override
  public void close() {}
}
