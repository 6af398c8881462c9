package io.scenerank.keras;

import com.google.common.collect.ImmutableListMultimap;
import io.scenerank.model.ModelDefinition;
import io.scenerank.model.ModelGraph;
import io.scenerank.variable.Seeds;
import io.scenerank.variable.Weight;
import io.scenerank.variable.WeightStore;
import java.util.Optional;
import org.tensorflow.Graph;
import org.tensorflow.op.Ops;

/** The variables of the graph in which a model is exported. */
final class GraphVariables {
  private GraphVariables() {}

  /**
   * Paths of the variables by the variable of the graph that holds them, in its order: itself, or
   * one that holds several tables, in the order of its rows.
   */
  static ImmutableListMultimap<String, String> parts(ModelDefinition<?> definition) {
    ImmutableListMultimap.Builder<String, String> parts = ImmutableListMultimap.builder();
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      WeightStore store = new WeightStore(graph, tf, new Seeds(0), Optional.empty());
      ModelGraph.build(definition, tf, store, ModelGraph.placeholders(tf, definition.layout()));
      for (Weight weight : store.weights()) {
        weight.parts().forEach(part -> parts.put(weight.path(), part.path()));
      }
    }
    return parts.build();
  }
}
