package io.scenerank.train.optimizer;

import com.google.common.collect.ImmutableList;
import io.scenerank.train.optimizer.Optimizer.OptimizerContext;
import io.scenerank.variable.Placement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Mutex;
import org.tensorflow.op.core.MutexLock;

/**
 * A step's updates on one device. Elsewhere than in the graph's own process other workers update
 * the same variables at the same time, and an optimizer reads a row's slots, computes, and writes
 * them: between two of these ops another's update would be lost. So a step holds such a device
 * alone while it updates there.
 */
final class DeviceUpdates {
  /** Of one device, for all graphs of all sessions. */
  private static final String MUTEX = "scenerank/updates";

  private DeviceUpdates() {}

  /**
   * Adds the updates.
   *
   * @param context on the home
   * @return ops that wait for all of them
   */
  static ImmutableList<Op> add(
      Placement.VariableDevice home,
      Collection<WeightUpdate> updates,
      OptimizerFactory optimizer,
      OptimizerContext context) {
    if (home.isLocal()) {
      return apply(updates, optimizer.create(context));
    }
    Ops tf = context.tf();
    // What comes from other processes is there first: who has the lock waits for nobody.
    OptimizerContext arrived = context.arrived();
    ImmutableList<WeightUpdate> all =
        updates.stream().map(update -> update.arrived(tf)).collect(ImmutableList.toImmutableList());
    MutexLock lock =
        tf.withControlDependencies(needed(all, arrived))
            .mutexLock(tf.mutex(Mutex.sharedName(MUTEX)));
    ImmutableList<Op> applied = apply(all, optimizer.create(arrived.after(lock)));
    return ImmutableList.of(tf.withControlDependencies(applied).consumeMutexLock(lock));
  }

  private static List<Op> needed(List<WeightUpdate> updates, OptimizerContext context) {
    List<Op> all = new ArrayList<>(List.of(context.learningRate(), context.step()));
    for (WeightUpdate update : updates) {
      all.add(update.gradient());
      update.rows().ifPresent(all::add);
    }
    return all;
  }

  private static ImmutableList<Op> apply(Collection<WeightUpdate> updates, Optimizer optimizer) {
    return updates.stream()
        .map(update -> update.apply(optimizer))
        .collect(ImmutableList.toImmutableList());
  }
}
