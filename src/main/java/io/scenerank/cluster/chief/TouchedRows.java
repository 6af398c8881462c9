package io.scenerank.cluster.chief;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.Multimaps;
import io.scenerank.variable.Weight;
import io.scenerank.variable.WeightStore;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;

/**
 * Counts the table rows that a batch touches, in a graph that holds the model, and says what a step
 * with so many of them sends.
 */
final class TouchedRows {
  private final StepPlan.Bytes dense;
  private final ImmutableList<WeightStore.Gathered> lookUps;
  private final ImmutableListMultimap<Weight, WeightStore.Gathered> trained;
  private final Operand<TInt32> counts;

  /**
   * Adds the counting to a graph.
   *
   * @param tf ops on the device that counts, the one that has the ids
   * @param store the variables and look-ups of the model
   */
  public TouchedRows(Ops tf, WeightStore store) {
    this.dense =
        StepPlan.Bytes.ofDense(
            store.weights().stream()
                .filter(weight -> !weight.isFused())
                .mapToLong(weight -> weight.shape().size())
                .sum());
    this.lookUps = store.gathered();
    this.trained =
        Multimaps.index(
            lookUps.stream().filter(rows -> rows.weight().trainable()).toList(),
            WeightStore.Gathered::weight);
    List<Operand<TInt32>> sizes = new ArrayList<>();
    lookUps.forEach(lookUp -> sizes.add(distinct(tf, List.of(lookUp))));
    trained.keySet().forEach(table -> sizes.add(distinct(tf, trained.get(table))));
    this.counts = sizes.isEmpty() ? tf.constant(new int[0]) : tf.stack(sizes);
  }

  private static Operand<TInt32> distinct(Ops tf, List<WeightStore.Gathered> lookUps) {
    Operand<TInt32> rows =
        lookUps.size() == 1
            ? lookUps.get(0).rows()
            : tf.concat(lookUps.stream().map(WeightStore.Gathered::rows).toList(), tf.constant(0));
    return tf.size(tf.unique(rows, tf.constant(new long[] {0})).y());
  }

  /** The distinct rows of each look-up, then those of each table that is trained, [k]. */
  public Operand<TInt32> counts() {
    return counts;
  }

  /**
   * What a step sends.
   *
   * @param counted the value of {@link #counts}
   */
  public StepPlan.Bytes bytes(int[] counted) {
    int expected = lookUps.size() + trained.keySet().size();
    checkArgument(counted.length == expected, "%s counts, expected %s", counted.length, expected);
    StepPlan.Bytes bytes = dense;
    for (int i = 0; i < lookUps.size(); i++) {
      bytes = bytes.plus(StepPlan.Bytes.ofRows(counted[i], width(lookUps.get(i).weight())));
    }
    int next = lookUps.size();
    for (Weight table : trained.keySet()) {
      bytes =
          bytes.plus(
              StepPlan.Bytes.ofGradients(counted[next++], width(table), trained.get(table).size()));
    }
    return bytes;
  }

  private static long width(Weight table) {
    return table.shape().get(1);
  }
}
