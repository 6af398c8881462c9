package io.scenerank.keras;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.layer.base.LayerTree;
import io.scenerank.layer.base.LayerTree.VariableNode;
import io.scenerank.train.optimizer.KerasOptimizer;
import io.scenerank.train.optimizer.OptimizerContext;
import io.scenerank.variable.FloatTensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.tensorflow.ndarray.Shape;

/**
 * How far an optimizer has come, as a file of Keras 3 holds it.
 *
 * @param iteration number of finished steps
 * @param learningRate the rate, where it is a number
 * @param slots values of the optimizer's variables by their paths here
 */
public record KerasOptimizerState(
    long iteration, Optional<Float> learningRate, ImmutableMap<String, FloatTensor> slots) {
  private static final String VARIABLES = "optimizer/vars/";
  private static final String INNER = "optimizer/inner_optimizer/vars/";

  /**
   * Reads the state of an optimizer; absent where the file holds none, or that of an optimizer with
   * another number of variables, which Keras leaves alone as well.
   *
   * @param arrays of the file
   * @param tree of the model that was built
   * @param trained whether the variable at a path is trained
   */
  static Optional<KerasOptimizerState> read(
      ImmutableMap<String, StoredVariable> arrays,
      KerasOptimizer optimizer,
      LayerTree tree,
      Predicate<String> trained,
      String where) {
    String prefix = arrays.containsKey(INNER + 0) ? INNER : VARIABLES;
    List<StoredVariable> stored = new ArrayList<>();
    while (arrays.containsKey(prefix + stored.size())) {
      stored.add(arrays.get(prefix + stored.size()));
    }
    List<String> variables = trainable(tree, trained);
    List<String> paths = slotPaths(optimizer, variables, tree);
    int first = optimizer.hasRateVariable() ? 2 : 1;
    if (stored.size() != first + paths.size()) {
      return Optional.empty();
    }
    ImmutableMap.Builder<String, FloatTensor> slots = ImmutableMap.builder();
    for (int i = 0; i < paths.size(); i++) {
      slots.put(paths.get(i), stored.get(first + i).read(where));
    }
    return Optional.of(
        new KerasOptimizerState(
            stored.get(0).readLong(where),
            optimizer.hasRateVariable()
                ? Optional.of(stored.get(1).read(where).values()[0])
                : Optional.empty(),
            slots.buildOrThrow()));
  }

  /** The value of a slot that the file holds. */
  FloatTensor slot(String path) {
    return requireNonNull(slots.get(path), path);
  }

  /** The paths of the optimizer's own variables in their order in the file. */
  static List<String> slotPaths(KerasOptimizer optimizer, List<String> variables, LayerTree tree) {
    ImmutableMap<String, String> kerasPaths = tree.kerasPaths();
    ImmutableMap<String, Shape> shapes = shapes(tree);
    List<String> paths = new ArrayList<>();
    for (ImmutableList<String> group : optimizer.slots()) {
      for (String variable : variables) {
        String kerasPath = requireNonNull(kerasPaths.get(variable), variable);
        Shape shape = requireNonNull(shapes.get(variable), variable);
        for (String name : group) {
          if (optimizer.hasSlot(name, kerasPath, shape)) {
            paths.add(OptimizerContext.slotPath(name, variable));
          }
        }
      }
    }
    if (optimizer.hasProduct()) {
      paths.add(KerasOptimizer.U_PRODUCT);
    }
    return paths;
  }

  /** The trained variables in the order of Keras' {@code trainable_variables}. */
  static List<String> trainable(LayerTree tree, Predicate<String> trained) {
    Map<String, Boolean> found = new LinkedHashMap<>();
    collect(tree, trained, found);
    return List.copyOf(found.keySet());
  }

  private static ImmutableMap<String, Shape> shapes(LayerTree tree) {
    ImmutableMap.Builder<String, Shape> shapes = ImmutableMap.builder();
    shapes(tree, shapes);
    return shapes.buildKeepingLast();
  }

  private static void shapes(LayerTree tree, ImmutableMap.Builder<String, Shape> shapes) {
    tree.variables().forEach(variable -> shapes.put(variable.path(), variable.shape()));
    tree.children().forEach(child -> shapes(child, shapes));
  }

  private static void collect(
      LayerTree tree, Predicate<String> trained, Map<String, Boolean> found) {
    for (VariableNode variable : tree.variables()) {
      if (trained.test(variable.path())) {
        found.put(variable.path(), true);
      }
    }
    tree.children().forEach(child -> collect(child, trained, found));
  }
}
