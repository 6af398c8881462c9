package io.scenerank.keras;

import com.google.common.collect.ImmutableMap;
import io.scenerank.layer.base.Functional;
import io.scenerank.layer.base.InputLayer;
import io.scenerank.layer.base.LayerTree;
import io.scenerank.layer.base.LayerTree.VariableNode;
import io.scenerank.layer.base.LayerType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Where Keras 3's HDF5 file has the variables of a model: a layer under its class with a counter,
 * an attribute by its name, the items of a list by their class again, variables by their number,
 * those that were created to be trained first.
 */
final class Keras3Layout {
  private final Map<String, String> arrays = new LinkedHashMap<>();

  private Keras3Layout() {}

  /** Path of the array in the file of each variable, by the variable's path. */
  static ImmutableMap<String, String> arrays(LayerTree model) {
    Keras3Layout layout = new Keras3Layout();
    layout.walk(model, "");
    return ImmutableMap.copyOf(layout.arrays);
  }

  private void walk(LayerTree tree, String group) {
    List<VariableNode> variables = new ArrayList<>();
    tree.variables().stream().filter(VariableNode::trainable).forEach(variables::add);
    tree.variables().stream().filter(variable -> !variable.trainable()).forEach(variables::add);
    for (int i = 0; i < variables.size(); i++) {
      arrays.putIfAbsent(variables.get(i).path(), group + "vars/" + i);
    }
    boolean model = tree.layer() instanceof Functional;
    Map<String, Map<String, Integer>> counters = new HashMap<>();
    for (LayerTree child : tree.children()) {
      if (child.layer().config().type().kind() == LayerType.Kind.OPERATION) {
        continue;
      }
      if (model) {
        // A sequential model does not count its input among its layers; no other class shares the
        // counter.
        boolean counts = !(child.layer() instanceof InputLayer);
        walk(child, counts ? counted(group + "layers/", child, counters) : group);
      } else {
        walk(child, item(listOf(group, child), child, counters));
      }
    }
  }

  /** The group of the innermost list: a list inside a list is a container, counted. */
  private static String listOf(String group, LayerTree child) {
    StringBuilder list = new StringBuilder(group).append(child.attribute()).append('/');
    for (int i = 0; i < child.indices().size() - 1; i++) {
      int index = child.indices().get(i);
      list.append(index == 0 ? "container/" : "container_" + index + "/");
    }
    return list.toString();
  }

  private static String item(
      String list, LayerTree child, Map<String, Map<String, Integer>> counters) {
    return child.indices().isEmpty() ? list : counted(list, child, counters);
  }

  private static String counted(
      String list, LayerTree child, Map<String, Map<String, Integer>> counters) {
    String name = snakeCase(child.layer().kerasClass());
    int count =
        counters.computeIfAbsent(list, key -> new HashMap<>()).merge(name, 1, Integer::sum) - 1;
    return list + (count == 0 ? name : name + "_" + count) + "/";
  }

  /** A class name as Keras writes it into names of groups: {@code PReLU} is {@code p_re_lu}. */
  static String snakeCase(String className) {
    String bare = className.substring(className.lastIndexOf('>') + 1);
    return bare.replaceAll("[^A-Za-z0-9_]+", "")
        .replaceAll("(.)([A-Z][a-z]+)", "$1_$2")
        .replaceAll("([a-z])([A-Z])", "$1_$2")
        .toLowerCase(Locale.ROOT);
  }
}
