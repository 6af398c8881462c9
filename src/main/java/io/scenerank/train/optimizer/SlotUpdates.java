package io.scenerank.train.optimizer;

import com.google.common.collect.ImmutableList;
import io.scenerank.train.optimizer.Optimizer.OptimizerContext;
import io.scenerank.variable.Initializer;
import io.scenerank.variable.Weight;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;

/** The slots of one variable, or of rows of it, in one step: their values, and what they become. */
final class SlotUpdates {
  private final OptimizerContext context;
  private final Weight weight;
  private final int shard;
  private final Optional<Weight.Part> part;
  private final Optional<Operand<TBool>> updates;
  private final Map<String, Operand<TFloat32>> written = new LinkedHashMap<>();

  /**
   * @param updates whether this step updates at all; absent where every step does
   */
  SlotUpdates(
      OptimizerContext context, Weight weight, int shard, Optional<Operand<TBool>> updates) {
    this(context, weight, shard, Optional.empty(), updates);
  }

  private SlotUpdates(
      OptimizerContext context,
      Weight weight,
      int shard,
      Optional<Weight.Part> part,
      Optional<Operand<TBool>> updates) {
    this.context = context;
    this.weight = weight;
    this.shard = shard;
    this.part = part;
    this.updates = updates;
  }

  /** The slots of one of the tables that share the variable. */
  SlotUpdates of(Weight.Part rows) {
    return new SlotUpdates(context, weight, shard, Optional.of(rows), updates);
  }

  /** What Keras calls the variable, or the table whose slots these are. */
  String kerasPath() {
    return context.slots().kerasPath(part.orElseGet(() -> weight.parts().get(0)).path());
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
    Ops tf = context.tf();
    Operand<TFloat32> whole = tf.readVariableOp(slot(name, initial).handle(), TFloat32.class);
    return part.isPresent() ? rows(tf, whole, part.get()) : whole;
  }

  /** Writes a slot that was read, and returns its new value. */
  Operand<TFloat32> write(String name, Operand<TFloat32> value) {
    writeAlways(
        name, updates.isPresent() ? context.tf().select(updates.get(), value, read(name)) : value);
    return value;
  }

  /** Writes a slot that was read, whether this step updates or not. */
  void writeAlways(String name, Operand<TFloat32> value) {
    written.put(name, value);
  }

  /** Moves a slot that begins with zeros towards a value, and returns its new value. */
  Operand<TFloat32> decay(String name, Operand<TFloat32> target, double rest) {
    Ops tf = context.tf();
    Operand<TFloat32> old = read(name);
    Operand<TFloat32> step = tf.math.mul(tf.math.sub(target, old), tf.constant((float) (1 - rest)));
    return write(name, tf.math.add(old, step));
  }

  /**
   * Writes what was written to the slots of all tables that share the variable; a slot that a table
   * does not have keeps its value.
   */
  void join(List<SlotUpdates> tables) {
    Set<String> names = new LinkedHashSet<>();
    tables.forEach(table -> names.addAll(table.written.keySet()));
    for (String name : names) {
      List<Operand<TFloat32>> values = new ArrayList<>();
      for (SlotUpdates table : tables) {
        Operand<TFloat32> value = table.written.get(name);
        values.add(value == null ? table.read(name) : value);
      }
      written.put(name, context.tf().concat(values, context.tf().constant(0)));
    }
  }

  /** What has to run. */
  ImmutableList<Op> ops() {
    ImmutableList.Builder<Op> ops = ImmutableList.builder();
    written.forEach(
        (name, value) -> ops.add(context.tf().assignVariableOp(slot(name, 0).handle(), value)));
    return ops.build();
  }

  /** The rows of a table in a variable that it shares. */
  static Operand<TFloat32> rows(Ops tf, Operand<TFloat32> whole, Weight.Part part) {
    return tf.slice(
        whole,
        tf.constant(new long[] {part.rowOffset(), 0}),
        tf.constant(new long[] {part.shape().get(0), -1}));
  }
}
