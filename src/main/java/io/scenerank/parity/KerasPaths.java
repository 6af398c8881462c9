package io.scenerank.parity;

import com.google.common.collect.ArrayListMultimap;
import com.google.common.collect.ListMultimap;
import io.scenerank.config.InvalidInputException;
import io.scenerank.layer.base.Functional;
import io.scenerank.layer.base.Layer;
import io.scenerank.layer.base.LayerTree;
import io.scenerank.layer.base.LayerTree.VariableNode;
import java.nio.file.Path;
import java.util.List;

/**
 * Keras' own paths of variables, {@code dense/kernel}: the names of the layers, of a model inside a
 * model without the outer ones, and a number behind a {@code #} where a path occurs again.
 */
final class KerasPaths {
  private final ListMultimap<String, String> variables = ArrayListMultimap.create();

  private KerasPaths() {}

  static KerasPaths of(LayerTree model) {
    KerasPaths paths = new KerasPaths();
    paths.walk(model, "");
    return paths;
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
    int cut = kerasPath.lastIndexOf('#');
    String path = cut < 0 ? kerasPath : kerasPath.substring(0, cut);
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
