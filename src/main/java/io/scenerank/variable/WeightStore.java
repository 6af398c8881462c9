package io.scenerank.variable;

import static com.google.common.base.Preconditions.checkState;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Maps;
import io.scenerank.variable.LayerScope.Training;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.VarHandleOp;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TType;

/**
 * The variables of one graph, in the order of their creation, and the rows that were gathered from
 * tables.
 */
public final class WeightStore {
  private final Graph graph;
  private final Ops tf;
  private final Seeds seeds;
  private final Optional<Training> training;
  private final Placement placement;
  private final ImmutableMap<String, Weight> shared;
  private final AtomicBoolean plain;
  private final Map<String, String> kerasPaths;
  private final Map<String, Weight> weights = new LinkedHashMap<>();
  private final List<Gathered> gathered = new ArrayList<>();
  private final List<Op> updates = new ArrayList<>();
  private final List<Function<Ops, Operand<TFloat32>>> losses = new ArrayList<>();
  private final Map<Weight, Constraint> constraints = new LinkedHashMap<>();

  /**
   * @param tf ops of {@code graph}, on the device that holds the variables
   * @param training present in the training form of a graph, absent in the inference form
   */
  public WeightStore(Graph graph, Ops tf, Seeds seeds, Optional<Training> training) {
    this(graph, tf, seeds, training, Placement.local());
  }

  /**
   * @param tf ops of {@code graph}, where its values are used
   * @param placement where its variables live
   */
  public WeightStore(
      Graph graph, Ops tf, Seeds seeds, Optional<Training> training, Placement placement) {
    this(
        graph,
        tf,
        seeds,
        training,
        placement,
        ImmutableMap.of(),
        new AtomicBoolean(),
        new HashMap<>());
  }

  private WeightStore(
      Graph graph,
      Ops tf,
      Seeds seeds,
      Optional<Training> training,
      Placement placement,
      ImmutableMap<String, Weight> shared,
      AtomicBoolean plain,
      Map<String, String> kerasPaths) {
    OpNames.requireAsciiDigits();
    this.graph = graph;
    this.tf = tf;
    this.seeds = seeds;
    this.training = training;
    this.placement = placement;
    this.shared = shared;
    this.plain = plain;
    this.kerasPaths = kerasPaths;
  }

  /**
   * A store of variables that belong to this one's, as those of an optimizer do.
   *
   * @param seedsOfThem seeds of their first values
   */
  public WeightStore beside(Seeds seedsOfThem) {
    return new WeightStore(
        graph,
        tf,
        seedsOfThem,
        Optional.empty(),
        placement,
        ImmutableMap.of(),
        new AtomicBoolean(),
        kerasPaths);
  }

  /** Says what Keras calls variables, by their paths here. */
  public void addKerasPaths(Map<String, String> paths) {
    kerasPaths.putAll(paths);
  }

  /** What Keras calls the variable of this store, or of that store, at a path. */
  public String kerasPath(String path) {
    return kerasPaths.getOrDefault(path, path);
  }

  /**
   * A store in the inference form whose variables are this one's: layers that are built in it read
   * what the training form trains.
   */
  public WeightStore inference() {
    return sharing(Optional.empty(), ImmutableMap.copyOf(weights));
  }

  private WeightStore sharing(Optional<Training> form, ImmutableMap<String, Weight> same) {
    return new WeightStore(graph, tf, seeds, form, placement, same, plain, kerasPaths);
  }

  /**
   * A store in the training form whose variables are this one's, read all together for one worker:
   * what lives on one device comes over as one value.
   *
   * @param there ops on the worker
   */
  public WeightStore replica(Ops there, Training form) {
    List<Weight> remote =
        weights.values().stream().filter(weight -> weight.isRemote() && !weight.isFused()).toList();
    Map<Weight, Operand<TFloat32>> read = new HashMap<>();
    Weight.Bundle.byHome(remote).values().forEach(bundle -> read.putAll(bundle.read(there)));
    return sharing(
        Optional.of(form),
        ImmutableMap.copyOf(
            Maps.transformValues(
                weights, weight -> weight.withValue(read.getOrDefault(weight, weight.value())))));
  }

  /** Creates variables like those of another graph. */
  public void addLike(WeightStore other) {
    for (Weight weight : other.weights()) {
      add(weight.path(), weight.shape(), weight.parts(), weight.l2Reg(), weight.trainable());
    }
  }

  /** The scope at the root of all paths. */
  public LayerScope root() {
    return new LayerScope(this, "");
  }

  /** Every variable, in the order of creation. */
  public ImmutableList<Weight> weights() {
    return ImmutableList.copyOf(weights.values());
  }

  /** The variable at a path. */
  public Optional<Weight> find(String path) {
    return Optional.ofNullable(weights.get(path));
  }

  /** Every look-up of table rows in the forward pass. */
  public ImmutableList<Gathered> gathered() {
    return ImmutableList.copyOf(gathered);
  }

  /** What a training step changes besides the optimizer's updates: moving statistics. */
  public ImmutableList<Op> updates() {
    return ImmutableList.copyOf(updates);
  }

  /** Every part of every variable by the name that it has outside the graph. */
  public ImmutableMap<String, Weight.Part> parts() {
    return Maps.uniqueIndex(
        weights.values().stream().flatMap(weight -> weight.parts().stream()).iterator(),
        Weight.Part::path);
  }

  /** Ops of the graph, where the variables' values are used. */
  public Ops ops() {
    return tf;
  }

  public Seeds seeds() {
    return seeds;
  }

  Optional<Training> training() {
    return training;
  }

  /** The terms of the loss, scalars, besides the data's and those of the tables. */
  public ImmutableList<Operand<TFloat32>> regularisers(Ops there) {
    ImmutableList.Builder<Operand<TFloat32>> terms = ImmutableList.builder();
    losses.forEach(loss -> terms.add(loss.apply(there)));
    for (Weight weight : weights.values()) {
      if (weight.trainable() && !weight.isFused() && weight.l2Reg() > 0) {
        terms.add(weight.l2(there, weight.value()));
      }
    }
    return terms.build();
  }

  /** The names outside the graph of all that is trained. */
  public ImmutableSet<String> trainedPaths() {
    return weights.values().stream()
        .filter(Weight::trainable)
        .flatMap(weight -> weight.parts().stream())
        .map(Weight.Part::path)
        .collect(ImmutableSet.toImmutableSet());
  }

  /** What a variable is replaced by after each step of training. */
  @FunctionalInterface
  public interface Constraint {
    /**
     * Adds the ops.
     *
     * @param value the variable's, whole
     * @return of the same shape
     */
    Operand<TFloat32> call(Ops tf, Operand<TFloat32> value);
  }

  /**
   * Keeps a variable under a constraint.
   *
   * @throws IllegalArgumentException if it is split over several devices
   */
  public void addConstraint(Weight weight, Constraint constraint) {
    if (weight.shards().size() > 1) {
      throw new IllegalArgumentException(
          "the variable '" + weight.path() + "' has a constraint and is split over devices");
    }
    constraints.put(weight, constraint);
  }

  /**
   * The ops that put the variables under their constraints.
   *
   * @param updates the optimizer's, which run first
   */
  public ImmutableList<Op> constrain(Iterable<? extends Op> updates) {
    ImmutableList.Builder<Op> ops = ImmutableList.builder();
    constraints.forEach(
        (weight, constraint) -> {
          Ops home = weight.home().on(tf).withControlDependencies(ImmutableList.copyOf(updates));
          Operand<TFloat32> value = home.readVariableOp(weight.handle(), TFloat32.class);
          ops.add(home.assignVariableOp(weight.handle(), constraint.call(home, value)));
        });
    return ops.build();
  }

  /** Adds a term to the loss, a scalar. */
  public void addLoss(Function<Ops, Operand<TFloat32>> loss) {
    losses.add(loss);
  }

  /**
   * Says that the graph has thousands of small ops: TensorFlow takes longer to rewrite it before
   * its first run than it wins.
   */
  public void preferPlainSession() {
    plain.set(true);
  }

  /** Whether a session runs the graph as it is. */
  public boolean prefersPlainSession() {
    return plain.get();
  }

  public void addUpdate(Op update) {
    updates.add(update);
  }

  public void addGathered(Gathered rows) {
    gathered.add(rows);
  }

  /**
   * Creates a variable, or takes the training form's where this is its inference form.
   *
   * @throws IllegalStateException if the path is taken
   */
  public Weight add(
      String path, Shape shape, ImmutableList<Weight.Part> parts, float l2Reg, boolean trainable) {
    boolean missing = !shared.isEmpty() && !shared.containsKey(path);
    if (missing || weights.containsKey(path)) {
      throw new IllegalStateException("not exactly one variable at the path " + path);
    }
    Weight weight =
        shared.isEmpty()
            ? create(path, shape, parts, l2Reg, trainable)
            : requireNonNull(shared.get(path), path);
    weights.put(path, weight);
    return weight;
  }

  private Weight create(
      String path, Shape shape, ImmutableList<Weight.Part> parts, float l2Reg, boolean trainable) {
    ImmutableList<Placement.VariableDevice> homes =
        placement.homes(shape, Weight.isFused(path, parts));
    return create(path, shape, parts, l2Reg, trainable, homes);
  }

  /**
   * Creates a variable of another one's shape, on the same device.
   *
   * @throws IllegalStateException if the path is taken
   */
  public Weight addBeside(Weight weight, String path, ImmutableList<Weight.Part> parts) {
    checkState(!weights.containsKey(path), "two variables at the path %s", path);
    ImmutableList<Placement.VariableDevice> homes =
        weight.shards().stream().map(Weight.Shard::home).collect(ImmutableList.toImmutableList());
    Weight beside = create(path, weight.shape(), parts, 0f, false, homes);
    weights.put(path, beside);
    return beside;
  }

  private Weight create(
      String path,
      Shape shape,
      ImmutableList<Weight.Part> parts,
      float l2Reg,
      boolean trainable,
      ImmutableList<Placement.VariableDevice> homes) {
    ImmutableList.Builder<Weight.Shard> shards = ImmutableList.builder();
    RowSplit split = new RowSplit(homes.size());
    for (int i = 0; i < homes.size(); i++) {
      Shape shapeOfShard =
          homes.size() == 1 ? shape : shape.tail().prepend(split.rowsOfShard(shape.get(0)));
      String name = homes.size() == 1 ? path : path + "/shard_" + i;
      shards.add(
          new Weight.Shard(handle(name, shapeOfShard, homes.get(i)), shapeOfShard, homes.get(i)));
    }
    ImmutableList<Weight.Shard> all = shards.build();
    Operand<TFloat32> value = new SplitRows(all, shape).value(tf);
    return new Weight(path, shape, all, value, parts, l2Reg, trainable);
  }

  private Operand<? extends TType> handle(String path, Shape shape, Placement.VariableDevice home) {
    // Ops.withName takes no slash, and the op's name is the one that Python lists.
    Ops there = home.on(tf);
    return new VarHandleOp(
        there
            .scope()
            .apply(graph.opBuilder(VarHandleOp.OP_NAME, opName(path), there.scope()))
            .setAttr("dtype", DataType.DT_FLOAT)
            .setAttr("shape", shape)
            .setAttr("shared_name", path)
            .build());
  }

  /** The ops that give every variable its first values. */
  public ImmutableList<Op> initializers() {
    FirstValues firstValues = new FirstValues(tf, seeds);
    return weights.values().stream()
        .map(firstValues::assign)
        .collect(ImmutableList.toImmutableList());
  }

  /**
   * A TensorFlow op name is ASCII, so that two paths may become one name; a number then tells them
   * apart. The variable's shared name keeps the path as it is.
   */
  private String opName(String path) {
    String first = OpNames.ascii(path);
    String name = first;
    for (int i = 1; graph.operation(name) != null; i++) {
      name = first + "_" + i;
    }
    return name;
  }

  /**
   * Rows that the forward pass read from a table. Training differentiates with respect to {@code
   * values}, so that no gradient ever has the size of the table.
   *
   * @param weight the table
   * @param rows row numbers, [n]
   * @param values the rows, [n, D]
   */
  public record Gathered(Weight weight, Operand<TInt32> rows, Operand<TFloat32> values) {}
}
