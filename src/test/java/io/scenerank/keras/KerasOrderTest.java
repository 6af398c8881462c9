package io.scenerank.keras;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.LayerTree.VariableNode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The order of layers and variables in Keras ({@code python-parity/make_keras_orders.py}). */
class KerasOrderTest {
  static List<KerasGoldens.Golden> goldens() {
    return KerasGoldens.all();
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void layersStandInKerasOrderUnderKerasNames(KerasGoldens.Golden golden) {
    String slash = golden.generation() == 3 ? "__" : "/";
    assertThat(GraphImport.graph(golden.definition()).model().graph().layers())
        .extracting(layer -> layer.name().replace("__", slash) + " " + layer.kerasClass())
        .containsExactlyElementsOf(golden.layers());
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void variablesStandInKerasOrder(KerasGoldens.Golden golden) {
    GraphImport.Built built = GraphImport.graph(golden.definition()).built();
    // Keras 2 lists in each layer what it trains before what it does not.
    ImmutableList<VariableNode> order =
        golden.generation() == 3
            ? VariableOrder.of(built.tree())
            : built.tree().children().stream()
                .flatMap(layer -> VariableOrder.trainedFirst(layer, true).stream())
                .distinct()
                .collect(ImmutableList.toImmutableList());
    assertThat(order).extracting(VariableNode::path).containsExactlyElementsOf(golden.variables());
    List<String> trained = new ArrayList<>(golden.variables());
    trained.removeAll(golden.frozen());
    assertThat(order)
        .extracting(VariableNode::path)
        .filteredOn(built.trained()::contains)
        .containsExactlyElementsOf(trained);
  }
}
