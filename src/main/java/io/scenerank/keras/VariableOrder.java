package io.scenerank.keras;

import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.LayerTree;
import io.scenerank.layer.base.LayerTree.VariableNode;
import java.util.LinkedHashMap;
import java.util.Map;

/** The orders in which Keras lists the variables of a layer with all layers inside it. */
final class VariableOrder {
  private final Map<String, VariableNode> trained = new LinkedHashMap<>();
  private final Map<String, VariableNode> all = new LinkedHashMap<>();

  private VariableOrder() {}

  /** A layer's own variables, then those of the layers inside it; a shared one once. */
  static ImmutableList<VariableNode> of(LayerTree layer) {
    VariableOrder order = new VariableOrder();
    order.walk(layer, true);
    return ImmutableList.copyOf(order.all.values());
  }

  /**
   * What is trained first, as in {@code .h5} files: a frozen layer's kernel is behind.
   *
   * @param trainable whether what holds the layer is trained
   */
  static ImmutableList<VariableNode> trainedFirst(LayerTree layer, boolean trainable) {
    VariableOrder order = new VariableOrder();
    order.walk(layer, trainable);
    Map<String, VariableNode> ordered = new LinkedHashMap<>(order.trained);
    order.all.forEach(ordered::putIfAbsent);
    return ImmutableList.copyOf(ordered.values());
  }

  private void walk(LayerTree layer, boolean outer) {
    boolean trainable = outer && layer.layer().config().trainable();
    for (VariableNode variable : own(layer)) {
      if (trainable && variable.trainable() && !AdaptedKernel.isOne(layer, variable)) {
        trained.putIfAbsent(variable.path(), variable);
      }
      all.putIfAbsent(variable.path(), variable);
    }
    layer.children().forEach(child -> walk(child, trainable));
  }

  /** A layer's own variables, those first that were created to be trained. */
  static ImmutableList<VariableNode> own(LayerTree layer) {
    ImmutableList.Builder<VariableNode> own = ImmutableList.builder();
    layer.variables().stream().filter(VariableNode::trainable).forEach(own::add);
    layer.variables().stream().filter(variable -> !variable.trainable()).forEach(own::add);
    return own.build();
  }
}
