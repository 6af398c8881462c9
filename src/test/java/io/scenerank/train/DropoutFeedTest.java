package io.scenerank.train;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import com.google.common.primitives.Floats;
import io.scenerank.data.Batch;
import io.scenerank.data.Batcher;
import io.scenerank.data.PackedRows;
import io.scenerank.model.ModelDefinition;
import io.scenerank.model.Models;
import io.scenerank.testing.SceneModels;
import io.scenerank.testing.SmallModel;
import io.scenerank.train.LearningRateSchedule.Schedule;
import io.scenerank.train.Loss.LossForm;
import io.scenerank.train.optimizer.OptimizerFactory.OptimizerType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A training whose dropout is fed against one whose graph draws it: the same bits. */
@Tag("slow")
class DropoutFeedTest {
  private static final TrainingConfig CONFIG =
      new TrainingConfig(
          1,
          16,
          OptimizerType.LAZY_ADAM,
          0.02f,
          Schedule.CONSTANT,
          LossForm.LOGITS,
          ImmutableMap.of(),
          0,
          0);

  /** The result of a training, and how many ops of a step draw random numbers. */
  private record Trained(List<Float> losses, Map<String, List<Float>> weights, long drawing) {}

  private static Trained train(
      ModelDefinition<?> definition, PackedRows rows, boolean feeds, int... steps) {
    TrainingGraph.Options options = TrainingGraph.Options.of(CONFIG, 5, Device.parse("cpu"), 1);
    List<Float> losses = new ArrayList<>();
    try (TrainingGraph graph =
            new TrainingGraph(
                definition,
                options,
                feeds,
                TrainingRuntime.local(options.device(), options.threads()));
        Batcher batches =
            Batcher.of(rows)
                .reading(definition.layout(), definition.params().taskNames())
                .batchSize(16)
                .start()) {
      for (int step : steps) {
        try (Batch batch = batches.next()) {
          losses.add(graph.step(batch, step, 0.02f));
        }
      }
      return new Trained(
          losses,
          new HashMap<>(Maps.transformValues(graph.read(), value -> Floats.asList(value.values()))),
          StepCostTest.opsOfAStep(graph).stream()
              .filter(op -> op.type().startsWith("StatelessRandom"))
              .count());
    }
  }

  static Stream<Arguments> models() {
    return Stream.of(
        Arguments.of(SmallModel.definition(SmallModel.withDropout(0.3f)), SmallModel.rows(72, 1)),
        scenes(SceneModels.small(Models.APG, "{dropout: 0.3}")),
        scenes(SceneModels.small(Models.M2M, "{dropout: 0.3}")),
        scenes(SceneModels.small(Models.MMOE, "{dropout_rate: 0.3}")),
        scenes(SceneModels.small(Models.SHARED_BOTTOM, "{dropout_rate: 0.3}")));
  }

  private static Arguments scenes(ModelDefinition<?> definition) {
    return Arguments.of(definition, SceneModels.rows(72, 1));
  }

  /** The fifth batch is smaller than the others. */
  @ParameterizedTest
  @MethodSource("models")
  void fiveStepsGiveTheSameLossesAndWeights(ModelDefinition<?> definition, PackedRows rows) {
    Trained fed = train(definition, rows, true, 0, 1, 2, 3, 4);
    Trained byOps = train(definition, rows, false, 0, 1, 2, 3, 4);
    assertThat(byOps.drawing()).as("ops that draw, unfed").isPositive();
    assertThat(fed.drawing()).as("ops that draw, fed").isZero();
    assertThat(fed.losses()).isEqualTo(byOps.losses());
    assertThat(fed.weights()).isEqualTo(byOps.weights());
  }

  /** What was drawn ahead is for the step after, and is not used. */
  @Test
  void stepsInAnyOrderDropTheSame() {
    ModelDefinition<?> definition = SmallModel.definition(SmallModel.withDropout(0.3f));
    PackedRows rows = SmallModel.rows(72, 1);
    int[] steps = {7, 3, 3, 4, 0};
    assertThat(train(definition, rows, true, steps))
        .usingRecursiveComparison()
        .ignoringFields("drawing")
        .isEqualTo(train(definition, rows, false, steps));
  }

  @Test
  void aModelWithoutDropoutIsFedNothing() {
    ModelDefinition<?> definition = SmallModel.definition(SmallModel.params());
    PackedRows rows = SmallModel.rows(72, 1);
    assertThat(train(definition, rows, true, 0, 1)).isEqualTo(train(definition, rows, false, 0, 1));
  }
}
