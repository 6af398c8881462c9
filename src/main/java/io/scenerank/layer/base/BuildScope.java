package io.scenerank.layer.base;

import com.google.common.collect.ImmutableList;
import io.scenerank.variable.Initializer;
import io.scenerank.variable.LayerScope;
import io.scenerank.variable.Training;
import io.scenerank.variable.Weight;
import io.scenerank.variable.WeightStore;
import java.util.Optional;
import java.util.OptionalInt;
import org.tensorflow.ndarray.Shape;

/** The place in a graph where a layer is built: it creates variables and layers inside. */
public final class BuildScope {
  private final LayerScope scope;
  private final LayerTree tree;
  private final boolean trainable;
  private final DTypePolicy policy;
  private final int calls;

  private BuildScope(
      LayerScope scope, LayerTree tree, boolean trainable, DTypePolicy policy, int calls) {
    this.scope = scope;
    this.tree = tree;
    this.trainable = trainable;
    this.policy = policy;
    this.calls = calls;
  }

  /**
   * The scope of a whole model.
   *
   * @param tree the model's, to be filled
   */
  public static BuildScope root(LayerScope scope, LayerTree tree) {
    Layer model = tree.layer();
    return new BuildScope(scope, tree, model.config().trainable(), model.config().policy(), 1);
  }

  /** A layer in an attribute. */
  public BoundLayer child(String attribute, Layer layer) {
    return bind(attribute, OptionalInt.empty(), layer, 1);
  }

  /** A layer in a list. */
  public BoundLayer child(String attribute, int index, Layer layer) {
    return bind(attribute, OptionalInt.of(index), layer, 1);
  }

  /**
   * A layer that a call of this one calls several times, each with a draw of dropout of its own.
   *
   * @param times number of calls
   */
  public BoundLayer child(String attribute, Layer layer, int times) {
    return bind(attribute, OptionalInt.empty(), layer, times);
  }

  private BoundLayer bind(String attribute, OptionalInt index, Layer layer, int times) {
    LayerScope at = scope.child(attribute);
    BuildScope place =
        new BuildScope(
            index.isPresent() ? at.child(index.getAsInt()) : at,
            tree.add(attribute, index, layer),
            trainable && layer.config().trainable(),
            layer.config().policy(),
            calls * times);
    return new BoundLayer(layer, place);
  }

  /**
   * A variable whose initializer, regularizer and constraint the layer's arguments say.
   *
   * @param argument what their names begin with, as {@code kernel}
   */
  public Variable add(String name, Shape shape, LayerConfig config, String argument) {
    return add(name, shape, shape, config, argument);
  }

  /**
   * A variable whose initializer, regularizer and constraint the layer's arguments say.
   *
   * @param fans the shape of which initializers take the number of inputs and of outputs
   * @param argument what their names begin with, as {@code kernel}
   */
  public Variable add(String name, Shape shape, Shape fans, LayerConfig config, String argument) {
    return add(
        name,
        shape,
        Initializers.read(config, argument + "_initializer", fans),
        Regularizers.read(config.get(argument + "_regularizer"), config.shown()));
  }

  /** A variable that training changes, unless the layer is frozen. */
  public Variable add(
      String name, Shape shape, Initializer initializer, Optional<Regularizer> regularizer) {
    float l2 = regularizer.map(Regularizer::l2).orElse(0f);
    String path = scope.child(name).path();
    Weight weight =
        scope
            .store()
            .add(
                path,
                shape,
                ImmutableList.of(new Weight.Part(path, shape, 0, initializer)),
                l2,
                trainable);
    tree.add(new LayerTree.VariableNode(name, path, shape, true));
    if (trainable && training().isPresent() && l2 == 0) {
      regularizer.ifPresent(of -> scope.store().addLoss(tf -> of.call(tf, weight.value())));
    }
    return new Variable(weight, policy.compute());
  }

  /** A variable that no gradient changes, as a moving average. */
  public Variable addUntrained(String name, Shape shape, Initializer initializer) {
    Weight weight = scope.addUntrained(name, shape, initializer);
    tree.add(new LayerTree.VariableNode(name, weight.path(), shape, false));
    return new Variable(weight, policy.compute());
  }

  /**
   * A table of which only rows are read, so that its gradient is that of these rows.
   *
   * @param shape [rows, width]
   */
  public Variable addTable(
      String name, Shape shape, Initializer initializer, Optional<Regularizer> regularizer) {
    String path = scope.child(name).path();
    Weight weight =
        scope
            .store()
            .add(
                "fused/" + path,
                shape,
                ImmutableList.of(new Weight.Part(path, shape, 0, initializer)),
                regularizer.map(Regularizer::l2).orElse(0f),
                trainable);
    tree.add(new LayerTree.VariableNode(name, path, shape, true));
    return new Variable(weight, policy.compute());
  }

  /** Present in the training form of the graph. */
  public Optional<Training> training() {
    return scope.training();
  }

  /** Whether the variables are trained: false in a frozen layer and in all layers inside it. */
  public boolean isTrainable() {
    return trainable;
  }

  /** Number of calls of the layer in one forward pass. */
  public int calls() {
    return calls;
  }

  /** The types of the layer's computation. */
  public DTypePolicy policy() {
    return policy;
  }

  /** Path of the layer in its model. */
  public String path() {
    return scope.path();
  }

  /** The graph's variables. */
  public WeightStore store() {
    return scope.store();
  }
}
