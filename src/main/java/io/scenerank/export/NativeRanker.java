package io.scenerank.export;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.scenerank.PublicApi;
import io.scenerank.model.ModelDefinition;
import io.scenerank.serve.Features;
import io.scenerank.serve.Ranker;
import io.scenerank.serve.Ranker.InputSpec;
import io.scenerank.serve.Scores;
import io.scenerank.serve.Scores.OutputSpec;
import io.scenerank.serve.SessionRanker;
import io.scenerank.variable.FloatTensor;
import io.scenerank.variable.WeightAccess;
import java.util.Map;

/**
 * Predicts with a model that is built in Java, without a SavedModel: the graph is the one that an
 * export holds, with one input a feature and one output a task.
 *
 * <p>Safe for many threads at once, {@link #close} included; see {@link Ranker}.
 */
@PublicApi
public final class NativeRanker implements Ranker {
  private final ServingGraph serving;
  private final Ranker ranker;

  private NativeRanker(ServingGraph serving, Ranker ranker) {
    this.serving = serving;
    this.ranker = ranker;
  }

  /**
   * Builds the model and gives it its weights.
   *
   * @param weights every variable by its path, {@code embedding/<table>/embeddings} for a table
   * @param threads TensorFlow's threads; 0 for one a core
   * @throws IllegalArgumentException if a variable is missing or of another shape
   */
  public static NativeRanker of(
      ModelDefinition<?> definition, Map<String, FloatTensor> weights, int threads) {
    ServingGraph serving = new ServingGraph(definition);
    try {
      WeightAccess access = new WeightAccess(serving.tf(), serving.weights());
      return new NativeRanker(
          serving,
          SessionRanker.open(
              definition.type().name(),
              serving.graph(),
              serving.signatures(),
              threads,
              session -> access.assign(session, weights)));
    } catch (RuntimeException e) {
      serving.close();
      throw e;
    }
  }

  @Override
  public ImmutableMap<String, InputSpec> inputs() {
    return ranker.inputs();
  }

  @Override
  public ImmutableSet<String> outputs() {
    return ranker.outputs();
  }

  @Override
  public ImmutableMap<String, OutputSpec> outputSpecs() {
    return ranker.outputSpecs();
  }

  @Override
  public Scores predict(Features features) {
    return ranker.predict(features);
  }

  @Override
  public void close() {
    // Closes the session only once no call is in flight; the graph has to outlive it.
    ranker.close();
    serving.close();
  }
}
