package io.scenerank.keras;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ListMultimap;
import com.google.common.collect.MultimapBuilder;
import io.scenerank.layer.base.Functional;
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
    inOrder(layer).forEach(child -> walk(child, trainable));
  }

  /** Keras 2 has the layers of one list together, in the order in which the attributes were set. */
  private static Iterable<LayerTree> inOrder(LayerTree layer) {
    if (layer.layer() instanceof Functional || layer.layer().config().generation() != 2) {
      return layer.children();
    }
    ListMultimap<String, LayerTree> lists =
        MultimapBuilder.linkedHashKeys().arrayListValues().build();
    layer.children().forEach(child -> lists.put(child.attribute(), child));
    return lists.values();
  }

  /** A layer's own variables, those first that were created to be trained. */
  static ImmutableList<VariableNode> own(LayerTree layer) {
    ImmutableList.Builder<VariableNode> own = ImmutableList.builder();
    layer.variables().stream().filter(VariableNode::trainable).forEach(own::add);
    layer.variables().stream().filter(variable -> !variable.trainable()).forEach(own::add);
    return own.build();
  }
}
