package io.scenerank.keras;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.keras.KerasModelFile.OptimizerState;
import io.scenerank.layer.base.LayerTree;
import io.scenerank.layer.base.LayerTree.VariableNode;
import io.scenerank.train.optimizer.KerasOptimizer;
import io.scenerank.train.optimizer.Optimizer.OptimizerContext;
import io.scenerank.variable.FloatTensor;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.tensorflow.ndarray.Shape;

/** The variables of an optimizer in the order in which Keras keeps them. */
final class OptimizerSlots {
  private OptimizerSlots() {}

  /**
   * Reads the state of an optimizer; absent where the file holds none, or that of an optimizer with
   * another number of variables, which Keras leaves alone as well. Of one inside a {@code
   * LossScaleOptimizer}, that one's.
   *
   * @param stored the optimizer's variables in its own order
   * @param tree of the model that was built
   * @param trained whether the variable at a path is trained
   */
  static Optional<OptimizerState> read(
      List<StoredVariable> stored,
      KerasOptimizer optimizer,
      LayerTree tree,
      Predicate<String> trained,
      String where) {
    return readPlain(LossScale.without(stored), optimizer, tree, trained, where);
  }

  private static Optional<OptimizerState> readPlain(
      List<StoredVariable> stored,
      KerasOptimizer optimizer,
      LayerTree tree,
      Predicate<String> trained,
      String where) {
    ImmutableMap<String, Shape> expected = slots(optimizer, tree, trained);
    ImmutableList<String> paths = expected.keySet().asList();
    int first = stored.size() - paths.size();
    boolean hasRate = first == 2;
    // Keras 2 may have a rate that a schedule gives among the variables, Keras 3 leaves it out.
    boolean fits = hasRate || first == 1;
    for (int i = 0; fits && i < paths.size(); i++) {
      StoredVariable slot = stored.get(first + i);
      fits = slot.isFloat() && slot.shape().equals(expected.get(paths.get(i)));
    }
    if (!fits || stored.get(0).isFloat() || (hasRate && !isRate(stored.get(1)))) {
      return Optional.empty();
    }
    ImmutableMap.Builder<String, FloatTensor> slots = ImmutableMap.builder();
    for (int i = 0; i < paths.size(); i++) {
      slots.put(paths.get(i), stored.get(first + i).read(where));
    }
    return Optional.of(
        new OptimizerState(
            stored.get(0).readLong(where),
            hasRate ? Optional.of(stored.get(1).read(where).values()[0]) : Optional.empty(),
            slots.buildOrThrow()));
  }

  private static boolean isRate(StoredVariable variable) {
    return variable.isFloat() && variable.shape().numDimensions() == 0;
  }

  /** Paths and shapes of the optimizer's own variables in their order in the file. */
  static ImmutableMap<String, Shape> slots(
      KerasOptimizer optimizer, LayerTree tree, Predicate<String> trained) {
    ImmutableMap<String, String> kerasPaths = tree.kerasPaths();
    List<VariableNode> variables =
        VariableOrder.of(tree).stream().filter(node -> trained.test(node.path())).toList();
    ImmutableMap.Builder<String, Shape> slots = ImmutableMap.builder();
    for (ImmutableList<String> group : optimizer.slots()) {
      for (VariableNode variable : variables) {
        String path = variable.path();
        String kerasPath = requireNonNull(kerasPaths.get(path), path);
        group.stream()
            .filter(name -> optimizer.hasSlot(name, kerasPath, variable.shape()))
            .forEach(name -> slots.put(OptimizerContext.slotPath(name, path), variable.shape()));
      }
    }
    if (optimizer.hasProduct()) {
      slots.put(KerasOptimizer.U_PRODUCT, Shape.scalar());
    }
    return slots.buildOrThrow();
  }
}
