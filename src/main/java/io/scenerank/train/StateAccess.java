package io.scenerank.train;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.config.InvalidInputException;
import io.scenerank.train.TrainingState.TrainedState;
import io.scenerank.train.optimizer.AdamState;
import io.scenerank.train.optimizer.KerasOptimizer;
import io.scenerank.train.optimizer.OptimizerFactory;
import io.scenerank.variable.FloatTensor;
import io.scenerank.variable.Weight;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Session;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;

/** Reads and writes what training continues with: a graph's variables and its optimizer's slots. */
final class StateAccess {
  private final VariableSet weights;
  private final Optional<Moments> moments;
  private final Optional<VariableSet> ofKeras;
  private final ImmutableList<Op> freshSlots;

  private record Moments(VariableSet m, VariableSet v) {}

  /**
   * Adds the ops.
   *
   * @param weights the model's variables
   * @param slots the optimizer's
   * @param freshSlots the ops that give the slots their first values
   */
  StateAccess(
      Ops tf,
      VariableSet weights,
      OptimizerFactory type,
      ImmutableList<Weight> slots,
      ImmutableList<Op> freshSlots) {
    this.weights = weights;
    this.moments =
        type.isAdam()
            ? Optional.of(
                new Moments(
                    VariableSet.ofSlot(tf, AdamState.M, slots),
                    VariableSet.ofSlot(tf, AdamState.V, slots)))
            : Optional.empty();
    this.ofKeras =
        type instanceof KerasOptimizer && !slots.isEmpty()
            ? Optional.of(VariableSet.ofModel(tf, slots))
            : Optional.empty();
    this.freshSlots = freshSlots;
  }

  TrainedState read(Session session, int step, ImmutableMap<String, Float> lossWeights) {
    return new TrainedState(
        weights.read(session),
        moments.map(both -> new AdamState(step, both.m().read(session), both.v().read(session))),
        step,
        ofKeras.map(slots -> slots.read(session)).orElse(ImmutableMap.of()),
        lossWeights);
  }

  /**
   * Writes all or, where something does not fit, nothing.
   *
   * @throws InvalidInputException naming the variable that is missing, surplus or of another shape
   */
  void assign(Session session, TrainedState state) {
    weights.requireFits(state.weights());
    if (moments.isPresent() && state.adam().isPresent()) {
      AdamState adam = state.adam().get();
      moments.get().m().requireFits(adam.m());
      moments.get().v().requireFits(adam.v());
      moments.get().m().assign(session, adam.m());
      moments.get().v().assign(session, adam.v());
    } else if (!freshSlots.isEmpty()) {
      Session.Runner runner = session.runner();
      freshSlots.forEach(runner::addTarget);
      runner.run().close();
      if (ofKeras.isPresent() && !state.slots().isEmpty()) {
        assign(session, ofKeras.get(), state.slots());
      }
    }
    weights.assign(session, state.weights());
  }

  /** Writes rows of a table, and of its moving average where the optimizer keeps one. */
  void assignRows(Session session, String path, int[] rows, float[] values) {
    weights.assignRows(session, path, rows, values);
    String average = KerasOptimizer.averageOf(path);
    ofKeras
        .filter(slots -> slots.has(average))
        .ifPresent(slots -> slots.assignRows(session, average, rows, values));
  }

  /** Slots that the state has nothing of are those of tables that do without; they stay new. */
  private static void assign(
      Session session, VariableSet slots, ImmutableMap<String, FloatTensor> state) {
    Map<String, FloatTensor> all = new LinkedHashMap<>(slots.read(session));
    all.putAll(state);
    slots.requireFits(all);
    slots.assign(session, all);
  }
}
