package io.scenerank.train.optimizer;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Multimaps;
import io.scenerank.train.optimizer.Optimizer.OptimizerContext;
import io.scenerank.variable.Placement;
import io.scenerank.variable.Weight;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The updates of a training step: the gradients of one worker, or the sum of several workers', on
 * their way through clipping to the optimizer, which works where the variables live.
 *
 * @param ops the updates by the home that they are made on
 * @param norm Euclidean norm of all gradients together, before clipping; scalar
 * @param regularisers scalars that sum up to those of the tables
 */
public record StepUpdates(
    ImmutableListMultimap<Placement.VariableDevice, Op> ops,
    Operand<TFloat32> norm,
    ImmutableList<Operand<TFloat32>> regularisers) {

  /**
   * Adds the updates.
   *
   * @param tf ops where the norm is computed
   * @param gradients those of every worker
   * @param contexts what the optimizer of a home works with
   */
  public static StepUpdates of(
      Ops tf,
      Rule rule,
      List<Gradients> gradients,
      Function<Placement.VariableDevice, OptimizerContext> contexts) {
    return of(tf, rule, gradients, ImmutableMap.of(), contexts);
  }

  /**
   * Adds the updates.
   *
   * @param besides gradients of variables that are none of the model's: the norm is without them,
   *     and they are neither clipped nor decayed
   */
  public static StepUpdates of(
      Ops tf,
      Rule rule,
      List<Gradients> gradients,
      ImmutableMap<Weight, Operand<TFloat32>> besides,
      Function<Placement.VariableDevice, OptimizerContext> contexts) {
    List<WeightUpdate> found = new ArrayList<>(dense(tf, gradients));
    TableGradients tables = new TableGradients(tf, rule.optimizer());
    for (int i = 0; i < gradients.get(0).tables().size(); i++) {
      found.addAll(tables.of(gradients, i));
    }
    ImmutableList<WeightUpdate> unclipped = ImmutableList.copyOf(found);
    DeviceSums.Pair sums =
        DeviceSums.together(tf, WeightUpdate.halfSquares(tf, unclipped), tables.regularisers());
    Operand<TFloat32> norm = tf.math.sqrt(tf.math.mul(tf.math.addN(sums.first()), tf.constant(2f)));
    ImmutableListMultimap.Builder<Placement.VariableDevice, Op> ops =
        ImmutableListMultimap.builder();
    List<WeightUpdate> all = new ArrayList<>(new Clipping(tf, rule, norm).clip(unclipped));
    besides.forEach((weight, gradient) -> all.add(WeightUpdate.plain(weight, gradient)));
    Multimaps.index(all, WeightUpdate::home)
        .asMap()
        .forEach(
            (home, updates) ->
                ops.putAll(
                    home,
                    DeviceUpdates.add(home, updates, rule.optimizer(), contexts.apply(home))));
    return new StepUpdates(ops.build(), norm, sums.second());
  }

  /** The gradients of the variables that are no tables. */
  private static List<WeightUpdate> dense(Ops tf, List<Gradients> gradients) {
    ImmutableList<Weight> weights = gradients.get(0).denseWeights();
    Map<Weight, WeightUpdate> updates = new HashMap<>();
    for (Map.Entry<Placement.VariableDevice, Weight.Bundle> bundle :
        Weight.Bundle.byHome(weights).entrySet()) {
      List<Weight> together = bundle.getValue().weights();
      List<Operand<TFloat32>> sums =
          bundle.getKey().isLocal() && gradients.size() == 1
              ? together.stream().map(gradients.get(0)::dense).toList()
              : sums(bundle.getKey().on(tf), bundle.getValue(), gradients);
      for (int i = 0; i < together.size(); i++) {
        updates.put(together.get(i), WeightUpdate.whole(together.get(i), sums.get(i)));
      }
    }
    return weights.stream().map(updates::get).toList();
  }

  private static List<Operand<TFloat32>> sums(
      Ops home, Weight.Bundle bundle, List<Gradients> gradients) {
    List<Operand<TFloat32>> packed = new ArrayList<>();
    for (Gradients worker : gradients) {
      List<Operand<TFloat32>> values =
          bundle.weights().stream().map(weight -> worker.dense(weight.path())).toList();
      packed.add(bundle.pack(worker.tf(), values));
    }
    return bundle.unpack(home, packed.size() == 1 ? packed.get(0) : home.math.addN(packed));
  }

  /** The loss with the tables' regularisers. */
  public Operand<TFloat32> addRegularisers(Ops tf, Operand<TFloat32> loss) {
    Operand<TFloat32> sum = loss;
    for (Operand<TFloat32> regulariser : regularisers) {
      sum = tf.math.add(sum, regulariser);
    }
    return sum;
  }

  /**
   * What becomes of gradients: they are clipped, then an optimizer takes them.
   *
   * @param optimizer makes the updates
   * @param globalClipnorm largest norm of all gradients together, 0 for no limit
   * @param clipvalue largest absolute value in a gradient, 0 for no limit; one of the two limits at
   *     most is given
   */
  public record Rule(OptimizerFactory optimizer, float globalClipnorm, float clipvalue) {}
}
