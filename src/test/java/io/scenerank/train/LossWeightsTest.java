package io.scenerank.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.Batch;
import io.scenerank.data.Batcher;
import io.scenerank.data.PackedRows;
import io.scenerank.data.RowSource.RowFormat;
import io.scenerank.feature.Schema;
import io.scenerank.feature.Targets;
import io.scenerank.feature.Targets.Target;
import io.scenerank.feature.Targets.TaskType;
import io.scenerank.model.ModelDefinition;
import io.scenerank.model.ModelGraph;
import io.scenerank.model.Models;
import io.scenerank.testing.SceneModels;
import io.scenerank.testing.SmallModel;
import io.scenerank.testing.TestGraph;
import io.scenerank.train.Loss.LossWeights;
import io.scenerank.variable.Weight;
import io.scenerank.variable.WeightStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.FloatRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Weights of the tasks' losses that are learned. */
class LossWeightsTest {
  private static final Targets MAY_MISS =
      Targets.of(ImmutableMap.of("like", new Target(TaskType.BINARY, null, true, null)));

  private static final PackedRows PLAIN = SmallModel.rows(40, 3);

  private static TrainingConfig config(String keys) {
    return TrainerFixture.with(
        TrainerFixture.Config.PLAIN.build(ImmutableMap.of()), "{" + keys + "}");
  }

  private static TrainingGraph graph(ModelDefinition<?> definition, TrainingConfig config) {
    return new TrainingGraph(
        definition, TrainingGraph.Options.of(config, 7, Device.parse("cpu"), 1));
  }

  private static TrainingGraph graph(String keys) {
    return graph(SmallModel.definition(SmallModel.params()), config(keys));
  }

  /** Trains so many steps on the same rows; returns the losses. */
  private static List<Float> train(TrainingGraph graph, PackedRows rows, int steps) {
    List<Float> losses = new ArrayList<>();
    for (int step = 0; step < steps; step++) {
      try (Batcher batches = Batcher.of(rows).batchSize(rows.size()).start();
          Batch batch = batches.next()) {
        losses.add(graph.step(batch, step, 0.01f));
      }
    }
    return losses;
  }

  private static PackedRows withoutLikes() {
    Schema schema = SmallModel.schema().withTargets(MAY_MISS);
    PackedRows.Builder rows = PackedRows.builder(RowFormat.of(schema));
    for (int row = 0; row < PLAIN.size(); row++) {
      int[] ids = new int[PLAIN.layout().idWidth()];
      PLAIN.copyIds(row, 0, ids, 0, ids.length);
      float[] dense = new float[PLAIN.layout().denseWidth()];
      PLAIN.copyDense(row, 0, dense, 0, dense.length);
      rows.add(
          ids, dense, new float[] {PLAIN.label(row, 0), Float.NaN}, new float[0], new float[0]);
    }
    return rows.build();
  }

  /**
   * Where the noise is that of the losses, the log variances stand still: σ² = L for a regression,
   * 2 L for others, for any part of the rows with labels.
   */
  @Property(tries = 15)
  void uncertaintyIsAtRestWhereTheVarianceIsThatOfTheLoss(
      @ForAll @FloatRange(min = 0.01f, max = 50) float first,
      @ForAll @FloatRange(min = 0.01f, max = 50) float second,
      @ForAll @FloatRange(min = 0.1f, max = 1) float labelled) {
    try (TestGraph graph = new TestGraph()) {
      Ops tf = graph.tf();
      WeightStore store = graph.store(1);
      UncertaintyBalance balance =
          new UncertaintyBalance(
              tf,
              store,
              new LossBuilder.OfTasks(
                  ImmutableList.of(),
                  tf.constant(new float[] {first * labelled, second}),
                  tf.constant(new float[] {labelled, 1})),
              new float[] {0.5f, 1});
      graph.initialize(store);
      Weight logVariances = store.weights().get(0);
      float[] best = {(float) Math.log(first), (float) Math.log(2 * second)};
      graph
          .session()
          .runner()
          .addTarget(tf.assignVariableOp(logVariances.handle(), tf.constant(best)))
          .run()
          .close();
      Operand<TFloat32> gradient = balance.gradients().values().asList().get(0);
      // Half of float32's digits are lost where two equal numbers are subtracted.
      assertThat(graph.run(gradient).values()).containsExactly(new float[2], within(1e-6f));
      double expected =
          labelled * (0.5 + 0.5 * best[0]) + 0.5 + 0.5 * best[1]; // L / (2σ²) is 1/2 for both
      assertThat((double) graph.run(balance.loss()).values()[0]).isCloseTo(expected, within(1e-5));
    }
  }

  @Test
  void theFirstStepHasTheLossOfEqualWeights() {
    try (TrainingGraph fixed = graph("\"optimizer\": \"sgd\"");
        TrainingGraph uncertainty = graph("\"loss_weights\": \"uncertainty\"");
        TrainingGraph gradnorm = graph("\"loss_weights\": \"gradnorm\"")) {
      float loss = train(fixed, PLAIN, 1).get(0);
      // The same sum in another order.
      assertThat(train(uncertainty, PLAIN, 1).get(0)).isCloseTo(loss, within(1e-6f));
      assertThat(train(gradnorm, PLAIN, 1).get(0)).isCloseTo(loss, within(1e-6f));
      assertThat(fixed.learnedLossWeights()).isEmpty();
    }
  }

  /** A regression begins with the weight 1/2. */
  @Test
  void uncertaintyKnowsRegressions() {
    Targets targets =
        Targets.of(ImmutableMap.of("like", new Target(TaskType.REGRESSION, null, false, null)));
    try (TrainingGraph graph =
        graph(
            SmallModel.definition(SmallModel.params()).withTargets(targets),
            config("\"loss_weights\": \"uncertainty\""))) {
      assertThat(graph.learnedLossWeights())
          .containsExactly(Map.entry("click", 1f), Map.entry("like", 0.5f));
    }
  }

  @Test
  void gradNormsWeightsArePositiveAndSumUpToTheTasks() {
    try (TrainingGraph graph =
        graph(
            "\"loss_weights\": {\"method\": \"gradnorm\", \"learning_rate\": 0.9, \"alpha\": 3}")) {
      float farthest = 0;
      for (int step = 0; step < 12; step++) {
        train(graph, PLAIN, 1);
        Map<String, Float> weights = graph.learnedLossWeights();
        assertThat(weights.values()).allMatch(weight -> weight > 0);
        assertThat(weights.get("click") + weights.get("like")).isCloseTo(2f, within(1e-5f));
        farthest = Math.max(farthest, Math.abs(weights.get("click") - 1));
      }
      assertThat(farthest).as("how far a weight has moved").isGreaterThan(0.5f);
    }
  }

  /** The row counts for no gradient of the task: neither does what weights the task move. */
  @ParameterizedTest
  @ValueSource(strings = {"uncertainty", "gradnorm"})
  void aTaskWithoutLabelsKeepsItsWeight(String method) {
    ModelDefinition<?> definition =
        SmallModel.definition(SmallModel.params()).withTargets(MAY_MISS);
    try (TrainingGraph graph =
        graph(definition, config("\"loss_weights\": \"" + method + "\", \"optimizer\": \"sgd\""))) {
      assertThat(train(graph, withoutLikes(), 3)).allMatch(Float::isFinite);
      assertThat(graph.learnedLossWeights()).containsEntry("like", 1f);
    }
  }

  /** A norm of all gradients that is as good as 0 stops the model, and not its losses' weights. */
  @Test
  void logVariancesAreNotClipped() {
    String keys = "\"optimizer\": \"sgd\", \"loss_weights\": \"uncertainty\"";
    try (TrainingGraph clipped = graph(keys + ", \"global_clipnorm\": 1e-9");
        TrainingGraph free = graph(keys)) {
      train(clipped, PLAIN, 1);
      train(free, PLAIN, 1);
      assertThat(clipped.learnedLossWeights()).isEqualTo(free.learnedLossWeights());
      assertThat(free.learnedLossWeights().values()).doesNotContain(1f);
    }
  }

  @Test
  void fixedWeightsHaveNothingToLearn() {
    try (TrainingGraph graph = graph("\"loss_weights\": {\"like\": 2}");
        TrainingGraph learning = graph("\"loss_weights\": \"gradnorm\"")) {
      assertThat(StepCostTest.opsOfAStep(graph))
          .noneMatch(op -> op.name().contains("loss_weights"));
      assertThat(StepCostTest.opsOfAStep(learning))
          .anyMatch(op -> op.name().contains("loss_weights"));
      assertThat(learning.read().keySet()).isEqualTo(graph.read().keySet());
      assertThat(learning.trainableValues()).isEqualTo(graph.trainableValues());
    }
  }

  @Test
  void theLastSharedLayersAreFoundInEveryModel() {
    assertThat(last(SmallModel.definition(SmallModel.params())))
        .containsExactly(
            "dnn/epnet/gate_nu/dense_layers/1",
            "dnn/ppnet/gate_nu/0/dense_layers/1",
            "dnn/ppnet/gate_nu/1/dense_layers/1");
    assertThat(last(SceneModels.small(Models.APG))).containsExactly("apg_layer_1");
    assertThat(last(SceneModels.small(Models.MMOE)))
        .containsExactly("expert_0/dense_layers/1", "expert_1/dense_layers/1");
    assertThat(last(SceneModels.small(Models.SHARED_BOTTOM)))
        .containsExactly("shared_bottom/dense_layers/1");
    assertThat(last(SceneModels.small(Models.M2M)))
        .contains("dnn/expert_0_mlp/dense_layers/0", "dnn/tower_shared_meta_unit/weights_dense/1")
        .noneMatch(layer -> layer.startsWith("embedding/"));
  }

  private static List<String> last(ModelDefinition<?> definition) {
    return ModelGraph.sharedLayers(definition).last().asList();
  }

  @Test
  void aLayerThatTheTasksDoNotShareIsRefused() {
    assertThatThrownBy(
            () ->
                graph(
                    "\"loss_weights\": {\"method\": \"gradnorm\", \"layer\": \"dnn/epnet/gate\"}"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(
            "training.loss_weights.layer is 'dnn/epnet/gate', which is not a layer that all tasks"
                + " share; ");
    try (TrainingGraph graph =
        graph("\"loss_weights\": {\"method\": \"gradnorm\", \"layer\": \"dnn/epnet\"}")) {
      assertThat(train(graph, PLAIN, 2)).allMatch(Float::isFinite);
    }
  }

  @Test
  void oneTaskHasNothingToBalance() {
    assertThatThrownBy(
            () ->
                graph(
                    SceneModels.small(Models.MMOE, "task_names: [click]"),
                    config("\"loss_weights\": \"gradnorm\"")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "training.loss_weights is gradnorm, but the model has one task, 'click': there is"
                + " nothing to balance; expected fixed weights");
  }

  @Test
  void aClusterDoesNotLearnThem() {
    assertThatThrownBy(() -> LossWeights.uncertainty().requireFixed())
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "training.loss_weights is uncertainty, which a cluster does not learn; expected fixed"
                + " weights or a training on one machine");
  }
}
