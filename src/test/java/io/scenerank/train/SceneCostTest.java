package io.scenerank.train;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Iterators;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.Targets;
import io.scenerank.model.ModelDefinition;
import io.scenerank.model.ModelGraph;
import io.scenerank.model.Models;
import io.scenerank.model.PackedInputs;
import io.scenerank.testing.SceneModels;
import io.scenerank.testing.TestGraph;
import io.scenerank.train.optimizer.Gradients;
import io.scenerank.variable.Weight;
import io.scenerank.variable.WeightStore;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** What is the same for many rows is computed once: by the tensors and ops of a training step. */
@Tag("slow")
class SceneCostTest {
  private static final int ROWS = 64;

  /** Width of the generated matrices: ceil(min(16, 16) / mf_k 2). */
  private static final int K = 8;

  // APG

  private static ModelDefinition<?> apg(int scenes, String strategy) {
    return new ModelDefinition<>(
        Models.APG,
        SceneModels.params(
            Models.APG, "{apg_dnn_units: [16, 16], mf_k: 2, mf_p: 2, apg_strategy: " + strategy),
        ImmutableList.of(
            FeatureColumn.sparse("user", 50, 8, "dnn"),
            FeatureColumn.sparse("item", 50, 8, "dnn"),
            FeatureColumn.sparse("scene", scenes, 4, "domain")));
  }

  /** Shapes of every float that a step's forward and backward pass compute. */
  private static List<Shape> shapes(ModelDefinition<?> definition, int distinctScenes) {
    try (TestGraph graph = new TestGraph()) {
      Ops tf = graph.tf();
      WeightStore store = graph.trainingStore(1);
      PackedInputs inputs = ModelGraph.placeholders(tf, definition.layout());
      Placeholder<TFloat32> labels =
          tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, 2)));
      ModelGraph model = ModelGraph.build(definition, tf, store, inputs);
      Operand<TFloat32> loss =
          new LossBuilder(tf, TrainingConfig.defaults(), Targets.NONE, store)
              .differentiated(model, labels);
      Gradients.of(graph.graph(), tf, loss, store);
      graph.initialize(store);
      int width = definition.layout().idWidth();
      try (TInt32 ids = TInt32.tensorOf(Shape.of(ROWS, width), all -> fill(all, distinctScenes));
          TFloat32 zeros = TFloat32.tensorOf(Shape.of(ROWS, 2));
          TInt32 step = TInt32.scalarOf(0)) {
        Session.Runner runner = graph.session().runner();
        runner.feed(inputs.ids().orElseThrow(), ids).feed(labels, zeros).feed(graph.step(), step);
        int fetched = fetchFloats(graph, runner);
        List<Shape> shapes = new ArrayList<>();
        try (Result result = runner.run()) {
          for (int i = 0; i < fetched; i++) {
            shapes.add(result.get(i).shape());
          }
        }
        assertThat(shapes).as("floats of a step").hasSizeGreaterThan(100);
        return shapes;
      }
    }
  }

  private static void fill(TInt32 ids, int distinctScenes) {
    for (int row = 0; row < ROWS; row++) {
      ids.setInt(row % 50, row, 0).setInt(row * 7 % 50, row, 1);
      if (ids.shape().get(1) == 3) { // the strategy self reads no scene
        ids.setInt(row % distinctScenes, row, 2);
      }
    }
  }

  private static int fetchFloats(TestGraph graph, Session.Runner runner) {
    int fetched = 0;
    for (GraphOperation op : operations(graph)) {
      for (int i = 0; i < op.numOutputs() && !op.type().equals("Placeholder"); i++) {
        if (op.output(i).dataType() == DataType.DT_FLOAT) {
          runner.fetch(op.output(i));
          fetched++;
        }
      }
    }
    return fetched;
  }

  private static List<GraphOperation> operations(TestGraph graph) {
    List<GraphOperation> operations = new ArrayList<>();
    Iterators.addAll(operations, graph.graph().operations());
    return operations;
  }

  /** How many generated matrices each tensor of such matrices holds. */
  private static List<Long> generated(List<Shape> shapes) {
    return shapes.stream()
        .filter(shape -> shape.numDimensions() == 3 && shape.get(1) == K && shape.get(2) == K)
        .map(shape -> shape.get(0))
        .toList();
  }

  private static List<Shape> ofAMatrixARow(List<Shape> shapes) {
    return shapes.stream().filter(shape -> shape.size() >= ROWS * K * K).toList();
  }

  @Property(tries = 3)
  void apgGeneratesAMatrixASceneOfTheBatch(@ForAll @IntRange(min = 1, max = 5) int distinct) {
    List<Shape> shapes = shapes(apg(5, "group}"), distinct);
    assertThat(generated(shapes))
        .as("matrices [u, k, k] of %s scenes, of two layers, forward and backward", distinct)
        .hasSizeGreaterThanOrEqualTo(4)
        .containsOnly((long) distinct);
    assertThat(ofAMatrixARow(shapes)).as("tensors of B·k·k values").isEmpty();
  }

  @Example
  void apgGeneratesAMatrixARowWhereTheSceneHasManyValues() {
    List<Shape> shapes = shapes(apg(33, "group}"), 3);
    assertThat(generated(shapes)).as("matrices [B, k, k]").hasSizeGreaterThan(3);
    assertThat(generated(shapes)).containsOnly((long) ROWS);
    assertThat(ofAMatrixARow(shapes)).as("the check finds what it looks for").isNotEmpty();
    assertThat(generated(shapes(apg(32, "group}"), 3))).as("32 values are few").containsOnly(3L);
  }

  @Example
  void apgGeneratesAMatrixARowFromColumnsAndFromItsOwnInput() {
    assertThat(generated(shapes(apg(3, "mix, apg_condition: [scene, user]}"), 3)))
        .containsOnly((long) ROWS);
    assertThat(generated(shapes(apg(3, "mix, apg_condition: [scene]}"), 3)))
        .as("of one column with few ids")
        .containsOnly(3L);
    assertThat(generated(shapes(apg(3, "self}"), 3))).containsOnly((long) ROWS);
  }

  // M2M

  private static final Set<String> PUT_TOGETHER =
      Set.of("ConcatV2", "Slice", "Reshape", "ExpandDims", "BatchMatMulV2", "Add", "Tile");

  /** The numbers of matrix products that each of these variables takes part in. */
  private static ImmutableMap<String, Long> products(
      ModelDefinition<?> definition, String pathPattern) {
    try (TestGraph graph = new TestGraph()) {
      WeightStore store = graph.trainingStore(1);
      ModelGraph.build(
          definition, graph.tf(), store, ModelGraph.placeholders(graph.tf(), definition.layout()));
      List<GraphOperation> operations = operations(graph);
      return store.weights().stream()
          .filter(weight -> weight.path().matches(pathPattern))
          .collect(
              ImmutableMap.toImmutableMap(Weight::path, weight -> products(operations, weight)));
    }
  }

  /** Products of the variable itself, or of what is put together of it and others. */
  private static long products(List<GraphOperation> operations, Weight weight) {
    Set<String> carriers = new HashSet<>(Set.of(weight.value().op().name()));
    long products = 0;
    for (GraphOperation op : operations) { // inputs come before the ops that read them
      if (op.inputs().stream().anyMatch(input -> carriers.contains(input.op().name()))) {
        if (op.type().equals("MatMul")) {
          products++;
        } else if (PUT_TOGETHER.contains(op.type())) {
          carriers.add(op.name());
        }
      }
    }
    return products;
  }

  private static ModelDefinition<?> m2m(int tasks, int depth, boolean shared) {
    List<String> names = IntStream.range(0, tasks).mapToObj(i -> "task" + i).toList();
    return SceneModels.small(
        Models.M2M,
        String.format(
            "{task_names: %s, meta_unit_depth: 2, meta_tower_depth: %d, meta_unit_shared: %s}",
            names, depth, shared));
  }

  @Property(tries = 6)
  void sharedUnitsOfM2mGenerateOnce(
      @ForAll @IntRange(min = 1, max = 4) int tasks,
      @ForAll @IntRange(min = 1, max = 4) int depth) {
    assertThat(products(m2m(tasks, depth, true), ".*(weights|bias)_dense.*kernel"))
        .as("products of the generating kernels, %s tasks, towers of %s units", tasks, depth)
        .containsExactlyInAnyOrderEntriesOf(
            ImmutableMap.<String, Long>builder()
                .put("dnn/attention_shared_meta_unit/weights_dense/0/kernel", 2L) // its halves
                .put("dnn/attention_shared_meta_unit/weights_dense/1/kernel", 1L)
                .put("dnn/attention_shared_meta_unit/bias_dense/0/kernel", 1L)
                .put("dnn/attention_shared_meta_unit/bias_dense/1/kernel", 1L)
                .put("dnn/tower_shared_meta_unit/weights_dense/0/kernel", 1L)
                .put("dnn/tower_shared_meta_unit/weights_dense/1/kernel", 1L)
                .put("dnn/tower_shared_meta_unit/bias_dense/0/kernel", 1L)
                .put("dnn/tower_shared_meta_unit/bias_dense/1/kernel", 1L)
                .buildOrThrow());
  }

  @Property(tries = 4)
  void ownUnitsOfM2mGenerateOnceEach(
      @ForAll @IntRange(min = 1, max = 3) int tasks,
      @ForAll @IntRange(min = 1, max = 3) int depth) {
    ImmutableMap<String, Long> products =
        products(m2m(tasks, depth, false), ".*weights_dense/0/kernel");
    ImmutableMap.Builder<String, Long> expected = ImmutableMap.builder();
    for (int task = 0; task < tasks; task++) {
      expected.put("dnn/meta_attention_task" + task + "/meta_unit/weights_dense/0/kernel", 1L);
      for (int j = 0; j < depth; j++) {
        expected.put("dnn/meta_tower_task" + task + "/layers/" + j + "/weights_dense/0/kernel", 1L);
      }
    }
    assertThat(products).containsExactlyInAnyOrderEntriesOf(expected.buildOrThrow());
  }

  @Example
  void expertsAndScenarioOfM2mAreComputedOnceForAllTasks() {
    assertThat(products(m2m(3, 2, true), "dnn/(expert_\\d+|scenario)_mlp/.*kernel"))
        .containsExactlyInAnyOrderEntriesOf(
            ImmutableMap.of(
                "dnn/expert_0_mlp/dense_layers/0/kernel", 1L,
                "dnn/expert_1_mlp/dense_layers/0/kernel", 1L,
                "dnn/scenario_mlp/dense_layers/0/kernel", 1L));
  }
}
