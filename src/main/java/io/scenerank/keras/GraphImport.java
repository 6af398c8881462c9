package io.scenerank.keras;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.config.ConfigMapper;
import io.scenerank.layer.LayerTypes;
import io.scenerank.layer.base.Functional;
import io.scenerank.layer.base.LayerTree;
import io.scenerank.model.KerasGraph;
import io.scenerank.model.KerasGraphParams;
import io.scenerank.model.ModelDefinition;
import io.scenerank.model.ModelGraph;
import io.scenerank.train.TrainedState;
import io.scenerank.train.TrainingConfig;
import io.scenerank.train.experiment.Experiment;
import io.scenerank.variable.FloatTensor;
import io.scenerank.variable.Seeds;
import io.scenerank.variable.WeightStore;
import java.nio.file.Path;
import java.util.Optional;
import org.tensorflow.Graph;
import org.tensorflow.op.Ops;

/** Reads a {@code .keras} file of any functional or sequential model. */
final class GraphImport {
  private final LayerTypes types;

  GraphImport(LayerTypes types) {
    this.types = types;
  }

  /**
   * Reads a file.
   *
   * @throws io.scenerank.config.InvalidInputException naming the file and what is damaged, missing
   *     or not computed here
   */
  KerasModel read(Path path) {
    try (KerasModelFile file = KerasModelFile.open(path, types)) {
      ModelDefinition<KerasGraphParams> definition = definition(file);
      ImmutableMap<String, FloatTensor> weights = file.weights(tree(definition));
      return new KerasModel(
          path,
          KerasSource.Kind.KERAS_ARCHIVE.label(),
          new Experiment(definition, TrainingConfig.keras()),
          new TrainedState(weights, Optional.empty()),
          Optional.empty(),
          Optional.empty(),
          ImmutableList.of());
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
            columns.outputNames(), columns.inputNames(), new ConfigMapper().toJson(json)),
        columns.columns());
  }

  /** The layers and variables of a definition, built in a graph that is thrown away. */
  static LayerTree tree(ModelDefinition<KerasGraphParams> definition) {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      WeightStore store = new WeightStore(graph, tf, new Seeds(0), Optional.empty());
      return KerasGraph.tree(
          definition, tf, store, ModelGraph.placeholders(tf, definition.layout()));
    }
  }
}
