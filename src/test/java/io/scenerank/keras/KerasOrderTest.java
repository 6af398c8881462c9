package io.scenerank.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import io.scenerank.model.ModelDefinition;
import io.scenerank.model.ModelGraph;
import io.scenerank.variable.Seeds;
import io.scenerank.variable.WeightStore;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Graph;
import org.tensorflow.op.Ops;

class KerasOrderTest {
  static List<KerasGoldens.Golden> goldens() {
    return KerasGoldens.all();
  }

  /** The paths of a model's native graph. */
  private static ImmutableList<String> nativePaths(ModelDefinition<?> definition) {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      WeightStore store = new WeightStore(graph, tf, new Seeds(0), Optional.empty());
      ModelGraph.build(definition, tf, store, ModelGraph.placeholders(tf, definition.layout()));
      return store.parts().keySet().asList();
    }
  }

  private static KerasOrder order(ModelDefinition<?> definition, int generation) {
    return new KerasOrder(FunctionalModel.of(definition, generation));
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void variablesOfTheNativeGraphStandInKerasOrder(KerasGoldens.Golden golden) {
    List<String> paths = new ArrayList<>(nativePaths(golden.definition()));
    Collections.shuffle(paths, new Random(7));
    KerasOrder order = order(golden.definition(), golden.generation());
    assertThat(order.variables(paths)).containsExactlyElementsOf(golden.variables());
    List<String> trained = new ArrayList<>(golden.variables());
    trained.removeAll(golden.frozen());
    assertThat(order.trainableVariables(paths)).containsExactlyElementsOf(trained);
  }

  @Test
  void aVariableOfNoLayerIsRefused() {
    KerasOrder order = order(goldens().get(0).definition(), 3);
    assertThatThrownBy(() -> order.variables(ImmutableList.of("nowhere/kernel")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("nowhere/kernel");
  }
}
