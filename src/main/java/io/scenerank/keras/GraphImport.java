package io.scenerank.keras;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableSet;
import io.scenerank.config.ConfigMapper;
import io.scenerank.layer.KerasForm;
import io.scenerank.layer.LayerTypes;
import io.scenerank.layer.base.Functional;
import io.scenerank.layer.base.LayerTree;
import io.scenerank.model.KerasGraph;
import io.scenerank.model.KerasGraph.KerasGraphParams;
import io.scenerank.model.ModelDefinition;
import io.scenerank.model.ModelGraph;
import io.scenerank.variable.Seeds;
import io.scenerank.variable.WeightStore;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.tensorflow.op.Ops;

/** Reads a file or folder of any functional or sequential model. */
final class GraphImport {
  private final LayerTypes types;

  GraphImport(LayerTypes types) {
    this.types = types;
  }

  /**
   * Reads a file.
   *
   * @param described the model
   * @throws io.scenerank.config.InvalidInputException naming the file and what is damaged, missing
   *     or not computed here
   */
  KerasModel read(Path path, ModelJson described) {
    try (KerasModelFile file = KerasModelFile.open(path, described, types)) {
      ModelDefinition<KerasGraphParams> definition = definition(file);
      Built built = build(definition);
      return file.read(definition, built.tree(), built.trained(), UnaryOperator.identity());
    }
  }

  private ModelDefinition<KerasGraphParams> definition(KerasModelFile file) {
    return definition(types, file.model(), file.json());
  }

  /** The definition of a model: its inputs are columns, its outputs tasks. */
  static ModelDefinition<KerasGraphParams> definition(
      LayerTypes types, Functional model, JsonNode json) {
    GraphColumns columns = new GraphColumns(model);
    return ModelDefinition.of(
        KerasGraph.type(types),
        new KerasGraphParams(
            columns.outputNames(), columns.inputNames(), new ConfigMapper().toPython(json)),
        columns.columns());
  }

  /** A model's layers, and what they are in a graph. */
  record Graph(Functional model, Built built) {}

  /** The graph of layers of any definition: of the registry's models too. */
  static Graph graph(ModelDefinition<?> definition) {
    return definition.params() instanceof KerasGraphParams
        ? new Graph(definition.functional(), build(definition))
        : graph(KerasForm.of(definition.functional(), KerasGraph.typesOf(definition)));
  }

  /** The same of the classes of the original implementation, which compute alike. */
  static Graph original(ModelDefinition<?> definition) {
    return graph(KerasForm.original(definition.functional(), KerasGraph.typesOf(definition)));
  }

  private static Graph graph(Functional model) {
    GraphColumns columns = new GraphColumns(model);
    return new Graph(
        model,
        build(
            ModelDefinition.of(
                KerasGraph.typeOf(model),
                new KerasGraphParams(columns.outputNames(), columns.inputNames(), ""),
                columns.columns())));
  }

  /**
   * The layers and variables of a definition.
   *
   * @param trained paths of the variables that are trained
   */
  record Built(LayerTree tree, ImmutableSet<String> trained) {}

  /** Builds a definition in a graph that is thrown away. */
  static Built build(ModelDefinition<?> definition) {
    try (org.tensorflow.Graph graph = new org.tensorflow.Graph()) {
      Ops tf = Ops.create(graph);
      WeightStore store = new WeightStore(graph, tf, new Seeds(0), Optional.empty());
      LayerTree tree =
          ModelGraph.tree(definition, tf, store, ModelGraph.placeholders(tf, definition.layout()));
      return new Built(tree, store.trainedPaths());
    }
  }
}
