package io.scenerank.keras;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.google.common.collect.ImmutableMap;
import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import io.scenerank.layer.ModelReader;
import io.scenerank.layer.base.LayerGraph;
import io.scenerank.layer.base.LayerTree;
import io.scenerank.layer.base.LayerTree.VariableNode;
import io.scenerank.layer.base.Structure;
import io.scenerank.model.KerasGraph;
import io.scenerank.model.KerasGraphParams;
import io.scenerank.model.ModelDefinition;
import io.scenerank.train.KerasTaskLosses;
import io.scenerank.train.TrainingConfig;
import io.scenerank.variable.FloatTensor;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A model of any layers in the form of Keras 3's files. */
final class GraphExporter {
  private final ModelDefinition<KerasGraphParams> definition;
  private final GraphImport.Built built;

  /**
   * Builds the model.
   *
   * @throws InvalidInputException if it is a model of Keras 2, whose layers are not those of Keras
   *     3
   */
  GraphExporter(ModelDefinition<KerasGraphParams> definition) {
    JsonNode json = new ConfigMapper().parse(definition.params().kerasJson(), "keras_json");
    if (ModelReader.generation(json) == 2) {
      throw new InvalidInputException(
          "the model was made by Keras 2, whose layers Keras 3 does not read; export it as a"
              + " saved_model");
    }
    this.definition = definition;
    this.built = GraphImport.build(definition);
  }

  /** The model's {@code config.json} without how it was compiled. */
  ObjectNode config() {
    return (ObjectNode)
        new ConfigMapper().parsePython(definition.params().kerasJson(), "model_params.keras_json");
  }

  /** Writes all variables where Keras looks for them. */
  void write(Hdf5Writer writer, Map<String, FloatTensor> weights) {
    ImmutableMap<String, String> arrays = Keras3Layout.arrays(built.tree());
    write(writer, weights, built.tree(), arrays, new HashSet<>());
  }

  /** Paths of the trained variables in the order of Keras' {@code trainable_variables}. */
  List<String> trainable() {
    return VariableOrder.of(built.tree()).stream()
        .map(VariableNode::path)
        .filter(built.trained()::contains)
        .toList();
  }

  /** What the model's outputs are trained with, as {@code compile_config} has it. */
  JsonNode losses(TrainingConfig training) {
    Map<String, JsonNode> byTask = new LinkedHashMap<>();
    JsonNode given =
        training.loss() instanceof KerasTaskLosses losses
            ? new ConfigMapper().parse(losses.key(), "training.loss")
            : NullNode.getInstance();
    for (String task : definition.params().taskNames()) {
      byTask.put(task, given.has(task) ? given.get(task) : TextNode.valueOf("binary_crossentropy"));
    }
    Structure<LayerGraph.TensorRef> outputs =
        KerasGraph.read(KerasGraph.typesOf(definition), definition.params()).graph().outputs();
    if (outputs instanceof Structure.Entries<LayerGraph.TensorRef>) {
      return new ConfigMapper().newObject().setAll(byTask);
    }
    if (byTask.size() == 1) {
      return byTask.values().iterator().next();
    }
    return JsonNodeFactory.instance.arrayNode().addAll(byTask.values());
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
    if (node.layer().kerasClass().equals("Normalization") && !node.variables().isEmpty()) {
      String first = requireNonNull(arrays.get(node.variables().get(0).path()), "vars/0");
      // Keras keeps a number of rows that nothing reads.
      writer.put(first.substring(0, first.lastIndexOf('/')), "2", 0L);
    }
    node.children().forEach(child -> write(writer, weights, child, arrays, written));
  }
}
