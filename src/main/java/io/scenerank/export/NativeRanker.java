package io.scenerank.export;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.scenerank.PublicApi;
import io.scenerank.model.ModelDefinition;
import io.scenerank.serve.Features;
import io.scenerank.serve.LoadedModel;
import io.scenerank.serve.Ranker;
import io.scenerank.serve.Ranker.InputSpec;
import io.scenerank.serve.Scores;
import io.scenerank.serve.Scores.OutputSpec;
import io.scenerank.variable.FloatTensor;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.tensorflow.Session;

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
    return open(
        definition,
        new ServingGraph(definition, ImmutableList.of()),
        threads,
        (serving, session) -> serving.assign(session, weights));
  }

  /**
   * Builds the model and gives it the weights of a TensorFlow checkpoint, which take no memory
   * besides the variables.
   *
   * @param prefix of the checkpoint, with every variable under its path
   * @param tensors layers whose results are outputs too, by the names of the layers; of a layer
   *     with several results, {@code layer[call][result]}
   * @param threads TensorFlow's threads; 0 for one a core
   * @throws io.scenerank.config.InvalidInputException naming a tensor that there is not, and those
   *     that there are, or that is an output anyway
   */
  public static NativeRanker ofCheckpoint(
      ModelDefinition<?> definition, Path prefix, List<String> tensors, int threads) {
    return open(
        definition,
        new ServingGraph(definition, tensors),
        threads,
        (serving, session) -> serving.restore(session, prefix));
  }

  private static NativeRanker open(
      ModelDefinition<?> definition,
      ServingGraph serving,
      int threads,
      BiConsumer<ServingGraph, Session> start) {
    try {
      return new NativeRanker(
          serving,
          LoadedModel.overGraph(
              definition.type().name(),
              serving.graph(),
              serving.signatures(),
              threads,
              session -> start.accept(serving, session)));
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
