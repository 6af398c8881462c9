package io.scenerank.keras;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.ImmutableMap;
import io.scenerank.model.ModelDefinition;
import java.util.Optional;

/**
 * Finds variables in a Keras 2 SavedModel by their objects' paths: the layer by its name in {@code
 * keras_metadata.pb}, what is inside it by the names of its attributes.
 */
final class ObjectPathLocator implements VariableLocator {
  private final ObjectGraph graph;
  private final ImmutableMap<String, Integer> layers;
  private final ImmutableMap<String, StoredVariable> stored;

  ObjectPathLocator(
      ObjectGraph graph, KerasMetadata metadata, ImmutableMap<String, StoredVariable> stored) {
    this.graph = graph;
    this.stored = stored;
    ImmutableMap.Builder<String, Integer> found = ImmutableMap.builder();
    graph
        .children(graph.root())
        .forEach(
            (child, node) -> {
              if (child.startsWith("layer-")) {
                metadata.name(child).ifPresent(name -> found.put(name, node));
              }
            });
    // A layer with weights has two names; the metadata is under the first of them.
    graph
        .children(graph.root())
        .forEach(
            (child, node) -> {
              if (child.startsWith("layer_with_weights-")) {
                metadata.name(child).ifPresent(name -> found.put(name, node));
              }
            });
    this.layers = found.buildKeepingLast();
  }

  @Override
  public Located locate(ModelDefinition<?> definition, ModelVariables variables) {
    ImmutableListMultimap.Builder<String, StoredVariable> located = ImmutableListMultimap.builder();
    for (String path : variables.paths()) {
      for (OwnedPath owned : OwnedPath.of(path, layers.keySet())) {
        variable(owned).ifPresent(found -> located.put(path, found));
      }
    }
    return Located.proven(located.build());
  }

  private Optional<StoredVariable> variable(OwnedPath owned) {
    return graph
        .find(requireNonNull(layers.get(owned.layer()), owned.layer()), owned.inside())
        .flatMap(graph::key)
        .map(stored::get);
  }
}
