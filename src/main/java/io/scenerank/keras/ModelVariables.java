package io.scenerank.keras;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.scenerank.model.ModelDefinition;
import io.scenerank.model.ModelGraph;
import io.scenerank.variable.Seeds;
import io.scenerank.variable.Weight;
import io.scenerank.variable.WeightStore;
import java.util.Optional;
import org.tensorflow.Graph;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;

/**
 * The variables that a model has in Java.
 *
 * @param shapes shape by path, in the order of creation
 * @param trainable paths of those that training changes
 * @param parts paths of the variables by the variable of the graph that holds them: itself, or one
 *     that holds several tables, in the order of its rows
 */
record ModelVariables(
    ImmutableMap<String, Shape> shapes,
    ImmutableSet<String> trainable,
    ImmutableListMultimap<String, String> parts) {

  /** Builds the model's graph to see them. */
  static ModelVariables of(ModelDefinition<?> definition) {
    ImmutableMap.Builder<String, Shape> shapes = ImmutableMap.builder();
    ImmutableSet.Builder<String> trainable = ImmutableSet.builder();
    ImmutableListMultimap.Builder<String, String> parts = ImmutableListMultimap.builder();
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      WeightStore store = new WeightStore(graph, tf, new Seeds(0), Optional.empty());
      ModelGraph.build(definition, tf, store, ModelGraph.placeholders(tf, definition.layout()));
      for (Weight weight : store.weights()) {
        for (Weight.Part part : weight.parts()) {
          shapes.put(part.path(), part.shape());
          parts.put(weight.path(), part.path());
          if (weight.trainable()) {
            trainable.add(part.path());
          }
        }
      }
    }
    return new ModelVariables(shapes.buildOrThrow(), trainable.build(), parts.build());
  }

  ImmutableList<String> paths() {
    return shapes.keySet().asList();
  }

  Shape shape(String path) {
    return requireNonNull(shapes.get(path), path);
  }

  /** Paths of the variables that belong to the same object, in the order of {@code ordered}. */
  static ImmutableList<String> siblings(String path, ImmutableList<String> ordered) {
    String parent = parent(path);
    return ordered.stream()
        .filter(other -> parent(other).equals(parent))
        .collect(ImmutableList.toImmutableList());
  }

  static String parent(String path) {
    return path.substring(0, path.lastIndexOf('/') + 1);
  }
}
