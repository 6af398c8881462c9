package io.scenerank.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.scenerank.data.Batch;
import io.scenerank.data.Batcher;
import io.scenerank.data.PackedRows;
import io.scenerank.layer.KerasForm;
import io.scenerank.layer.LayerTypes;
import io.scenerank.layer.ModelReader;
import io.scenerank.model.KerasGraph.KerasGraphParams;
import io.scenerank.model.ModelDefinition;
import io.scenerank.model.Models;
import io.scenerank.testing.SceneModels;
import io.scenerank.testing.SmallModel;
import io.scenerank.train.Device;
import io.scenerank.train.TrainingConfig;
import io.scenerank.train.TrainingGraph;
import io.scenerank.variable.FloatTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The registry's models and what is read of their Keras form compute the same numbers. */
@Tag("slow")
class GraphFormsTest {
  private static final int STEPS = 4;

  /** Sums in another order, carried through four steps of Adam. */
  private static final float TOLERANCE = 2e-5f;

  static Stream<ModelDefinition<?>> models() {
    return Stream.of(
        SmallModel.definition(SmallModel.withDropout(0.2f)),
        SceneModels.small(Models.APG, "{dropout: 0.2}"),
        SceneModels.small(Models.APG, "{use_uv_shared: false, linear_logits: true}"),
        SceneModels.small(Models.APG, "{apg_strategy: self}"),
        // Without dropout: a graph numbers the draws of a shared unit in the order in which Keras
        // runs a graph, the registry's form by task.
        SceneModels.small(Models.M2M, "{attention_masking: keras3}"),
        SceneModels.small(
            Models.M2M,
            "{attention_masking: keras3, positon_agg_func: sum, activation: dice,"
                + " attention_softmax: true, tower_residual: true}"),
        SceneModels.small(
            Models.M2M, "{attention_masking: keras3, meta_unit_shared: false, dropout: 0.2}"),
        SceneModels.small(Models.MMOE, "{dropout_rate: 0.2}"),
        SceneModels.small(Models.SHARED_BOTTOM, "{linear_logits: true, activation: prelu}"));
  }

  private static ModelDefinition<KerasGraphParams> graph(ModelDefinition<?> definition) {
    LayerTypes types = LayerTypes.standard();
    GraphImport.Graph written = GraphImport.graph(definition);
    JsonNode json = KerasForm.json(written.model(), written.built().tree());
    return GraphImport.definition(types, ModelReader.read(types, json, "test"), json);
  }

  @ParameterizedTest
  @MethodSource("models")
  void trainsAlike(ModelDefinition<?> definition) {
    ModelDefinition<KerasGraphParams> graph = graph(definition);
    TrainingGraph.Options options =
        TrainingGraph.Options.of(
            TrainingConfig.defaults(definition.type().pace()), 5, Device.parse("cpu"), 1);
    try (TrainingGraph own = new TrainingGraph(definition, options);
        TrainingGraph other = new TrainingGraph(graph, options)) {
      Map<String, FloatTensor> values = own.read();
      assertThat(other.read().keySet()).containsExactlyInAnyOrderElementsOf(values.keySet());
      other.assign(values);
      List<Float> expected = losses(own, definition);
      List<Float> found = losses(other, graph);
      for (int step = 0; step < STEPS; step++) {
        assertThat(found.get(step)).isCloseTo(expected.get(step), within(TOLERANCE));
      }
    }
  }

  private static List<Float> losses(TrainingGraph graph, ModelDefinition<?> definition) {
    PackedRows rows =
        definition.columns().stream().anyMatch(column -> column.name().equals("age"))
            ? SceneModels.rows(32, 1)
            : SmallModel.rows(32, 1);
    List<Float> losses = new ArrayList<>();
    try (Batcher batches =
        Batcher.of(rows)
            .reading(definition.layout(), definition.params().taskNames())
            .batchSize(8)
            .start()) {
      for (int step = 0; step < STEPS; step++) {
        try (Batch batch = batches.next()) {
          losses.add(graph.step(batch, step, 0.02f));
        }
      }
    }
    return losses;
  }
}
