package io.scenerank.variable;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Multimaps;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Values of several variables of one device as one vector, so that they cross the network in one
 * message: a message costs more than the values of a small layer.
 *
 * @param weights in the order of the vector; no tables
 */
public record Bundle(ImmutableList<Weight> weights) {

  /** A bundle for each home, in the order of their first variables. */
  public static ImmutableMap<VariableDevice, Bundle> byHome(List<Weight> weights) {
    ImmutableListMultimap<VariableDevice, Weight> homes = Multimaps.index(weights, Weight::home);
    ImmutableMap.Builder<VariableDevice, Bundle> bundles = ImmutableMap.builder();
    homes.asMap().forEach((home, all) -> bundles.put(home, new Bundle(ImmutableList.copyOf(all))));
    return bundles.buildOrThrow();
  }

  /**
   * Puts values together.
   *
   * @param values of the shapes of the weights
   * @return a vector
   */
  public Operand<TFloat32> pack(Ops tf, List<Operand<TFloat32>> values) {
    List<Operand<TFloat32>> flat = new ArrayList<>();
    values.forEach(value -> flat.add(tf.reshape(value, tf.constant(new int[] {-1}))));
    return Shapes.concat(tf, flat, 0);
  }

  /** Takes a vector apart, into values of the shapes of the weights. */
  public ImmutableList<Operand<TFloat32>> unpack(Ops tf, Operand<TFloat32> packed) {
    long[] sizes = weights.stream().mapToLong(weight -> weight.shape().size()).toArray();
    List<? extends Operand<TFloat32>> flat =
        sizes.length == 1
            ? List.of(packed)
            : tf.splitV(packed, tf.constant(sizes), tf.constant(0), (long) sizes.length).output();
    ImmutableList.Builder<Operand<TFloat32>> values = ImmutableList.builder();
    for (int i = 0; i < sizes.length; i++) {
      Shape shape = weights.get(i).shape();
      values.add(tf.reshape(flat.get(i), tf.constant(shape.asArray())));
    }
    return values.build();
  }

  /** The weights' values on another device. */
  ImmutableMap<Weight, Operand<TFloat32>> read(Ops there) {
    Ops home = weights.get(0).home().on(there);
    List<Operand<TFloat32>> values = new ArrayList<>();
    weights.forEach(weight -> values.add(home.readVariableOp(weight.handle(), TFloat32.class)));
    ImmutableList<Operand<TFloat32>> unpacked = unpack(there, pack(home, values));
    ImmutableMap.Builder<Weight, Operand<TFloat32>> read = ImmutableMap.builder();
    for (int i = 0; i < weights.size(); i++) {
      read.put(weights.get(i), unpacked.get(i));
    }
    return read.buildOrThrow();
  }
}
