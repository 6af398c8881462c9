package io.scenerank.cluster.worker;

import io.scenerank.model.ModelDefinition;
import io.scenerank.model.ModelGraph;
import io.scenerank.variable.DropoutDraws;
import io.scenerank.variable.LayerScope.Training;
import io.scenerank.variable.Seeds;
import io.scenerank.variable.WeightStore;
import java.util.Optional;
import org.tensorflow.Graph;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TInt32;

/**
 * What dropout draws in the training of a model.
 *
 * @param width decisions a row; 0 if the model drops nothing
 * @param sampler draws them
 */
record DropoutPlan(int width, DropoutDraws.Sampler sampler) {

  /**
   * Finds it by building the training form in a graph that is not run.
   *
   * @param seed seed of the training
   */
  public static DropoutPlan of(ModelDefinition<?> definition, long seed) {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      DropoutDraws draws = new DropoutDraws(tf);
      Placeholder<TInt32> step = tf.placeholder(TInt32.class, Placeholder.shape(Shape.scalar()));
      Training training = new Training(step, Optional.empty(), Optional.of(draws));
      WeightStore store = new WeightStore(graph, tf, new Seeds(seed), Optional.of(training));
      ModelGraph.build(definition, tf, store, ModelGraph.placeholders(tf, definition.layout()));
      return new DropoutPlan(draws.width(), draws.sampler());
    }
  }
}
