package io.scenerank.keras;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** How Keras 3 names objects in its HDF5 file: after their class, counted. */
final class Keras3Names {
  private Keras3Names() {}

  /** Group of each layer by the layer's path. */
  static ImmutableMap<String, String> groups(FunctionalModel model) {
    return groups(
        model.layers().stream()
            .map(layer -> new ListedLayer(layer.path(), layer.className(), false))
            .collect(ImmutableList.toImmutableList()));
  }

  /** Group of each layer by the layer's path. */
  static ImmutableMap<String, String> groups(Iterable<ListedLayer> layers) {
    Map<String, Integer> used = new HashMap<>();
    ImmutableMap.Builder<String, String> groups = ImmutableMap.builder();
    for (ListedLayer layer : layers) {
      String name = snakeCase(layer.className());
      int count = used.merge(name, 1, Integer::sum) - 1;
      groups.put(layer.path(), Keras3Paths.LAYERS + "/" + counted(name, count));
    }
    return groups.buildKeepingLast();
  }

  /** The name of the item number {@code index} of its class, from 0. */
  static String counted(String name, int index) {
    return index == 0 ? name : name + "_" + index;
  }

  /** A counted name without its counter. */
  static String stem(String name) {
    return name.replaceFirst("_\\d{1,9}$", "");
  }

  /**
   * A class' name in the form of a layer's: {@code PpNet} becomes {@code pp_net}, {@code PReLU}
   * {@code p_re_lu}.
   */
  static String snakeCase(String className) {
    return className
        .replaceAll("\\W+", "")
        .replaceAll("(.)([A-Z][a-z]+)", "$1_$2")
        .replaceAll("([a-z])([A-Z])", "$1_$2")
        .toLowerCase(Locale.ROOT);
  }
}
