package io.scenerank.run.export;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.model.ModelDefinition;
import io.scenerank.model.ModelGraph;
import io.scenerank.testing.SceneModels;
import io.scenerank.testing.SmallModel;
import io.scenerank.train.Device;
import io.scenerank.train.TrainingConfig;
import io.scenerank.train.TrainingGraph;
import io.scenerank.variable.FloatTensor;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.ndarray.Shape;

/** Where the models have their tables. */
class EmbeddingTableTest {

  static Stream<ModelDefinition<?>> models() {
    return Stream.concat(
        Stream.of(SmallModel.definition(SmallModel.withLinearLogits())),
        SceneModels.types().stream().map(SceneModels::small));
  }

  @ParameterizedTest
  @MethodSource("models")
  void everyTableIsAVariableOfTheCheckpoint(ModelDefinition<?> model) {
    ImmutableList<ModelGraph.Table> tables = ModelGraph.tables(model);
    assertThat(tables).isNotEmpty();
    try (TrainingGraph graph =
        new TrainingGraph(
            model,
            TrainingGraph.Options.of(TrainingConfig.defaults(), 3, Device.parse("cpu"), 1))) {
      ImmutableMap<String, FloatTensor> variables = graph.read();
      for (ModelGraph.Table table : tables) {
        String path = table.layer() + EmbeddingTable.VALUES;
        assertThat(variables).containsKey(path);
        assertThat(variables.get(path).shape()).isEqualTo(Shape.of(table.rows(), table.width()));
      }
      assertThat(tables.stream().map(table -> table.layer() + EmbeddingTable.VALUES))
          .containsExactlyInAnyOrderElementsOf(
              variables.keySet().stream()
                  .filter(path -> path.endsWith(EmbeddingTable.VALUES))
                  // M2M's learned vector of each task is of no column.
                  .filter(path -> !path.startsWith("task_emb_"))
                  .toList());
    }
  }
}
