package io.scenerank.train.optimizer;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.MoreCollectors;
import io.scenerank.layer.base.BatchProduct;
import io.scenerank.variable.Weight;
import io.scenerank.variable.WeightStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Unique;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Gradients of a scalar with respect to a model's variables. A table's gradient is that of the rows
 * that the forward pass gathered, not of the whole table, unless that is requested.
 */
public final class Gradients {
  private final Ops tf;
  private final Map<Weight, Operand<TFloat32>> dense;
  private final Map<Weight, RowGradient> tables;
  private final Map<Weight, UniqueRows> unique = new HashMap<>();

  /**
   * @param rows row numbers, [n], with repetitions
   * @param values [n, D]
   */
  record RowGradient(Operand<TInt32> rows, Operand<TFloat32> values) {}

  /**
   * The gradient of the rows that were touched.
   *
   * @param rows [u], each row once
   * @param values [u, D]
   */
  public record UniqueRows(Operand<TInt32> rows, Operand<TFloat32> values) {}

  private Gradients(Ops tf, Map<Weight, Operand<TFloat32>> dense, Map<Weight, RowGradient> tables) {
    this.tf = tf;
    this.dense = dense;
    this.tables = tables;
  }

  /**
   * Adds the backward pass.
   *
   * @param loss scalar
   * @param store the variables that the loss was built on
   */
  public static Gradients of(Graph graph, Ops tf, Operand<TFloat32> loss, WeightStore store) {
    return of(graph, tf, loss, store, Optional.empty());
  }

  /**
   * Adds the backward pass.
   *
   * @param prefix of the names of the backward pass' ops, of which none has a device
   */
  public static Gradients of(
      Graph graph, Ops tf, Operand<TFloat32> loss, WeightStore store, Optional<String> prefix) {
    List<Weight> weights =
        store.weights().stream().filter(weight -> weight.trainable() && !weight.isFused()).toList();
    List<WeightStore.Gathered> gathered =
        store.gathered().stream().filter(rows -> rows.weight().trainable()).toList();
    List<Operand<TFloat32>> sources = new ArrayList<>();
    weights.forEach(weight -> sources.add(weight.value()));
    gathered.forEach(rows -> sources.add(rows.values()));
    Map<Output<?>, Operand<TFloat32>> found = new BackwardPass(graph, loss).add(sources, prefix);

    BatchProduct.speedUp(graph, tf);

    Map<Weight, Operand<TFloat32>> dense = new LinkedHashMap<>();
    for (Weight weight : weights) {
      Operand<TFloat32> gradient = found.get(weight.value().asOutput());
      if (gradient != null) {
        dense.put(weight, gradient);
      }
    }
    Map<Weight, RowGradient> tables = new LinkedHashMap<>();
    for (WeightStore.Gathered rows : gathered) {
      Operand<TFloat32> gradient = found.get(rows.values().asOutput());
      tables.merge(
          rows.weight(),
          new RowGradient(rows.rows(), gradient == null ? tf.zerosLike(rows.values()) : gradient),
          (left, right) ->
              new RowGradient(
                  tf.concat(List.of(left.rows(), right.rows()), tf.constant(0)),
                  tf.concat(List.of(left.values(), right.values()), tf.constant(0))));
    }
    return new Gradients(tf, dense, tables);
  }

  /**
   * Adds the Euclidean norm of the gradient with respect to some variables together; 0 where the
   * scalar depends on none of them.
   *
   * @param loss scalar
   * @param weights that are no tables
   * @return scalar
   */
  public static Operand<TFloat32> norm(
      Graph graph, Ops tf, Operand<TFloat32> loss, List<Weight> weights) {
    List<Operand<TFloat32>> halves = new ArrayList<>();
    new BackwardPass(graph, loss)
        .add(weights.stream().map(Weight::value).toList(), Optional.empty())
        .values()
        .forEach(gradient -> halves.add(tf.nn.l2Loss(gradient)));
    return halves.isEmpty()
        ? tf.constant(0f)
        : tf.math.sqrt(tf.math.mul(tf.math.addN(halves), tf.constant(2f)));
  }

  /** Ops where the gradients are computed. */
  Ops tf() {
    return tf;
  }

  /** The variables that are no tables and that the loss depends on. */
  public ImmutableList<Weight> denseWeights() {
    return ImmutableList.copyOf(dense.keySet());
  }

  /** The tables. */
  public ImmutableList<Weight> tables() {
    return ImmutableList.copyOf(tables.keySet());
  }

  /** The gradient of a variable that is not a table. */
  Operand<TFloat32> dense(String path) {
    return dense.entrySet().stream()
        .filter(entry -> entry.getKey().path().equals(path))
        .map(Map.Entry::getValue)
        .collect(MoreCollectors.onlyElement());
  }

  /** The gradient of a variable or a whole table, of its shape; zeros where the loss has none. */
  public Operand<TFloat32> dense(Weight weight) {
    RowGradient gradient = tables.get(weight);
    if (gradient == null) {
      Operand<TFloat32> found = dense.get(weight);
      return found == null
          ? tf.fill(tf.constant(weight.shape().asArray()), tf.constant(0f))
          : found;
    }
    return tf.math.unsortedSegmentSum(
        gradient.values(), gradient.rows(), tf.constant(weight.shape().get(0))); // [V, D]
  }

  /** The gradient of a table as the batch looks its rows up, with repetitions. */
  RowGradient lookUps(Weight table) {
    return requireNonNull(tables.get(table), table.path());
  }

  /** The gradient of a table by the rows that the batch touches; the same at every call. */
  public UniqueRows rows(Weight table) {
    return unique.computeIfAbsent(table, this::sumRows);
  }

  private UniqueRows sumRows(Weight table) {
    RowGradient gradient = requireNonNull(tables.get(table), table.path());
    Unique<TInt32, TInt32> once = tf.unique(gradient.rows(), tf.constant(new long[] {0}));
    Operand<TFloat32> summed =
        tf.math.unsortedSegmentSum(gradient.values(), once.idx(), tf.size(once.y())); // [u, D]
    return new UniqueRows(once.y(), summed);
  }
}
