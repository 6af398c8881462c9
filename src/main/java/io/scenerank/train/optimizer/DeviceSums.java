package io.scenerank.train.optimizer;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.LinkedHashMultimap;
import com.google.common.collect.SetMultimap;
import com.google.common.collect.Sets;
import io.scenerank.variable.Placement;
import java.util.List;
import java.util.Set;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Scalars of a kind that are summed up on their own devices first. */
final class DeviceSums {
  private final SetMultimap<Placement.VariableDevice, Operand<TFloat32>> scalars =
      LinkedHashMultimap.create();

  /**
   * Two kinds of sums, each as scalars that sum up to it.
   *
   * @param first empty where there were none
   * @param second empty where there were none
   */
  record Pair(ImmutableList<Operand<TFloat32>> first, ImmutableList<Operand<TFloat32>> second) {}

  void add(Placement.VariableDevice home, Operand<TFloat32> scalar) {
    scalars.put(home, scalar);
  }

  /**
   * Brings the sums of both kinds together: each device sends what it has of either in one message.
   * Where all are on the device of the graph's own ops, they are the scalars as they are.
   *
   * @param tf the graph's own ops
   */
  static Pair together(Ops tf, DeviceSums first, DeviceSums second) {
    Set<Placement.VariableDevice> homes =
        Sets.union(first.scalars.keySet(), second.scalars.keySet());
    if (homes.stream().allMatch(Placement.VariableDevice::isLocal)) {
      return new Pair(
          ImmutableList.copyOf(first.scalars.values()),
          ImmutableList.copyOf(second.scalars.values()));
    }
    if (second.scalars.isEmpty()) {
      return new Pair(
          homes.stream().map(home -> first.sum(tf, home)).collect(ImmutableList.toImmutableList()),
          ImmutableList.of());
    }
    ImmutableList.Builder<Operand<TFloat32>> firsts = ImmutableList.builder();
    ImmutableList.Builder<Operand<TFloat32>> seconds = ImmutableList.builder();
    for (Placement.VariableDevice home : homes) {
      Operand<TFloat32> both =
          home.on(tf).stack(List.of(first.sum(tf, home), second.sum(tf, home))); // [2]
      List<Operand<TFloat32>> sums = ImmutableList.copyOf(tf.unstack(both, 2L).output());
      firsts.add(sums.get(0));
      seconds.add(sums.get(1));
    }
    return new Pair(firsts.build(), seconds.build());
  }

  private Operand<TFloat32> sum(Ops tf, Placement.VariableDevice home) {
    Set<Operand<TFloat32>> there = scalars.get(home);
    return there.isEmpty() ? home.on(tf).constant(0f) : home.on(tf).math.addN(there);
  }
}
