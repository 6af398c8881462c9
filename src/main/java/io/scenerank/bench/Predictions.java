package io.scenerank.bench;

import com.google.common.collect.ImmutableList;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.model.ModelDefinition;
import io.scenerank.savedmodel.Ranker;
import io.scenerank.savedmodel.Scores;
import java.util.List;

/** Predicting as a service does: features are built, the model is called, the scores are read. */
public final class Predictions implements Workload {
  private final String name;
  private final Ranker ranker;
  private final List<Requests.Ids> requests;
  private final ImmutableList<String> outputs;
  private final int rows;
  private final long multiplyAddsPerRow;
  private int next;
  private float sum;

  /**
   * Predicts with a ranker, which stays the caller's to close.
   *
   * @param rows a call: candidates of one user
   */
  public Predictions(
      String name, Ranker ranker, ModelDefinition<?> definition, int rows, long seed) {
    this.name = name;
    this.ranker = ranker;
    this.rows = rows;
    this.multiplyAddsPerRow = NecessaryWork.of(definition).forward();
    this.outputs = ranker.outputs().asList();
    // A SavedModel of another origin may have fewer inputs: those that its network reads.
    List<FeatureColumn> columns =
        definition.columns().stream()
            .filter(column -> ranker.inputs().containsKey(column.name()))
            .toList();
    this.requests = Requests.of(columns, rows, seed).requests();
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
    Scores scores = ranker.predict(requests.get(next).features());
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
