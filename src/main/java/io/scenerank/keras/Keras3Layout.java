package io.scenerank.keras;

import com.google.common.collect.ArrayListMultimap;
import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ListMultimap;
import io.scenerank.layer.base.Functional;
import io.scenerank.layer.base.GroupNames;
import io.scenerank.layer.base.InputLayer;
import io.scenerank.layer.base.LayerTree;
import io.scenerank.layer.base.LayerTree.Stored;
import io.scenerank.layer.base.LayerTree.VariableNode;
import io.scenerank.layer.base.LayerType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Where Keras 3's HDF5 file has the variables of a model: a layer under its class with a counter,
 * an attribute by its name, the items of a list by their class again, variables by their number,
 * those that were created to be trained first.
 */
final class Keras3Layout {
  private final Map<String, String> arrays = new LinkedHashMap<>();
  private final Set<String> twice = new HashSet<>();
  private final ListMultimap<String, String> copies = ArrayListMultimap.create();

  private Keras3Layout() {}

  /** Path of the array in the file of each variable, by the variable's path. */
  static ImmutableMap<String, String> arrays(LayerTree model) {
    Keras3Layout layout = new Keras3Layout();
    layout.walk(model, "");
    return ImmutableMap.copyOf(layout.arrays);
  }

  /** Further arrays with the values of a variable, by the variable's path. */
  static ImmutableListMultimap<String, String> copies(LayerTree model) {
    Keras3Layout layout = new Keras3Layout();
    layout.walk(model, "");
    return ImmutableListMultimap.copyOf(layout.copies);
  }

  private void walk(LayerTree tree, String group) {
    List<VariableNode> variables = new ArrayList<>();
    for (boolean trainable : new boolean[] {true, false}) {
      tree.variables().stream()
          .filter(variable -> variable.stored() != Stored.NOWHERE)
          .filter(variable -> variable.trainable() == trainable)
          .forEach(variables::add);
    }
    for (int i = 0; i < variables.size(); i++) {
      VariableNode variable = variables.get(i);
      String name = tree.layer().storesByName() ? variable.name() : Integer.toString(i);
      String array = group + "vars/" + name;
      if (arrays.putIfAbsent(variable.path(), array) != null && twice.contains(variable.path())) {
        copies.put(variable.path(), array);
      }
      if (variable.stored() == Stored.TWICE) {
        twice.add(variable.path());
      }
    }
    boolean model = tree.layer() instanceof Functional;
    Map<String, GroupNames> names = new HashMap<>();
    for (LayerTree child : tree.children()) {
      if (child.layer().config().type().kind() == LayerType.Kind.OPERATION) {
        continue;
      }
      if (model) {
        // A sequential model does not count its input among its layers; no other class shares the
        // counter.
        boolean counts = !(child.layer() instanceof InputLayer);
        walk(child, counts ? counted(group + "layers/", child, names) : group);
      } else {
        walk(child, item(listOf(group, child), child, names));
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

  private static String item(String list, LayerTree child, Map<String, GroupNames> names) {
    return child.indices().isEmpty() ? list : counted(list, child, names);
  }

  private static String counted(String list, LayerTree child, Map<String, GroupNames> names) {
    GroupNames ofList = names.computeIfAbsent(list, key -> new GroupNames());
    return list + ofList.next(child.layer().kerasClass()) + "/";
  }
}
