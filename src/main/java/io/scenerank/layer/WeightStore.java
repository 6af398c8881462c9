package io.scenerank.layer;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.VarHandleOp;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TFloat32;

/**
 * The variables of one graph, in the order of their creation, and the rows that were gathered from
 * tables.
 */
public final class WeightStore {
  private final Graph graph;
  private final Ops tf;
  private final Seeds seeds;
  private final Optional<Training> training;
  private final ImmutableMap<String, Weight> shared;
  private final Map<String, Weight> weights = new LinkedHashMap<>();
  private final List<GatheredRows> gathered = new ArrayList<>();
  private final List<Op> updates = new ArrayList<>();

  /**
   * @param tf ops of {@code graph}, on the device that holds the variables
   * @param training present in the training form of a graph, absent in the inference form
   */
  public WeightStore(Graph graph, Ops tf, Seeds seeds, Optional<Training> training) {
    this(graph, tf, seeds, training, ImmutableMap.of());
  }

  private WeightStore(
      Graph graph,
      Ops tf,
      Seeds seeds,
      Optional<Training> training,
      ImmutableMap<String, Weight> shared) {
    this.graph = graph;
    this.tf = tf;
    this.seeds = seeds;
    this.training = training;
    this.shared = shared;
  }

  /**
   * A store in the inference form whose variables are this one's: layers that are built in it read
   * what the training form trains.
   */
  public WeightStore inference() {
    return new WeightStore(graph, tf, seeds, Optional.empty(), ImmutableMap.copyOf(weights));
  }

  /** The scope at the root of all paths. */
  public LayerScope root() {
    return new LayerScope(this, "");
  }

  /** Every variable, in the order of creation. */
  public ImmutableList<Weight> weights() {
    return ImmutableList.copyOf(weights.values());
  }

  /** Every look-up of table rows in the forward pass. */
  public ImmutableList<GatheredRows> gathered() {
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

  Seeds seeds() {
    return seeds;
  }

  Optional<Training> training() {
    return training;
  }

  void addUpdate(Op update) {
    updates.add(update);
  }

  void addGathered(GatheredRows rows) {
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
      throw new IllegalStateException("no variable, or two, at the path " + path);
    }
    Weight weight =
        shared.isEmpty() ? create(path, shape, parts, l2Reg, trainable) : shared.get(path);
    weights.put(path, weight);
    return weight;
  }

  private Weight create(
      String path, Shape shape, ImmutableList<Weight.Part> parts, float l2Reg, boolean trainable) {
    // Ops.withName takes no slash, and the op's name is the one that Python lists.
    VarHandleOp handle =
        new VarHandleOp(
            tf.scope()
                .apply(graph.opBuilder(VarHandleOp.OP_NAME, opName(path), tf.scope()))
                .setAttr("dtype", DataType.DT_FLOAT)
                .setAttr("shape", shape)
                .setAttr("shared_name", path)
                .build());
    Operand<TFloat32> value = tf.readVariableOp(handle, TFloat32.class);
    return new Weight(path, shape, handle, value, parts, l2Reg, trainable);
  }

  /** The ops that give every variable its first values. */
  public ImmutableList<Op> initializers() {
    FirstValues firstValues = new FirstValues(tf, seeds);
    return weights.values().stream()
        .map(firstValues::assign)
        .collect(ImmutableList.toImmutableList());
  }

  /**
   * A TensorFlow op name is ASCII, so that two paths may come to one name; a number then tells them
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
}
