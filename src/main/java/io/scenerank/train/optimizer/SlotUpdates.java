package io.scenerank.train.optimizer;

import com.google.common.collect.ImmutableList;
import io.scenerank.variable.Initializer;
import io.scenerank.variable.Weight;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;

/** The slots of one variable in one step: their values before it, and what they become. */
final class SlotUpdates {
  private final OptimizerContext context;
  private final Weight weight;
  private final int shard;
  private final Optional<Operand<TBool>> updates;
  private final List<Op> ops = new ArrayList<>();

  /**
   * @param updates whether this step updates at all; absent where every step does
   */
  SlotUpdates(
      OptimizerContext context, Weight weight, int shard, Optional<Operand<TBool>> updates) {
    this.updates = updates;
    this.context = context;
    this.weight = weight;
    this.shard = shard;
  }

  private Weight.Shard slot(String name, float initial) {
    Initializer first = initial == 0 ? Initializer.ZEROS : Initializer.constant(initial);
    return context.slot(name, weight, shard, first);
  }

  /** A slot that begins with zeros. */
  Operand<TFloat32> read(String name) {
    return read(name, 0);
  }

  /** A slot that begins with a number. */
  Operand<TFloat32> read(String name, float initial) {
    return context.tf().readVariableOp(slot(name, initial).handle(), TFloat32.class);
  }

  /** Writes a slot that was read, and returns its new value. */
  Operand<TFloat32> write(String name, Operand<TFloat32> value) {
    writeAlways(
        name, updates.isPresent() ? context.tf().select(updates.get(), value, read(name)) : value);
    return value;
  }

  /** Writes a slot that was read, whether this step updates or not. */
  void writeAlways(String name, Operand<TFloat32> value) {
    ops.add(context.tf().assignVariableOp(slot(name, 0).handle(), value));
  }

  /** Moves a slot that begins with zeros towards a value, and returns its new value. */
  Operand<TFloat32> decay(String name, Operand<TFloat32> target, double rest) {
    Ops tf = context.tf();
    Operand<TFloat32> old = read(name);
    Operand<TFloat32> step = tf.math.mul(tf.math.sub(target, old), tf.constant((float) (1 - rest)));
    return write(name, tf.math.add(old, step));
  }

  /** What has to run. */
  ImmutableList<Op> ops() {
    return ImmutableList.copyOf(ops);
  }
}
