package io.scenerank.parity;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ArrayListMultimap;
import com.google.common.collect.ListMultimap;
import io.scenerank.config.InvalidInputException;
import io.scenerank.layer.base.Functional;
import io.scenerank.layer.base.Layer;
import io.scenerank.layer.base.LayerTree;
import io.scenerank.layer.base.LayerTree.VariableNode;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Keras' own paths of variables, {@code dense/kernel}: the names of the layers, of a model inside a
 * model without the outer ones, and a number behind a {@code #} where a path occurs again.
 */
final class KerasPaths {
  /** The number behind the name of an inner layer that Keras named itself. */
  private static final Pattern COUNTER = Pattern.compile("_(\\d{1,9})(?=/)");

  private final ListMultimap<String, String> variables = ArrayListMultimap.create();
  private final Map<String, String> counted = new HashMap<>();

  private KerasPaths() {}

  /**
   * The paths of a model.
   *
   * @param recorded the paths that Keras gave: layers that a layer makes itself are counted in them
   *     over the whole process, in the order in which they were made
   */
  static KerasPaths of(LayerTree model, Iterable<String> recorded) {
    KerasPaths paths = new KerasPaths();
    paths.walk(model, "");
    paths.count(recorded);
    return paths;
  }

  private void count(Iterable<String> recorded) {
    ListMultimap<String, String> alike = ArrayListMultimap.create();
    for (String path : recorded) {
      alike.put(bare(path), path);
    }
    for (String bare : alike.keySet()) {
      List<String> known = variables.get(bare);
      List<String> given = alike.get(bare);
      boolean named = given.stream().allMatch(path -> variables.containsKey(plain(path)));
      if (!named && known.size() == given.size()) {
        List<String> ordered =
            given.stream().sorted(Comparator.comparingInt(KerasPaths::counter)).toList();
        for (int i = 0; i < ordered.size(); i++) {
          counted.put(ordered.get(i), known.get(i));
        }
      }
    }
  }

  /** The path without the numbers behind the names of inner layers. */
  private static String bare(String path) {
    int inside = path.indexOf('/') + 1;
    return path.substring(0, inside) + COUNTER.matcher(path.substring(inside)).replaceAll("");
  }

  private static int counter(String path) {
    Matcher matcher = COUNTER.matcher(path.substring(path.indexOf('/') + 1));
    return matcher.find() ? Integer.parseInt(matcher.group(1)) : 0;
  }

  private static String plain(String path) {
    int cut = path.lastIndexOf('#');
    return cut < 0 ? path : path.substring(0, cut);
  }

  private void walk(LayerTree tree, String scope) {
    for (VariableNode variable : tree.variables()) {
      variables.put(scope + variable.name(), variable.path());
    }
    Layer layer = tree.layer();
    boolean apart =
        layer instanceof Functional || (layer.wraps() && layer.config().generation() == 3);
    for (LayerTree child : tree.children()) {
      // A layer in the place of an activation's function is built before its owner.
      boolean alone = apart || child.attribute().equals("activation");
      // What Keras 2 distributes over time has its variables under the outer layer's name.
      boolean unnamed =
          layer.kerasClass().equals("TimeDistributed") && layer.config().generation() == 2;
      walk(child, unnamed ? scope : (alone ? "" : scope) + child.layer().name() + "/");
    }
  }

  /**
   * The path of a variable here.
   *
   * @throws InvalidInputException if there is none of this path in Keras
   */
  String variable(Path where, String kerasPath) {
    if (counted.containsKey(kerasPath)) {
      return requireNonNull(counted.get(kerasPath), kerasPath);
    }
    int cut = kerasPath.lastIndexOf('#');
    String path = plain(kerasPath);
    int number = cut < 0 ? 0 : Integer.parseInt(kerasPath.substring(cut + 1));
    List<String> found = variables.get(path);
    if (number >= found.size()) {
      throw new InvalidInputException(
          where
              + ": the model has no variable '"
              + kerasPath
              + "', expected one of "
              + String.join(", ", variables.keySet()));
    }
    return found.get(number);
  }
}
