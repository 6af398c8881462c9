package io.scenerank.keras;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableMap;
import io.scenerank.config.ConfigMapper;
import io.scenerank.layer.base.LayerTree;
import io.scenerank.layer.base.LayerTree.VariableNode;
import io.scenerank.model.KerasGraphParams;
import io.scenerank.model.ModelDefinition;
import io.scenerank.variable.FloatTensor;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** A model of any layers in the form of Keras 3's files. */
final class GraphExporter {
  private final ModelDefinition<KerasGraphParams> definition;
  private final LayerTree tree;

  GraphExporter(ModelDefinition<KerasGraphParams> definition) {
    this.definition = definition;
    this.tree = GraphImport.tree(definition);
  }

  /** The model's {@code config.json} without how it was compiled. */
  ObjectNode config() {
    return (ObjectNode)
        new ConfigMapper().parsePython(definition.params().kerasJson(), "model_params.keras_json");
  }

  /** Writes all variables where Keras looks for them. */
  void write(Hdf5Writer writer, Map<String, FloatTensor> weights) {
    ImmutableMap<String, String> arrays = Keras3Layout.arrays(tree);
    write(writer, weights, tree, arrays, new HashSet<>());
  }

  private void write(
      Hdf5Writer writer,
      Map<String, FloatTensor> weights,
      LayerTree node,
      ImmutableMap<String, String> arrays,
      Set<String> written) {
    for (VariableNode variable : node.variables()) {
      String array = requireNonNull(arrays.get(variable.path()), variable.path());
      int cut = array.lastIndexOf('/');
      if (written.add(variable.path())) {
        writer.put(
            array.substring(0, cut),
            array.substring(cut + 1),
            requireNonNull(weights.get(variable.path()), variable.path()));
        if (array.endsWith("/0")) {
          writer.attribute(array.substring(0, cut), "name", node.layer().name());
        }
      }
    }
    node.children().forEach(child -> write(writer, weights, child, arrays, written));
  }
}
