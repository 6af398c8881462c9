package io.scenerank.train;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.LinkedHashMultimap;
import com.google.common.collect.SetMultimap;
import io.scenerank.layer.Home;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Scalars that are summed up on their own devices first, so that each device sends one. */
final class HomeSums {
  private final Ops tf;
  private final SetMultimap<Home, Operand<TFloat32>> scalars = LinkedHashMultimap.create();

  HomeSums(Ops tf) {
    this.tf = tf;
  }

  void add(Home home, Operand<TFloat32> scalar) {
    scalars.put(home, scalar);
  }

  /**
   * The sum of each device; where all stand beside the graph's own ops, the scalars as they are.
   */
  ImmutableList<Operand<TFloat32>> sums() {
    if (scalars.keySet().stream().allMatch(Home::isLocal)) {
      return ImmutableList.copyOf(scalars.values());
    }
    return scalars.asMap().entrySet().stream()
        .map(home -> home.getKey().on(tf).math.addN(home.getValue()))
        .collect(ImmutableList.toImmutableList());
  }
}
