package io.scenerank.layer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.common.primitives.Floats;
import io.scenerank.config.ConfigMapper;
import io.scenerank.layer.base.Functional;
import io.scenerank.layer.base.Functional.BuiltModel;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.layer.base.Structure;
import io.scenerank.variable.FloatTensor;
import io.scenerank.variable.LayerScope.Training;
import io.scenerank.variable.Seeds;
import io.scenerank.variable.WeightStore;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** Layers with a seed, twice on ones in training: the expected numbers are Keras 3.15.1's. */
class KerasDrawsTest {

  @Test
  void dropoutDropsWhatKerasDrops() {
    float kept = 1 / 0.6f;
    check(
        "Dropout",
        "'rate': 0.4, 'seed': 11",
        Shape.of(2, 5),
        new float[] {kept, 0, kept, kept, kept, 0, 0, 0, kept, kept},
        new float[] {0, 0, 0, kept, 0, kept, kept, 0, kept, kept});
  }

  @Test
  void oneDecisionHoldsForAnAxisOfTheNoiseShape() {
    check(
        "Dropout",
        "'rate': 0.5, 'noise_shape': [null, 1, 3], 'seed': 12",
        Shape.of(2, 2, 3),
        new float[] {2, 0, 2, 2, 0, 2, 0, 0, 0, 0, 0, 0},
        new float[] {2, 0, 2, 2, 0, 2, 0, 0, 2, 0, 0, 2});
  }

  @Test
  void spatialDropoutDropsChannels() {
    check(
        "SpatialDropout1D",
        "'rate': 0.5, 'seed': 13",
        Shape.of(2, 2, 3),
        new float[] {2, 2, 0, 2, 2, 0, 2, 0, 2, 2, 0, 2},
        new float[] {2, 0, 2, 2, 0, 2, 2, 0, 2, 2, 0, 2});
  }

  @Test
  void noiseIsAddedOrMultiplied() {
    check(
        "GaussianNoise",
        "'stddev': 0.3, 'seed': 14",
        Shape.of(2, 2),
        new float[] {0.6345897f, 1.372286f, 0.7855524f, 1.327561f},
        new float[] {0.8911625f, 1.124858f, 0.6041955f, 0.6196327f});
    check(
        "GaussianDropout",
        "'rate': 0.3, 'seed': 15",
        Shape.of(2, 2),
        new float[] {2.013618f, 1.473835f, -0.3281047f, 0.02827662f},
        new float[] {1.211069f, 0.5699688f, 1.204239f, 1.061335f});
  }

  @Test
  void alphaDropoutKeepsMeanAndVariance() {
    float kept = 1.470377f;
    float dropped = -0.9106419f;
    check(
        "AlphaDropout",
        "'rate': 0.4, 'seed': 16",
        Shape.of(2, 4),
        new float[] {kept, kept, dropped, kept, dropped, kept, kept, kept},
        new float[] {kept, dropped, kept, dropped, kept, dropped, kept, kept});
  }

  @Test
  void attentionDropsWeightsByItsSeed() {
    String x = "{'class_name': '__keras_tensor__', 'config': {'keras_history': ['x', 0, 0]}}";
    Shape shape = Shape.of(2, 4, 1);
    float one = 1 / 2.4f;
    draws(
        functional("Attention", "'dropout': 0.4, 'seed': 17", shape, "[" + x + ", " + x + "]"),
        shape,
        new float[] {2 * one, 2 * one, 2 * one, 2 * one, 2 * one, 2 * one, 3 * one, 3 * one},
        new float[] {3 * one, one, 3 * one, 3 * one, 2 * one, one, 2 * one, 2 * one});
    draws(
        functional(
            "MultiHeadAttention",
            "'num_heads': 1, 'key_dim': 1, 'dropout': 0.4, 'seed': 18,"
                + " 'kernel_initializer': 'ones', 'use_bias': false",
            shape,
            x + ", " + x),
        shape,
        new float[] {2 * one, 4 * one, 2 * one, 2 * one, one, 2 * one, one, 3 * one},
        new float[] {one, 3 * one, 3 * one, 3 * one, 2 * one, 3 * one, 2 * one, 2 * one});
  }

  @Test
  void aCellDropsInputsByItsSeed() {
    Shape shape = Shape.of(2, 3, 4);
    draws(
        model(
            "SimpleRNN",
            "'units': 1, 'activation': 'linear', 'kernel_initializer': 'ones',"
                + " 'recurrent_initializer': 'zeros', 'dropout': 0.4, 'seed': 19",
            shape),
        shape,
        new float[] {1 / 0.6f, 3 / 0.6f},
        new float[] {1 / 0.6f, 2 / 0.6f});
  }

  @Test
  void gatesDropInputsAndStatesByTheirSeed() {
    String linear =
        "'units': 2, 'activation': 'linear', 'recurrent_activation': 'linear', 'seed': 20,"
            + " 'kernel_initializer': 'ones', 'recurrent_initializer': 'ones', 'dropout': 0.3";
    Shape shape = Shape.of(2, 2, 3);
    draws(
        model("LSTM", linear + ", 'recurrent_dropout': 0.4", shape),
        shape,
        new float[] {212947.42f, 212947.42f, 219367.06f, 219367.06f},
        new float[] {548379.44f, 548379.44f, 29854.943f, 29854.943f});
    Shape row = Shape.of(1, 2, 3);
    draws(
        model("GRU", linear, row),
        row,
        new float[] {17172.248f, 17172.248f},
        new float[] {786.70074f, 786.70074f});
  }

  /** Checks a layer that passes its input on at inference. */
  private static void check(
      String kerasClass, String arguments, Shape shape, float[] first, float[] second) {
    Functional model = model(kerasClass, arguments, shape);
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      WeightStore store = new WeightStore(graph, tf, new Seeds(0), Optional.empty());
      Operand<TFloat32> ones = ones(tf, shape);
      assertEquals(ones, output(model, store, tf, ones));
    }
    draws(model, shape, first, second);
  }

  private static void draws(Functional model, Shape shape, float[] first, float[] second) {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Placeholder<TInt32> step = tf.placeholder(TInt32.class, Placeholder.shape(Shape.scalar()));
      Training training = new Training(step, Optional.empty());
      WeightStore store = new WeightStore(graph, tf, new Seeds(0), Optional.of(training));
      Operand<?> inTraining = output(model, store, tf, ones(tf, shape));
      List<Op> initializers = store.initializers();
      try (Session session = new Session(graph)) {
        if (!initializers.isEmpty()) {
          Session.Runner runner = session.runner();
          initializers.forEach(runner::addTarget);
          runner.run().close();
        }
        assertArrayEquals(first, run(session, inTraining, step, 0), tolerance(first));
        assertArrayEquals(second, run(session, inTraining, step, 1), tolerance(second));
      }
    }
  }

  private static float tolerance(float[] expected) {
    return 1e-6f * Math.max(1, Floats.max(expected));
  }

  private static Operand<TFloat32> ones(Ops tf, Shape shape) {
    return tf.fill(tf.constant(ints(shape)), tf.constant(1f));
  }

  private static Operand<?> output(
      Functional model, WeightStore store, Ops tf, Operand<TFloat32> input) {
    Structure<MaskedTensor> inputs = Structure.leaf(MaskedTensor.of(input));
    return BuiltModel.build(model, store.root(), tf, inputs).outputs().only().value();
  }

  private static int[] ints(Shape shape) {
    return Arrays.stream(shape.asArray()).mapToInt(Math::toIntExact).toArray();
  }

  /** A layer that is called with several tensors. */
  private static Functional functional(
      String kerasClass, String arguments, Shape shape, String tensors) {
    return read(
        """
        {'class_name': 'Functional', 'config': {'name': 'model', 'layers': [
         {'class_name': 'InputLayer', 'name': 'x', 'inbound_nodes': [],
          'config': {'name': 'x', 'batch_shape': [null, %s]}},
         {'class_name': '%s', 'name': 'layer', 'config': {'name': 'layer', %s},
          'inbound_nodes': [{'args': [%s], 'kwargs': {}}]}],
         'input_layers': ['x', 0, 0], 'output_layers': ['layer', 0, 0]}}\
        """
            .formatted(sizes(shape), kerasClass, arguments, tensors));
  }

  private static String sizes(Shape shape) {
    return Arrays.stream(shape.tail().asArray())
        .mapToObj(Long::toString)
        .collect(Collectors.joining(", "));
  }

  private static Functional model(String kerasClass, String arguments, Shape shape) {
    return read(
        """
        {'class_name': 'Sequential', 'config': {'name': 'model', 'layers': [
         {'class_name': 'InputLayer', 'config': {'name': 'x', 'batch_shape': [null, %s]}},
         {'class_name': '%s', 'config': {'name': 'layer', %s}}]}}\
        """
            .formatted(sizes(shape), kerasClass, arguments));
  }

  private static Functional read(String json) {
    return ModelReader.read(
        LayerTypes.standard(), new ConfigMapper().parse(json.replace('\'', '"'), "model"), "model");
  }

  private static float[] run(Session session, Operand<?> output, Operand<TInt32> step, int number) {
    try (TInt32 value = TInt32.scalarOf(number);
        Result result = session.runner().feed(step, value).fetch(output).run()) {
      return FloatTensor.of((TFloat32) result.get(0)).values();
    }
  }
}
