package io.scenerank.layer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.scenerank.config.ConfigMapper;
import io.scenerank.layer.base.BuiltModel;
import io.scenerank.layer.base.Functional;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.layer.base.Structure;
import io.scenerank.variable.FloatTensor;
import io.scenerank.variable.Seeds;
import io.scenerank.variable.Training;
import io.scenerank.variable.WeightStore;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
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

  private static void check(
      String kerasClass, String arguments, Shape shape, float[] first, float[] second) {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Placeholder<TInt32> step = tf.placeholder(TInt32.class, Placeholder.shape(Shape.scalar()));
      Training training = new Training(step, Optional.empty());
      WeightStore store = new WeightStore(graph, tf, new Seeds(0), Optional.of(training));
      Operand<TFloat32> ones = tf.fill(tf.constant(ints(shape)), tf.constant(1f));
      Functional model = model(kerasClass, arguments, shape);
      Structure<MaskedTensor> inputs = Structure.leaf(MaskedTensor.of(ones));
      Operand<?> inTraining =
          BuiltModel.build(model, store.root(), tf, inputs).outputs().only().value();
      Operand<?> atInference =
          BuiltModel.build(model, store.inference().root(), tf, inputs).outputs().only().value();
      assertEquals(ones, atInference);
      try (Session session = new Session(graph)) {
        assertArrayEquals(first, run(session, inTraining, step, 0), 1e-6f);
        assertArrayEquals(second, run(session, inTraining, step, 1), 1e-6f);
      }
    }
  }

  private static int[] ints(Shape shape) {
    return Arrays.stream(shape.asArray()).mapToInt(Math::toIntExact).toArray();
  }

  private static Functional model(String kerasClass, String arguments, Shape shape) {
    String sizes =
        Arrays.stream(shape.tail().asArray())
            .mapToObj(Long::toString)
            .collect(Collectors.joining(", "));
    String json =
        """
        {'class_name': 'Sequential', 'config': {'name': 'model', 'layers': [
         {'class_name': 'InputLayer', 'config': {'name': 'x', 'batch_shape': [null, %s]}},
         {'class_name': '%s', 'config': {'name': 'layer', %s}}]}}\
        """
            .formatted(sizes, kerasClass, arguments)
            .replace('\'', '"');
    return ModelReader.read(
        LayerTypes.standard(), new ConfigMapper().parse(json, "model"), "model");
  }

  private static float[] run(Session session, Operand<?> output, Operand<TInt32> step, int number) {
    try (TInt32 value = TInt32.scalarOf(number);
        Result result = session.runner().feed(step, value).fetch(output).run()) {
      return FloatTensor.of((TFloat32) result.get(0)).values();
    }
  }
}
