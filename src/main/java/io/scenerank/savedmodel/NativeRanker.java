package io.scenerank.savedmodel;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.scenerank.layer.FloatTensor;
import io.scenerank.layer.WeightAccess;
import io.scenerank.model.ModelDefinition;
import java.util.Map;
import org.tensorflow.Session;

/**
 * Predicts with a model that is built in Java, without a SavedModel: the graph is the one that an
 * export holds, with one input a feature and one output a task.
 *
 * <p>Safe for many threads at once, {@link #close} included; see {@link Ranker}.
 */
public final class NativeRanker implements Ranker {
  private final ServingGraph serving;
  private final Session session;
  private final SignatureRunner runner;

  private NativeRanker(ServingGraph serving, Session session, SignatureRunner runner) {
    this.serving = serving;
    this.session = session;
    this.runner = runner;
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
      Session session = new Session(serving.graph(), SessionConfig.of(threads));
      try {
        access.assign(session, weights);
        return new NativeRanker(
            serving,
            session,
            new SignatureRunner(
                definition.type().name(),
                session,
                serving.graph().toGraphDef(),
                serving.signatures(),
                SavedModelPredictor.SERVING_DEFAULT));
      } catch (RuntimeException e) {
        session.close();
        throw e;
      }
    } catch (RuntimeException e) {
      serving.close();
      throw e;
    }
  }

  @Override
  public ImmutableMap<String, InputSpec> inputs() {
    return runner.inputs();
  }

  @Override
  public ImmutableSet<String> outputs() {
    return runner.outputs().keySet();
  }

  @Override
  public ImmutableMap<String, OutputSpec> outputSpecs() {
    return runner.outputs();
  }

  @Override
  public Scores predict(Features features) {
    return runner.predict(features);
  }

  @Override
  public void close() {
    runner.close(
        () -> {
          session.close();
          serving.close();
        });
  }
}
