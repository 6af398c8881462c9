package io.scenerank.keras;

import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.LayerTree;
import io.scenerank.layer.base.LayerTree.VariableNode;
import java.util.LinkedHashSet;
import java.util.Set;

/** The orders in which Keras lists the variables of a layer with all layers inside it. */
final class VariableOrder {
  private final Set<VariableNode> trained = new LinkedHashSet<>();
  private final Set<VariableNode> all = new LinkedHashSet<>();

  private VariableOrder() {}

  /** A layer's own variables, then those of the layers inside it; a shared one once. */
  static ImmutableList<VariableNode> of(LayerTree layer) {
    VariableOrder order = new VariableOrder();
    order.walk(layer, true);
    return ImmutableList.copyOf(order.all);
  }

  /**
   * What is trained first, as in {@code .h5} files: a frozen layer's kernel is behind.
   *
   * @param trainable whether what holds the layer is trained
   */
  static ImmutableList<VariableNode> trainedFirst(LayerTree layer, boolean trainable) {
    VariableOrder order = new VariableOrder();
    order.walk(layer, trainable);
    Set<VariableNode> ordered = new LinkedHashSet<>(order.trained);
    ordered.addAll(order.all);
    return ImmutableList.copyOf(ordered);
  }

  private void walk(LayerTree layer, boolean outer) {
    boolean trainable = outer && layer.layer().config().trainable();
    for (VariableNode variable : own(layer)) {
      if (trainable && variable.trainable()) {
        trained.add(variable);
      }
      all.add(variable);
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
