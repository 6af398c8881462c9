package io.scenerank.keras;

import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.ListMultimap;
import com.google.common.collect.MultimapBuilder;
import io.scenerank.layer.base.Functional;
import io.scenerank.layer.base.GroupNames;
import io.scenerank.layer.base.InputLayer;
import io.scenerank.layer.base.LayerTree;
import io.scenerank.layer.base.LayerTree.Stored;
import io.scenerank.layer.base.LayerTree.VariableNode;
import io.scenerank.layer.base.LayerType;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Where the HDF5 file of a model's objects has its variables: a layer under its class with a
 * counter, an attribute by its name, the items of a list by their class again, variables by their
 * number, those that were created to be trained first.
 */
final class Keras3Layout {
  /** The group of a model's layers. */
  static final String LAYERS = "layers";

  /** The group of a layer's own variables. */
  static final String VARS = "vars";

  /** The group of a model's layers in files of Keras 2.12 and 2.13. */
  static final String OLD_LAYERS = "_layer_checkpoint_dependencies";

  private final ListMultimap<String, String> arrays =
      MultimapBuilder.linkedHashKeys().arrayListValues().build();
  private final Set<String> twice = new HashSet<>();
  private final boolean old;

  private Keras3Layout(boolean old) {
    this.old = old;
  }

  /** Paths of the arrays in the file that each variable has, by the variable's path. */
  static ImmutableListMultimap<String, String> arrays(LayerTree model) {
    return new Keras3Layout(false).walked(model);
  }

  /**
   * The same for a file of Keras 2.12 or 2.13, where a model lists a layer that has variables
   * twice, and the counter counts both.
   */
  static ImmutableListMultimap<String, String> oldArrays(LayerTree model) {
    return new Keras3Layout(true).walked(model);
  }

  private ImmutableListMultimap<String, String> walked(LayerTree model) {
    walk(model, "");
    return ImmutableListMultimap.copyOf(arrays);
  }

  private void walk(LayerTree tree, String group) {
    List<VariableNode> variables =
        VariableOrder.own(tree).stream()
            .filter(variable -> variable.stored() != Stored.NOWHERE)
            .toList();
    for (int i = 0; i < variables.size(); i++) {
      VariableNode variable = variables.get(i);
      String name = tree.layer().storesByName() ? variable.name() : Integer.toString(i);
      boolean first = !arrays.containsKey(variable.path());
      if (first || twice.remove(variable.path())) {
        arrays.put(variable.path(), group + VARS + "/" + name);
      }
      if (first && variable.stored() == Stored.TWICE) {
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
        String layers = group + (old ? OLD_LAYERS : LAYERS) + "/";
        walk(child, counts ? counted(layers, child, names) : group);
        if (old && !VariableOrder.of(child).isEmpty()) {
          counted(layers, child, names);
        }
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
    return list + ofList.next(child.storedClass()) + "/";
  }
}
