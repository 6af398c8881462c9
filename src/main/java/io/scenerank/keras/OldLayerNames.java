package io.scenerank.keras;

import com.google.common.collect.ImmutableMap;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The groups of layers as Keras 2.13 calls them, under the names of later versions. It walks all
 * attributes of a model and meets its layers as dependencies of a checkpoint first, where a layer
 * with weights is listed twice: the counter behind the class counts it twice too, so that three
 * embeddings are {@code embedding}, {@code embedding_2} and {@code embedding_4}.
 */
final class OldLayerNames {
  static final String GROUP = "_layer_checkpoint_dependencies";

  private static final Pattern NAME = Pattern.compile("(.+?)(?:_(\\d{1,9}))?");

  private final ImmutableMap<String, String> layers;

  /**
   * @param groups paths of all groups of a file
   */
  OldLayerNames(Iterable<String> groups) {
    Map<String, List<Counted>> classes = new TreeMap<>();
    for (String group : groups) {
      String prefix = GROUP + "/";
      if (group.startsWith(prefix) && group.indexOf('/', prefix.length()) < 0) {
        Counted layer = Counted.of(group.substring(prefix.length()));
        classes.computeIfAbsent(layer.ofClass, key -> new ArrayList<>()).add(layer);
      }
    }
    ImmutableMap.Builder<String, String> names = ImmutableMap.builder();
    classes.forEach(
        (name, ofClass) -> {
          ofClass.sort(Comparator.comparingInt(Counted::counter));
          for (int i = 0; i < ofClass.size(); i++) {
            names.put(ofClass.get(i).name, i == 0 ? name : name + "_" + i);
          }
        });
    this.layers = names.buildOrThrow();
  }

  private record Counted(String name, String ofClass, int counter) {
    static Counted of(String name) {
      Matcher matcher = NAME.matcher(name);
      return matcher.matches() && matcher.group(2) != null
          ? new Counted(name, matcher.group(1), Integer.parseInt(matcher.group(2)))
          : new Counted(name, name, 0);
    }
  }

  /** A path of the file as later versions would call it; any other path as it is. */
  String renamed(String path) {
    String[] parts = path.split("/", 3);
    if (!parts[0].equals(GROUP)) {
      return path;
    }
    return parts.length == 1
        ? Keras3Paths.LAYERS
        : Keras3Paths.LAYERS
            + "/"
            + layers.getOrDefault(parts[1], parts[1])
            + (parts.length == 2 ? "" : "/" + parts[2]);
  }
}
