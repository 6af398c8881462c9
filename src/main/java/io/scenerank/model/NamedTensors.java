package io.scenerank.model;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSortedSet;
import io.scenerank.config.InvalidInputException;
import io.scenerank.config.SpellingHint;
import io.scenerank.layer.base.Functional;
import io.scenerank.layer.base.LayerGraph;
import io.scenerank.layer.base.LayerGraph.Node;
import io.scenerank.layer.base.LayerGraph.TensorRef;
import io.scenerank.layer.base.Structure;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The results of a model's layers by name: that of the layer, as Keras has it; where a layer is
 * called several times or has several results, with the numbers of the call and of the result
 * behind, {@code tower[1][0]}. Layers of models inside the model have no names here.
 */
final class NamedTensors {
  private final String model;
  private final Functional functional;

  NamedTensors(ModelDefinition<?> definition, Functional functional) {
    this.model = definition.type().name();
    this.functional = functional;
  }

  /** The tensors that something reads, in the order of the calls. */
  ImmutableMap<String, TensorRef> all() {
    LayerGraph graph = functional.graph();
    Set<TensorRef> read = new LinkedHashSet<>(graph.outputs().leaves());
    graph.nodes().forEach(node -> read.addAll(node.arguments().tensors()));
    ImmutableMap.Builder<String, TensorRef> names = ImmutableMap.builder();
    for (Node node : graph.nodes()) {
      ImmutableSortedSet<TensorRef> ofLayer =
          read.stream()
              .filter(ref -> ref.layer().equals(node.layer()))
              .collect(
                  ImmutableSortedSet.toImmutableSortedSet(
                      Comparator.comparingInt(TensorRef::node)
                          .thenComparingInt(TensorRef::tensor)));
      for (TensorRef ref : ofLayer) {
        if (ref.node() == node.number()) {
          names.put(ofLayer.size() == 1 ? ref.layer() : ref.toString(), ref);
        }
      }
    }
    return names.buildOrThrow();
  }

  /**
   * The same model with these tensors as further outputs: a list of its own outputs and of them.
   *
   * @throws InvalidInputException naming a tensor that there is not, and those that there are
   */
  Functional with(List<String> tensors) {
    ImmutableMap<String, TensorRef> all = all();
    ImmutableList.Builder<Structure<TensorRef>> outputs = ImmutableList.builder();
    LayerGraph graph = functional.graph();
    outputs.add(graph.outputs());
    for (String name : tensors) {
      if (!all.containsKey(name)) {
        throw unknown(name, all);
      }
      outputs.add(Structure.leaf(requireNonNull(all.get(name), name)));
    }
    return new Functional(
        functional.config(),
        new LayerGraph(
            graph.layers(), graph.nodes(), graph.inputs(), new Structure.Items<>(outputs.build())));
  }

  private InvalidInputException unknown(String name, ImmutableMap<String, TensorRef> all) {
    ImmutableList<String> ofLayer =
        all.keySet().stream()
            .filter(known -> known.startsWith(name + "["))
            .collect(ImmutableList.toImmutableList());
    return new InvalidInputException(
        ofLayer.isEmpty()
            ? String.format(
                "model '%s': tensor '%s' is unknown%s",
                model, name, SpellingHint.hint(name, all.keySet()))
            : String.format(
                "model '%s': layer '%s' has several results, expected one of them: %s",
                model, name, String.join(", ", ofLayer)));
  }
}
