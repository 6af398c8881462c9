package io.scenerank.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.common.collect.ImmutableList;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.FeatureColumn.ColumnType;
import io.scenerank.feature.PackedLayout;
import io.scenerank.layer.LayerTypes;
import io.scenerank.layer.base.Layer.LayerObserver;
import io.scenerank.model.KerasGraph.KerasGraphParams;
import io.scenerank.testing.SceneModels;
import io.scenerank.testing.SmallModel;
import io.scenerank.testing.TestGraph;
import io.scenerank.train.optimizer.Gradients;
import io.scenerank.variable.FloatTensor;
import io.scenerank.variable.Weight;
import io.scenerank.variable.WeightStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.StdArrays;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * With the passes a model computes the numbers of its layers one by one: logits and the gradients
 * of all variables, in training, dropout included.
 */
@Tag("slow")
class PassesTest {
  private static final int ROWS = 7;

  /**
   * Of the largest number that sums are made of: here some cancel out by a factor of a hundred, and
   * floats hold seven digits.
   */
  private static final double TOLERANCE = 1e-5;

  static Stream<ModelDefinition<?>> models() {
    return Stream.of(
        SmallModel.definition(SmallModel.withDropout(0.2f)),
        SceneModels.small(Models.APG, "{dropout: 0.2}"),
        SceneModels.small(Models.APG, "{use_uv_shared: false, linear_logits: true}"),
        SceneModels.small(Models.APG, "{apg_strategy: self}"),
        SceneModels.small(Models.APG, "{apg_strategy: mix, apg_condition: [user, scene]}"),
        SceneModels.small(Models.M2M, "{dropout: 0.3}"),
        SceneModels.small(
            Models.M2M,
            "{dropout: 0.3, positon_agg_func: sum, attention_softmax: true, tower_residual: true,"
                + " meta_unit_depth: 1, attention_masking: keras3}"),
        SceneModels.small(Models.M2M, "{activation: dice}"),
        SceneModels.small(Models.M2M, "{meta_unit_shared: false, dropout: 0.2}"),
        SceneModels.small(Models.MMOE, "{dropout_rate: 0.2}"),
        SceneModels.small(
            Models.SHARED_BOTTOM, "{linear_logits: true, activation: prelu, dropout_rate: 0.1}"),
        layerNamedAsARun());
  }

  /** Keras 2 allows a layer any name: here one is added to what two tables give. */
  private static ModelDefinition<KerasGraphParams> layerNamedAsARun() {
    String json =
        """
        {"class_name": "Functional", "config": {"name": "model", "layers": [
          {"class_name": "InputLayer", "name": "a", "inbound_nodes": [],
           "config": {"batch_input_shape": [null, 1], "dtype": "int32", "name": "a"}},
          {"class_name": "InputLayer", "name": "b", "inbound_nodes": [],
           "config": {"batch_input_shape": [null, 1], "dtype": "int32", "name": "b"}},
          {"class_name": "InputLayer", "name": "x", "inbound_nodes": [],
           "config": {"batch_input_shape": [null, 2], "dtype": "float32", "name": "x"}},
          {"class_name": "Embedding", "name": "a_table", "inbound_nodes": [[["a", 0, 0, {}]]],
           "config": {"name": "a_table", "input_dim": 5, "output_dim": 1}},
          {"class_name": "Embedding", "name": "b_table", "inbound_nodes": [[["b", 0, 0, {}]]],
           "config": {"name": "b_table", "input_dim": 6, "output_dim": 1}},
          {"class_name": "Flatten", "name": "a_flat", "inbound_nodes": [[["a_table", 0, 0, {}]]],
           "config": {"name": "a_flat"}},
          {"class_name": "Flatten", "name": "b_flat", "inbound_nodes": [[["b_table", 0, 0, {}]]],
           "config": {"name": "b_flat"}},
          {"class_name": "Dense", "name": "run/dense", "inbound_nodes": [[["x", 0, 0, {}]]],
           "config": {"name": "run/dense", "units": 1}},
          {"class_name": "Add", "name": "sum", "config": {"name": "sum"},
           "inbound_nodes": [[["a_flat", 0, 0, {}], ["b_flat", 0, 0, {}],
                              ["run/dense", 0, 0, {}]]]}],
         "input_layers": [["a", 0, 0], ["b", 0, 0], ["x", 0, 0]],
         "output_layers": [["sum", 0, 0]]}}
        """;
    return ModelDefinition.of(
        KerasGraph.type(LayerTypes.standard()),
        new KerasGraphParams(ImmutableList.of("sum"), ImmutableList.of("a", "b", "x"), json),
        ImmutableList.of(
            FeatureColumn.sparse("a", 5, 1),
            FeatureColumn.sparse("b", 6, 1),
            FeatureColumn.dense("x", 2)));
  }

  @ParameterizedTest
  @MethodSource("models")
  void giveTheNumbersOfTheLayersOneByOne(ModelDefinition<?> definition) {
    for (int seed = 1; seed <= 2; seed++) {
      Map<String, float[]> plain = numbers(definition, seed, false);
      Map<String, float[]> fast = numbers(definition, seed, true);
      assertThat(fast.keySet()).isEqualTo(plain.keySet());
      double largest = plain.values().stream().mapToDouble(PassesTest::largest).max().orElseThrow();
      plain.forEach(
          (name, expected) -> {
            float[] found = fast.get(name);
            assertThat(found).as(name).hasSameSizeAs(expected);
            for (int i = 0; i < expected.length; i++) {
              assertThat((double) found[i])
                  .as("%s of %s, value %d", name, definition.type().name(), i)
                  .isCloseTo(expected[i], within(TOLERANCE * (1 + largest)));
            }
          });
    }
  }

  private static double largest(float[] values) {
    double largest = 0;
    for (float value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }

  /** Logits by task, and the gradients of their weighted sum by variable. */
  private static Map<String, float[]> numbers(
      ModelDefinition<?> definition, int seed, boolean passes) {
    try (TestGraph graph = new TestGraph()) {
      WeightStore store = graph.trainingStore(seed);
      PackedInputs inputs = ModelGraph.placeholders(graph.tf(), definition.layout());
      LayeredModel layered = new LayeredModel(definition, inputs);
      LayeredModel.Heads model =
          passes
              ? layered.build(graph.tf(), store, LayerObserver.NONE)
              : layered.build(graph.tf(), store, ImmutableList.of(), LayerObserver.NONE);
      feed(graph, inputs, definition.layout(), new Random(seed));
      graph.setStep(seed);
      Map<String, Operand<TFloat32>> fetches = new LinkedHashMap<>();
      List<Operand<TFloat32>> terms = new ArrayList<>();
      model
          .logits()
          .forEach(
              (task, logit) -> {
                fetches.put("logit " + task, logit);
                terms.add(graph.tf().nn.l2Loss(graph.tf().math.sigmoid(logit)));
              });
      Operand<TFloat32> loss = terms.stream().reduce(graph.tf().math::add).orElseThrow();
      Gradients gradients = Gradients.of(graph.graph(), graph.tf(), loss, store);
      Map<String, Weight> trained = new LinkedHashMap<>();
      for (Weight weight : store.weights()) {
        if (weight.trainable()) {
          trained.put(weight.path(), weight);
          fetches.put(weight.path(), gradients.dense(weight));
        }
      }
      graph.initialize(store);
      Map<String, float[]> numbers = new LinkedHashMap<>();
      graph
          .run(fetches)
          .forEach(
              (name, value) -> {
                if (trained.containsKey(name)) {
                  numbers.putAll(byPart(trained.get(name), value));
                } else {
                  numbers.put(name, value.values());
                }
              });
      return numbers;
    }
  }

  /** Rows of a fused table by the table. */
  private static Map<String, float[]> byPart(Weight weight, FloatTensor values) {
    Map<String, float[]> parts = new LinkedHashMap<>();
    int row = (int) (values.values().length / weight.shape().get(0));
    for (Weight.Part part : weight.parts()) {
      int from = (int) part.rowOffset() * row;
      parts.put(
          part.path(), Arrays.copyOfRange(values.values(), from, from + (int) part.shape().size()));
    }
    return parts;
  }

  private static void feed(
      TestGraph graph, PackedInputs inputs, PackedLayout layout, Random random) {
    int[][] ids = new int[ROWS][layout.idWidth()];
    float[][] dense = new float[ROWS][layout.denseWidth()];
    for (FeatureColumn column : layout.columns()) {
      for (int row = 0; row < ROWS; row++) {
        for (int i = 0; i < column.width(); i++) {
          int place = layout.offset(column) + i;
          if (column.type() == ColumnType.DENSE) {
            dense[row][place] = random.nextFloat();
          } else {
            ids[row][place] = random.nextInt(column.vocabSize());
          }
        }
      }
    }
    inputs
        .ids()
        .ifPresent(
            input -> {
              TInt32 tensor = TInt32.tensorOf(Shape.of(ROWS, layout.idWidth()));
              StdArrays.copyTo(ids, tensor);
              graph.set(input, tensor);
            });
    inputs
        .dense()
        .ifPresent(
            input -> {
              TFloat32 tensor = TFloat32.tensorOf(Shape.of(ROWS, layout.denseWidth()));
              StdArrays.copyTo(dense, tensor);
              graph.set(input, tensor);
            });
  }
}
