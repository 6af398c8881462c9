package io.scenerank.layer.base;

import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.KerasTypes.DTypePolicy;
import io.scenerank.layer.base.Layer.LayerObserver;
import io.scenerank.layer.base.Layer.Variable;
import io.scenerank.variable.Initializer;
import io.scenerank.variable.LayerScope;
import io.scenerank.variable.LayerScope.Training;
import io.scenerank.variable.Weight;
import io.scenerank.variable.WeightStore;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.family.TFloating;

/** The place in a graph where a layer is built: it creates variables and layers inside. */
public final class BuildScope {
  private final LayerScope scope;
  private final LayerTree tree;
  private final boolean trainable;
  private final DTypePolicy policy;
  private final int calls;
  private final SharedLayers shared;
  private final Optional<UnaryOperator<Variable>> kernels;

  private BuildScope(
      LayerScope scope,
      LayerTree tree,
      boolean trainable,
      DTypePolicy policy,
      int calls,
      SharedLayers shared,
      Optional<UnaryOperator<Variable>> kernels) {
    this.scope = scope;
    this.tree = tree;
    this.trainable = trainable;
    this.policy = policy;
    this.calls = calls;
    this.shared = shared;
    this.kernels = kernels;
  }

  /**
   * The scope of a whole model.
   *
   * @param tree the model's, to be filled
   */
  public static BuildScope root(LayerScope scope, LayerTree tree) {
    return root(scope, tree, LayerObserver.NONE);
  }

  /**
   * The scope of a whole model.
   *
   * @param observer sees what layers show of their computation
   */
  public static BuildScope root(LayerScope scope, LayerTree tree, LayerObserver observer) {
    Layer model = tree.layer();
    return new BuildScope(
        scope,
        tree,
        model.config().trainable(),
        model.config().policy(),
        1,
        SharedLayers.of(scope, observer),
        Optional.empty());
  }

  /** The layer of this scope, which nothing else holds. */
  public BoundLayer self(Layer layer) {
    return new BoundLayer(layer, this);
  }

  /** A layer in an attribute. */
  public BoundLayer child(String attribute, Layer layer) {
    return child(attribute, layer, 1);
  }

  /**
   * A layer in an attribute under which Keras saves it by another name.
   *
   * @param name the attribute in paths of variables
   */
  public BoundLayer child(String attribute, String name, Layer layer) {
    return bind(scope.child(name), attribute, ImmutableList.of(), layer, calls, Optional.empty());
  }

  /**
   * A layer in an attribute, of which another value of the kernel is used.
   *
   * @param kernels makes of its kernel, or its table, what it computes with
   */
  public BoundLayer child(String attribute, Layer layer, UnaryOperator<Variable> kernels) {
    return bind(attribute, ImmutableList.of(), layer, 1, Optional.of(kernels));
  }

  /**
   * A layer in a list, or in a list of lists.
   *
   * @param indices its place, from the outermost list on
   */
  public BoundLayer child(String attribute, ImmutableList<Integer> indices, Layer layer) {
    return child(attribute, indices, layer, 1);
  }

  /** A layer in a list. */
  public BoundLayer child(String attribute, int index, Layer layer) {
    return child(attribute, ImmutableList.of(index), layer, 1);
  }

  /**
   * A layer that a call of this one calls several times, each with a draw of dropout of its own.
   *
   * @param times number of calls
   */
  public BoundLayer child(String attribute, Layer layer, int times) {
    return child(attribute, ImmutableList.of(), layer, times);
  }

  /**
   * A layer that other layers hold too: its variables are under its own name, and the first that is
   * requested it creates them.
   */
  public BoundLayer sharedChild(String attribute, ImmutableList<Integer> indices, Layer layer) {
    BoundLayer known = shared.bound().get(layer);
    if (known != null) {
      tree.addShared(known.scope().tree, attribute, indices);
      return known;
    }
    LayerScope at = shared.root().child(pathOf(layer.name()));
    int times = shared.calls().getOrDefault(layer, 1);
    BoundLayer bound = bind(at, attribute, indices, layer, times, Optional.empty());
    shared.bound().put(layer, bound);
    return bound;
  }

  /** Says how often the calls of a model call a layer that several others hold. */
  void addSharedCalls(Layer layer, int times) {
    shared.calls().merge(layer, calls * times, Integer::sum);
  }

  /** A layer's path in its model: Keras 3 has no slash in a name but two underscores. */
  public static String pathOf(String name) {
    return name.replace("__", "/");
  }

  private BoundLayer child(
      String attribute, ImmutableList<Integer> indices, Layer layer, int times) {
    return bind(attribute, indices, layer, times, Optional.empty());
  }

  private BoundLayer bind(
      String attribute,
      ImmutableList<Integer> indices,
      Layer layer,
      int times,
      Optional<UnaryOperator<Variable>> ofKernel) {
    LayerScope at = scope.child(attribute);
    for (int index : indices) {
      at = at.child(index);
    }
    return bind(at, attribute, indices, layer, calls * times, ofKernel);
  }

  private BoundLayer bind(
      LayerScope at,
      String attribute,
      ImmutableList<Integer> indices,
      Layer layer,
      int callsOfLayer,
      Optional<UnaryOperator<Variable>> ofKernel) {
    BuildScope place =
        new BuildScope(
            at,
            tree.add(attribute, indices, layer),
            trainable && layer.config().trainable(),
            layer.config().policy(),
            callsOfLayer,
            shared,
            ofKernel);
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
    Initializer initializer = config.initializer(argument + "_initializer", fans);
    return add(name, shape, initializer, config, argument);
  }

  /**
   * A variable whose regularizer and constraint the layer's arguments say.
   *
   * @param argument what their names begin with, as {@code kernel}
   */
  public Variable add(
      String name, Shape shape, Initializer initializer, LayerConfig config, String argument) {
    boolean adapts = Adaptation.adapts(config, argument);
    Variable variable =
        add(
            name,
            shape,
            initializer,
            config.regularizer(argument + "_regularizer"),
            trainable && !adapts);
    if (!adapts) {
      constrain(variable, config, argument);
    }
    return kernels
        .filter(of -> Adaptation.isKernel(argument))
        .map(of -> of.apply(variable))
        .orElse(variable);
  }

  /**
   * What a layer computes with where {@code lora_rank} adds a product of two small matrices to a
   * kernel or a table, which itself is frozen then; the same without it. To be called when all
   * other variables of the layer were created.
   *
   * @param argument what the arguments' names begin with, as {@code kernel}
   */
  public Variable adapted(Variable variable, LayerConfig config, String argument) {
    return Adaptation.adapts(config, argument)
        ? Adaptation.of(this, variable, config, argument)
        : variable;
  }

  /** Whether a table is read as a whole, not only the rows of a batch. */
  public boolean readsWholeTable(LayerConfig config) {
    return kernels.isPresent() || Adaptation.adapts(config, "embeddings");
  }

  /** A variable of the adaptation of a kernel, of which files hold nothing. */
  Variable addUnstored(String name, Shape shape, Initializer initializer) {
    Weight weight = create("", name, shape, initializer, 0, trainable);
    tree.add(
        new LayerTree.VariableNode(name, weight.path(), shape, true, LayerTree.Stored.NOWHERE));
    return new Variable(weight, policy.compute());
  }

  /** Says that Keras' files have a variable of a layer inside this one at this one, too. */
  public void addAlias(String name, Variable variable) {
    tree.add(
        new LayerTree.VariableNode(
            name, variable.weight().path(), variable.shape(), true, LayerTree.Stored.TWICE));
  }

  /**
   * Creates a variable.
   *
   * @param prefix of its path in the graph, where that is another one than outside
   */
  private Weight create(
      String prefix, String name, Shape shape, Initializer initializer, float l2, boolean trained) {
    String path = scope.child(name).path();
    Weight.Part whole = new Weight.Part(path, shape, 0, initializer);
    return store().add(prefix + path, shape, ImmutableList.of(whole), l2, trained);
  }

  private void constrain(Variable variable, LayerConfig config, String argument) {
    Constraints.read(config.get(argument + "_constraint"), config.shown())
        .filter(constraint -> trainable && training().isPresent())
        .ifPresent(constraint -> store().addConstraint(variable.weight(), constraint));
  }

  /**
   * A variable that some layers of the class go without.
   *
   * @param wanted whether this one has it
   * @param name its own, and what the names of its arguments begin with, as {@code bias}
   */
  public Optional<Variable> addIf(boolean wanted, String name, Shape shape, LayerConfig config) {
    return wanted ? Optional.of(add(name, shape, config, name)) : Optional.empty();
  }

  /** A variable that training changes, unless the layer is frozen. */
  public Variable add(
      String name, Shape shape, Initializer initializer, Optional<Regularizer> regularizer) {
    return add(name, shape, initializer, regularizer, trainable);
  }

  private Variable add(
      String name,
      Shape shape,
      Initializer initializer,
      Optional<Regularizer> regularizer,
      boolean trained) {
    float l2 = regularizer.map(Regularizer::l2).orElse(0f);
    Weight weight = create("", name, shape, initializer, l2, trained);
    tree.add(new LayerTree.VariableNode(name, weight.parts().get(0).path(), shape, true));
    if (trained && training().isPresent() && l2 == 0) {
      regularizer.ifPresent(of -> store().addLoss(tf -> of.call(tf, weight.value())));
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
   * A table whose initializer, regularizer and constraint the layer's arguments say. Only rows of
   * it are read, so that its gradient is that of these rows.
   *
   * @param shape [rows, width]
   * @param argument what the arguments' names begin with, as {@code embeddings}
   */
  public Variable addTable(String name, Shape shape, LayerConfig config, String argument) {
    Initializer initializer = config.initializer(argument + "_initializer", shape);
    Optional<Regularizer> regularizer = config.regularizer(argument + "_regularizer");
    float l2 = regularizer.map(Regularizer::l2).orElse(0f);
    Weight weight = create("fused/", name, shape, initializer, l2, trainable);
    tree.add(new LayerTree.VariableNode(name, weight.parts().get(0).path(), shape, true));
    Variable table = new Variable(weight, policy.compute());
    constrain(table, config, argument);
    return table;
  }

  /**
   * Says that a variable of the layer is part of one that a pass has created.
   *
   * @return the variable's path
   */
  public String addShared(String name, Shape shape) {
    String path = scope.child(name).path();
    tree.add(new LayerTree.VariableNode(name, path, shape, true));
    return path;
  }

  /** Says what a call of the layer gave. */
  public void output(Structure<MaskedTensor> outputs) {
    tree.output(outputs);
  }

  /**
   * Shows something of the layer's computation to anyone who looks at it.
   *
   * @param what it is
   * @param value adds it to the graph if anybody looks, [B, …]
   */
  public void observe(String what, Supplier<Operand<TFloating>> value) {
    shared.observer().observe(path() + "/" + what, value);
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
