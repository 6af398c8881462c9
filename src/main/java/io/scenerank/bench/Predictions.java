package io.scenerank.bench;

import com.google.common.collect.ImmutableList;
import io.scenerank.bench.RequestLoop.Request;
import io.scenerank.model.ModelDefinition;
import io.scenerank.serve.CandidateRanker;
import io.scenerank.serve.Ranker;
import io.scenerank.serve.Scores;
import java.util.List;
import java.util.function.Function;

/** Predicting as a service does: features are built, the model is called, the scores are read. */
final class Predictions implements Workload {
  private final String name;
  private final List<Request> requests;
  private final ImmutableList<String> outputs;
  private final Function<Request, Scores> model;
  private final int rows;
  private final long multiplyAddsPerRow;
  private int next;
  private float sum;

  private Predictions(
      String name,
      ModelDefinition<?> definition,
      RequestLoop requests,
      Iterable<String> outputs,
      Function<Request, Scores> model) {
    this.name = name;
    this.requests = requests.requests();
    this.outputs = ImmutableList.copyOf(outputs);
    this.model = model;
    this.rows = this.requests.get(0).count();
    this.multiplyAddsPerRow = definition.scoringWork().orElse(0);
  }

  /** Predicts with a ranker, which stays the caller's to close. */
  public static Predictions of(
      String name, Ranker ranker, ModelDefinition<?> definition, RequestLoop requests) {
    // A SavedModel of another origin may have fewer inputs: those that its network reads.
    return new Predictions(
        name,
        definition,
        requests.of(ranker.inputs().keySet()),
        ranker.outputs(),
        request -> ranker.predict(request.features()));
  }

  /**
   * Ranks candidates with what depends on the user computed once; the ranker stays the caller's to
   * close.
   *
   * @param requests whose user has what the ranker takes of the user
   */
  public static Predictions of(
      String name, CandidateRanker ranker, ModelDefinition<?> definition, RequestLoop requests) {
    return new Predictions(
        name,
        definition,
        requests,
        ranker.outputs(),
        request -> ranker.rank(request.ofUser(), request.ofCandidates()));
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
