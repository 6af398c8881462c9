package io.scenerank.parity;

import com.google.common.collect.Iterables;
import io.scenerank.keras.KerasModelFile;
import io.scenerank.keras.KerasModelFile.OptimizerState;
import io.scenerank.layer.base.LayerTree;
import io.scenerank.train.optimizer.Gradients;
import io.scenerank.train.optimizer.KerasOptimizer;
import io.scenerank.train.optimizer.Optimizer.OptimizerContext;
import io.scenerank.train.optimizer.StepUpdates;
import io.scenerank.variable.FloatTensor;
import io.scenerank.variable.Seeds;
import io.scenerank.variable.WeightAccess;
import io.scenerank.variable.WeightStore;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Steps of training as the optimizer of a Keras file makes them, from the state that the file
 * holds.
 *
 * @param loss before the step, regularisers included
 * @param update makes a step
 * @param initializers give the optimizer's slots their first values
 * @param slots writes them
 * @param state what the file holds of them
 */
record KerasSteps(
    Operand<TFloat32> loss,
    Op update,
    Op initializers,
    WeightAccess slots,
    Map<String, FloatTensor> state) {

  static KerasSteps of(
      Graph graph,
      Ops tf,
      WeightStore store,
      Operand<TInt32> step,
      Operand<TFloat32> dataLoss,
      LayerTree tree,
      KerasModelFile file,
      KerasCases cases) {
    KerasOptimizer optimizer =
        KerasOptimizer.read(
            cases.optimizer(), file.model().config().generation(), cases.path().toString());
    Optional<OptimizerState> state =
        file.optimizerState(optimizer, tree, store.trainedPaths()::contains);
    Operand<TFloat32> finished =
        tf.math.add(
            tf.dtypes.cast(step, TFloat32.class),
            tf.constant((float) state.map(OptimizerState::iteration).orElse(0L)));
    Operand<TFloat32> number = tf.math.add(finished, tf.constant(1f));
    Optional<Float> stored = state.flatMap(OptimizerState::learningRate);
    Operand<TFloat32> rate =
        stored.isPresent() ? tf.constant(stored.get()) : optimizer.learningRate(tf, number);
    Operand<TFloat32> loss = whole(tf, store, dataLoss);
    WeightStore slots = store.beside(new Seeds(0));
    StepUpdates updates =
        StepUpdates.of(
            tf,
            optimizer.rule(),
            List.of(Gradients.of(graph, tf, loss, store)),
            home -> new OptimizerContext(home.on(tf), slots, rate, number));
    Iterable<Op> all = Iterables.concat(store.updates(), updates.ops().values());
    Op update =
        tf.withControlDependencies(Iterables.concat(all, store.constrain(updates.ops().values())))
            .noOp();
    return new KerasSteps(
        updates.addRegularisers(tf, loss),
        update,
        tf.withControlDependencies(new ArrayList<Op>(slots.initializers())).noOp(),
        new WeightAccess(tf, slots.weights()),
        known(slots, state));
  }

  /** The loss with the terms of the variables that are no tables. */
  private static Operand<TFloat32> whole(Ops tf, WeightStore store, Operand<TFloat32> dataLoss) {
    List<Operand<TFloat32>> terms = new ArrayList<>(List.of(dataLoss));
    terms.addAll(store.regularisers(tf));
    return terms.size() == 1 ? terms.get(0) : tf.math.addN(terms);
  }

  private static Map<String, FloatTensor> known(WeightStore slots, Optional<OptimizerState> state) {
    Map<String, FloatTensor> known = new LinkedHashMap<>();
    state.ifPresent(
        found ->
            slots
                .parts()
                .keySet()
                .forEach(
                    path -> {
                      FloatTensor value = found.slots().get(path);
                      if (value != null) {
                        known.put(path, value);
                      }
                    }));
    return known;
  }

  /** Gives the slots the values with which the first step begins. */
  void begin(Session session) {
    Session.Runner runner = session.runner();
    runner.addTarget(initializers);
    runner.run().close();
    if (!state.isEmpty()) {
      slots.assign(session, state);
    }
  }
}
