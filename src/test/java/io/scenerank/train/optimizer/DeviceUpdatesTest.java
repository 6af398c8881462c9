package io.scenerank.train.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.google.common.collect.Iterables;
import com.google.common.primitives.Floats;
import io.scenerank.testing.Homes;
import io.scenerank.train.Device;
import io.scenerank.train.optimizer.Optimizer.OptimizerContext;
import io.scenerank.train.optimizer.OptimizerFactory.OptimizerType;
import io.scenerank.variable.FloatTensor;
import io.scenerank.variable.Initializer;
import io.scenerank.variable.Placement;
import io.scenerank.variable.Seeds;
import io.scenerank.variable.Weight;
import io.scenerank.variable.WeightStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** Updates of several workers' steps at the same time, on a home of another process. */
class DeviceUpdatesTest {
  private static final int WORKERS = 4;
  private static final int STEPS = 50; // of each
  private static final int ROWS = 2000;
  private static final int WIDTH = 16;

  private static WeightUpdate ofRows(Ops tf, Weight table) {
    Operand<TInt32> rows = tf.constant(IntStream.range(0, ROWS).toArray());
    Operand<TFloat32> ones = tf.fill(tf.constant(new int[] {ROWS, WIDTH}), tf.constant(1f));
    return new WeightUpdate(table, 0, Optional.of(rows), ones);
  }

  private static void runAtOnce(Session session, Op update) throws Exception {
    ExecutorService workers = Executors.newFixedThreadPool(WORKERS);
    try {
      List<Callable<Void>> trainings = new ArrayList<>();
      for (int worker = 0; worker < WORKERS; worker++) {
        trainings.add(
            () -> {
              for (int step = 0; step < STEPS; step++) {
                session.runner().addTarget(update).run().close();
              }
              return null;
            });
      }
      for (Future<Void> training : workers.invokeAll(trainings)) {
        training.get();
      }
    } finally {
      workers.shutdown();
      assertThat(workers.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
    }
  }

  /** Adam's second moment of a gradient that is always 1 is 1 - 0.999^t after t updates. */
  @Test
  @Timeout(120)
  void noneIsLost() throws Exception {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      WeightStore store =
          new WeightStore(graph, tf, new Seeds(1), Optional.empty(), Homes.spread(1));
      Weight table = store.root().add("table", Shape.of(ROWS, WIDTH), Initializer.ZEROS, 0f);
      WeightStore slots = new WeightStore(graph, tf, new Seeds(1), Optional.empty());
      Placement.VariableDevice home = Iterables.getOnlyElement(Homes.of(1));
      Ops there = home.on(tf);
      List<Op> updates =
          DeviceUpdates.add(
              home,
              List.of(ofRows(there, table)),
              OptimizerType.LAZY_ADAM,
              new OptimizerContext(there, slots, there.constant(0.001f), there.constant(1f)));
      Op update = tf.withControlDependencies(updates).noOp();
      Operand<TFloat32> moments =
          slots.find(OptimizerContext.slotPath(AdamState.V, "table")).orElseThrow().value();
      try (Session session = new Session(graph, Device.parse("cpu").sessionConfig(WORKERS))) {
        Session.Runner runner = session.runner();
        store.initializers().forEach(runner::addTarget);
        slots.initializers().forEach(runner::addTarget);
        runner.run().close();
        runAtOnce(session, update);
        try (Result result = session.runner().fetch(moments).run()) {
          float[] values = FloatTensor.of((TFloat32) result.get(0)).values();
          double expected = 1 - Math.pow(0.999, WORKERS * STEPS);
          // 200 roundings of 6e-8 of a value of 0.18; one update less would be 0.45 % less.
          assertThat((double) Floats.min(values)).isCloseTo(expected, withinPercentage(0.01));
          assertThat((double) Floats.max(values)).isCloseTo(expected, withinPercentage(0.01));
        }
      }
    }
  }
}
