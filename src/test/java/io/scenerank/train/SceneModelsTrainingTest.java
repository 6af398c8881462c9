package io.scenerank.train;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import com.google.common.primitives.Floats;
import io.scenerank.data.PackedRows;
import io.scenerank.model.ModelDefinition;
import io.scenerank.model.ModelType;
import io.scenerank.model.Models;
import io.scenerank.testing.SceneModels;
import io.scenerank.train.LearningRateSchedule.Schedule;
import io.scenerank.train.Loss.LossForm;
import io.scenerank.train.optimizer.OptimizerFactory.OptimizerType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Training of APG, M2M, MMoE and shared bottom. */
@Tag("slow")
class SceneModelsTrainingTest {
  private static final PackedRows ROWS = SceneModels.rows(72, 1);

  private static final TrainingConfig SHORT = config(OptimizerType.LAZY_ADAM, 1);
  private static final TrainingConfig LONG = config(OptimizerType.LAZY_ADAM, 2);

  @TempDir Path folder;

  private static TrainingConfig config(OptimizerType optimizer, int epochs) {
    return new TrainingConfig(
        epochs, 16, optimizer, 0.02f, Schedule.CONSTANT, LossForm.LOGITS, ImmutableMap.of(), 0, 0);
  }

  private static Trainer trainer(
      ModelDefinition<?> definition, TrainingConfig config, List<Double> losses) {
    return new Trainer(
        definition,
        TrainingGraph.Options.of(config, 5, Device.parse("cpu"), 1),
        SceneModels.schema().scenario(),
        new TrainingListener() {
          @Override
          public void onStep(StepResult step) {}

          @Override
          public void onEpoch(EpochResult epoch) {
            losses.add(epoch.loss());
          }
        });
  }

  private Checkpoints checkpoints(String name) {
    return new Checkpoints(folder.resolve(name));
  }

  private static Map<String, List<Float>> weights(Trainer trainer) {
    return new HashMap<>(
        Maps.transformValues(trainer.graph().read(), value -> Floats.asList(value.values())));
  }

  static Stream<Arguments> modelsAndOptimizers() {
    return SceneModels.types().stream()
        .flatMap(
            type ->
                Stream.of(OptimizerType.LAZY_ADAM, OptimizerType.ADAM)
                    .map(optimizer -> Arguments.of(type, optimizer)));
  }

  @ParameterizedTest
  @MethodSource("modelsAndOptimizers")
  void trainingLowersTheLoss(ModelType<?> type, OptimizerType optimizer) throws IOException {
    List<Double> losses = new ArrayList<>();
    try (Trainer trainer = trainer(SceneModels.small(type), config(optimizer, 6), losses)) {
      boolean exact = optimizer == OptimizerType.ADAM;
      Map<String, List<Float>> before = exact ? weights(trainer) : Map.of();
      trainer.fit(ROWS, checkpoints("run"));
      Map<String, List<Float>> after = exact ? weights(trainer) : Map.of();
      before.forEach(
          (path, values) -> assertThat(after.get(path)).as("%s moves", path).isNotEqualTo(values));
    }
    assertThat(losses).hasSize(6);
    assertThat(losses.get(5)).as("%s", losses).isLessThan(0.97 * losses.get(0));
  }

  /**
   * Dropout's draws count on over the steps, of shared units too, and batch norm's moments move.
   */
  static Stream<ModelDefinition<?>> withAState() {
    return Stream.of(
        SceneModels.small(Models.M2M, "{dropout: 0.3}"),
        SceneModels.small(Models.SHARED_BOTTOM, "{dropout_rate: 0.3}"));
  }

  @ParameterizedTest
  @MethodSource("withAState")
  void resumedTrainingIsTheUninterruptedOneBitForBit(ModelDefinition<?> definition)
      throws IOException {
    try (Trainer trainer = trainer(definition, LONG, new ArrayList<>())) {
      trainer.fit(ROWS, checkpoints("whole"));
    }
    try (Trainer trainer = trainer(definition, SHORT, new ArrayList<>())) {
      trainer.fit(ROWS, checkpoints("parts"));
    }
    try (Trainer trainer = trainer(definition, LONG, new ArrayList<>())) {
      trainer.resume(ROWS, checkpoints("parts"));
    }
    String variables = "epoch-00002/variables.data-00000-of-00001";
    assertThat(folder.resolve("parts").resolve(variables))
        .as("weights, moving statistics and slots")
        .isNotEmptyFile()
        .hasSameBinaryContentAs(folder.resolve("whole").resolve(variables));
  }

  @Test
  void aCheckpointBringsMovingStatisticsBack() throws IOException {
    ModelDefinition<?> definition = SceneModels.small(Models.SHARED_BOTTOM);
    String mean = "shared_bottom/bn_layers/0/moving_mean";
    String variance = "task_tower_like/bn_layers/0/moving_variance";
    Map<String, List<Float>> trained;
    float[][] scores;
    try (Trainer trainer = trainer(definition, SHORT, new ArrayList<>())) {
      assertThat(weights(trainer).get(mean)).containsOnly(0f);
      assertThat(weights(trainer).get(variance)).containsOnly(1f);
      trainer.fit(ROWS, checkpoints("run"));
      trained = weights(trainer);
      scores = trainer.predict(ROWS);
      // Five steps of a hundredth each.
      assertThat(trained.get(mean)).doesNotContain(0f);
      assertThat(trained.get(variance)).allMatch(value -> value < 1 && value > 0.95f);
    }
    try (Trainer trainer = trainer(definition, SHORT, new ArrayList<>())) {
      checkpoints("run").restore(trainer.graph(), 1);
      assertThat(weights(trainer)).isEqualTo(trained);
      assertThat(trainer.predict(ROWS)).isDeepEqualTo(scores);
    }
  }
}
