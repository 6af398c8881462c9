package io.scenerank.layer.rnn;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Iterables;
import com.google.common.collect.Streams;
import io.scenerank.config.ConfigMapper;
import io.scenerank.layer.LayerTypes;
import io.scenerank.layer.ModelReader;
import io.scenerank.layer.base.Functional;
import io.scenerank.layer.base.Functional.BuiltModel;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.layer.base.Structure;
import io.scenerank.train.optimizer.Gradients;
import io.scenerank.train.optimizer.KerasOptimizer;
import io.scenerank.train.optimizer.Optimizer.OptimizerContext;
import io.scenerank.train.optimizer.StepUpdates;
import io.scenerank.variable.LayerScope.Training;
import io.scenerank.variable.Seeds;
import io.scenerank.variable.SessionOptions;
import io.scenerank.variable.WeightStore;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Times of a recurrent layer's first training steps, batch 32, 200 steps of 16 numbers, 32 units:
 * {@code RnnBench GRU|LSTM|SimpleRNN [masked]}. No test runs it.
 */
final class RnnBench {
  private static final int BATCH = 32;
  private static final int STEPS = 200;
  private static final int WIDTH = 16;
  private static final int RUNS = 60;

  private static final String MODEL =
      """
      {"class_name": "Sequential", "module": "keras", "config": {"name": "m", "layers": [
        {"class_name": "InputLayer", "module": "keras.layers", "registered_name": null,
         "config": {"batch_shape": [null, 200, 16], "dtype": "float32", "name": "x"}},
        %s
        {"class_name": "%s", "module": "keras.layers", "registered_name": null,
         "config": {"name": "rnn", "units": 32}},
        {"class_name": "Dense", "module": "keras.layers", "registered_name": null,
         "config": {"name": "out", "units": 1}}]}}
      """;
  private static final String MASKING =
      """
      {"class_name": "Masking", "module": "keras.layers", "registered_name": null,
       "config": {"name": "masking", "mask_value": 0.0}},
      """;
  private static final String ADAM =
      "{\"class_name\": \"Adam\", \"config\": {\"learning_rate\": 0.001}}";

  private RnnBench() {}

  public static void main(String[] args) {
    boolean masked = args.length > 1 && args[1].equals("masked");
    JsonNode json =
        new ConfigMapper().parse(String.format(MODEL, masked ? MASKING : "", args[0]), "bench");
    Functional model = ModelReader.read(LayerTypes.standard(), json, "bench");
    try (Graph graph = new Graph()) {
      measure(graph, model, args[0] + (masked ? " masked" : ""));
    }
  }

  private static void measure(Graph graph, Functional model, String name) {
    long start = System.nanoTime();
    Ops tf = Ops.create(graph);
    Operand<TFloat32> x =
        tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, STEPS, WIDTH)));
    Operand<TInt32> step = tf.placeholder(TInt32.class, Placeholder.shape(Shape.scalar()));
    Training training = new Training(step, Optional.of(ImmutableMap.of()));
    WeightStore store = new WeightStore(graph, tf, new Seeds(0), Optional.of(training));
    BuiltModel built =
        BuiltModel.build(model, store.root(), tf, Structure.leaf(MaskedTensor.of(x)));
    @SuppressWarnings("unchecked")
    Operand<TFloat32> out = (Operand<TFloat32>) (Operand<?>) built.outputs().only().value();
    Operand<TFloat32> loss = tf.math.mean(tf.math.square(out), tf.constant(new int[] {0, 1}));
    long forward = System.nanoTime();
    WeightStore slots = new WeightStore(graph, tf, new Seeds(0), Optional.empty());
    KerasOptimizer optimizer =
        KerasOptimizer.read(new ConfigMapper().parse(ADAM, "bench"), 3, "bench");
    Operand<TFloat32> number = tf.math.add(tf.dtypes.cast(step, TFloat32.class), tf.constant(1f));
    StepUpdates updates =
        StepUpdates.of(
            tf,
            optimizer.rule(),
            List.of(Gradients.of(graph, tf, loss, store)),
            home ->
                new OptimizerContext(
                    home.on(tf), slots, optimizer.learningRate(tf, number), number));
    Op update = tf.withControlDependencies(updates.ops().values()).noOp();
    Op begin =
        tf.withControlDependencies(Iterables.concat(store.initializers(), slots.initializers()))
            .noOp();
    long backward = System.nanoTime();
    ConfigProto options = SessionOptions.ofGraph(store, ConfigProto.getDefaultInstance());
    try (Session session = new Session(graph, options)) {
      Session.Runner first = session.runner();
      first.addTarget(begin);
      first.run().close();
      double[] times = steps(session, x, step, update, loss);
      double firstStep = times[0];
      Arrays.sort(times);
      System.out.printf(
          Locale.ROOT,
          "%s: %d nodes, forward graph %.2f s, gradients %.2f s, first step %.2f s, then %.1f ms"
              + " (least %.1f)%n",
          name,
          Streams.stream(graph.operations()).count(),
          (forward - start) / 1e9,
          (backward - forward) / 1e9,
          firstStep / 1e3,
          times[RUNS / 2],
          times[0]);
    }
  }

  /** Milliseconds of each step. */
  private static double[] steps(
      Session session,
      Operand<TFloat32> x,
      Operand<TInt32> step,
      Op update,
      Operand<TFloat32> loss) {
    float[] values = new float[BATCH * STEPS * WIDTH];
    Random random = new Random(7);
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    double[] times = new double[RUNS];
    try (TFloat32 batch =
        TFloat32.tensorOf(Shape.of(BATCH, STEPS, WIDTH), DataBuffers.of(values, true, false))) {
      for (int i = 0; i < RUNS; i++) {
        long start = System.nanoTime();
        try (TInt32 number = TInt32.scalarOf(i)) {
          Session.Runner runner = session.runner().feed(x, batch).feed(step, number);
          runner.addTarget(update);
          runner.fetch(loss).run().close();
        }
        times[i] = (System.nanoTime() - start) / 1e6;
      }
    }
    return times;
  }
}
