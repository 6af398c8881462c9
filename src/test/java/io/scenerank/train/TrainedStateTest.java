package io.scenerank.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.Batch;
import io.scenerank.data.Batcher;
import io.scenerank.data.PackedRows;
import io.scenerank.model.ModelDefinition;
import io.scenerank.model.Models;
import io.scenerank.testing.SceneModels;
import io.scenerank.testing.SmallModel;
import io.scenerank.train.LearningRateSchedule.Schedule;
import io.scenerank.train.Loss.LossForm;
import io.scenerank.train.TrainingState.TrainedState;
import io.scenerank.train.optimizer.AdamState;
import io.scenerank.train.optimizer.OptimizerFactory.OptimizerType;
import io.scenerank.variable.FloatTensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.ndarray.Shape;

/** Weights and moments out of one graph and into another. */
@Tag("slow")
class TrainedStateTest {
  private static final String USER = "embedding/user/embeddings";
  private static final String KERNEL = "dnn/epnet/gate_nu/dense_layers/0/kernel";

  /** Every model with dropout on, and once with the moving statistics of a normalisation. */
  private enum Model {
    PEPNET(SmallModel.definition(SmallModel.withDropout(0.3f))),
    APG(SceneModels.small(Models.APG, "{dropout: 0.3}")),
    M2M(SceneModels.small(Models.M2M, "{dropout: 0.3}")),
    MMOE(SceneModels.small(Models.MMOE, "{dropout_rate: 0.3}")),
    SHARED_BOTTOM(SceneModels.small(Models.SHARED_BOTTOM, "{dropout_rate: 0.3}"));

    final ModelDefinition<?> definition;

    Model(ModelDefinition<?> definition) {
      this.definition = definition;
    }

    PackedRows rows() {
      return this == PEPNET ? SmallModel.rows(40, 5) : SceneModels.rows(40, 5);
    }
  }

  private static TrainingGraph graph(Model model, OptimizerType optimizer) {
    TrainingConfig config =
        new TrainingConfig(
            1, 8, optimizer, 0.02f, Schedule.CONSTANT, LossForm.LOGITS, ImmutableMap.of(), 0, 0);
    return new TrainingGraph(
        model.definition, TrainingGraph.Options.of(config, 3, Device.parse("cpu"), 1));
  }

  /** Runs four epochs of five steps; returns their losses. */
  private static List<Float> twentySteps(TrainingGraph graph, Model model, int first) {
    PackedRows rows = model.rows();
    List<Float> losses = new ArrayList<>();
    for (int epoch = 0; epoch < 4; epoch++) {
      try (Batcher batches =
          Batcher.of(rows)
              .reading(model.definition.layout(), model.definition.params().taskNames())
              .shuffled(11, epoch)
              .batchSize(8)
              .start()) {
        while (batches.hasNext()) {
          try (Batch batch = batches.next()) {
            losses.add(graph.step(batch, first + losses.size(), 0.02f));
          }
        }
      }
    }
    assertThat(losses).hasSize(20);
    return losses;
  }

  private static void requireSame(TrainedState actual, TrainedState expected) {
    assertThat(TrainerFixture.lists(actual.weights()))
        .isEqualTo(TrainerFixture.lists(expected.weights()));
    assertThat(actual.adam().map(AdamState::step)).isEqualTo(expected.adam().map(AdamState::step));
    if (expected.adam().isPresent()) {
      AdamState left = actual.adam().orElseThrow();
      AdamState right = expected.adam().orElseThrow();
      assertThat(TrainerFixture.lists(left.m())).isEqualTo(TrainerFixture.lists(right.m()));
      assertThat(TrainerFixture.lists(left.v())).isEqualTo(TrainerFixture.lists(right.v()));
    }
  }

  static Stream<Arguments> continued() {
    Stream<Arguments> lazy =
        Stream.of(Model.values()).map(model -> Arguments.of(model, OptimizerType.LAZY_ADAM));
    // The exact form differs in what it does to tables alone, which all models have.
    return Stream.concat(lazy, Stream.of(Arguments.of(Model.SHARED_BOTTOM, OptimizerType.ADAM)));
  }

  @ParameterizedTest
  @MethodSource("continued")
  void anotherGraphGoesOnBitForBit(Model model, OptimizerType optimizer) {
    try (TrainingGraph first = graph(model, optimizer);
        TrainingGraph second = graph(model, optimizer)) {
      List<Float> begin = twentySteps(first, model, 0);
      TrainedState state = first.state(20);
      second.assign(state);
      requireSame(second.state(20), state);
      List<Float> expected = twentySteps(first, model, 20);
      List<Float> losses = twentySteps(second, model, 20);
      assertThat(losses).isEqualTo(expected).isNotEqualTo(begin);
      requireSame(second.state(40), first.state(40));
      second.assign(state);
      assertThat(twentySteps(second, model, 0))
          .as("the number of the step decides dropout and the correction")
          .isNotEqualTo(expected);
    }
  }

  @Test
  void momentsAreThoseOfTrainableVariablesByTheirPaths() {
    try (TrainingGraph graph = graph(Model.SHARED_BOTTOM, OptimizerType.ADAM)) {
      TrainedState state = graph.state(7);
      AdamState adam = state.adam().orElseThrow();
      assertThat(adam.step()).isEqualTo(7);
      assertThat(adam.m().keySet()).isEqualTo(adam.v().keySet());
      assertThat(adam.m()).containsKeys(USER, "embedding/item/embeddings");
      adam.m().forEach((path, m) -> assertThat(m.values()).as(path).containsOnly(0f));
      assertThat(adam.m())
          .allSatisfy(
              (path, m) -> assertThat(m.shape()).isEqualTo(state.weights().get(path).shape()));
      assertThat(state.weights().keySet())
          .containsAll(adam.m().keySet())
          .as("moving statistics have no moments")
          .anyMatch(path -> path.endsWith("moving_mean"));
      assertThat(adam.m().keySet()).noneMatch(path -> path.contains("moving_"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void withoutMomentsTheOptimizerBeginsAnew(OptimizerType optimizer) {
    Model model = Model.PEPNET;
    try (TrainingGraph trained = graph(model, optimizer);
        TrainingGraph fresh = graph(model, optimizer)) {
      twentySteps(trained, model, 0);
      TrainedState weights = new TrainedState(trained.state(20).weights(), Optional.empty());
      trained.assign(weights);
      fresh.assign(weights);
      assertThat(twentySteps(trained, model, 0)).isEqualTo(twentySteps(fresh, model, 0));
      requireSame(trained.state(20), fresh.state(20));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"SGD", "ADAGRAD"})
  void anotherOptimizerLeavesTheMoments(OptimizerType optimizer) {
    try (TrainingGraph adam = graph(Model.PEPNET, OptimizerType.ADAM);
        TrainingGraph other = graph(Model.PEPNET, optimizer)) {
      twentySteps(adam, Model.PEPNET, 0);
      TrainedState state = adam.state(20);
      other.assign(state);
      requireSame(other.state(20), new TrainedState(state.weights(), Optional.empty()));
    }
  }

  static Stream<Arguments> wrong() {
    FloatTensor value = new FloatTensor(Shape.of(7, 3), new float[21]);
    return Stream.of(
        Arguments.of(
            USER, Optional.empty(), "'" + USER + "': found nothing, expected the shape [7, 4]"),
        Arguments.of(
            KERNEL, Optional.empty(), "'" + KERNEL + "': found nothing, expected the shape ["),
        Arguments.of(
            USER,
            Optional.of(value),
            "'" + USER + "': found the shape [7, 3], expected the shape [7, 4]"),
        Arguments.of(
            "embedding/usr/embeddings",
            Optional.of(value),
            "'embedding/usr/embeddings' is not one that the model trains; did you mean '"
                + USER
                + "'?"));
  }

  @ParameterizedTest
  @MethodSource("wrong")
  void whatDoesNotFitIsNamedAndNothingIsWritten(
      String path, Optional<FloatTensor> value, String message) {
    try (TrainingGraph trained = graph(Model.PEPNET, OptimizerType.ADAM);
        TrainingGraph other = graph(Model.PEPNET, OptimizerType.ADAM)) {
      twentySteps(trained, Model.PEPNET, 0);
      TrainedState good = trained.state(20);
      AdamState adam = good.adam().orElseThrow();
      TrainedState before = other.state(0);
      Map<TrainedState, String> wrong =
          Map.of(
              new TrainedState(with(good.weights(), path, value), good.adam()),
              "variable ",
              new TrainedState(
                  good.weights(),
                  Optional.of(new AdamState(20, with(adam.m(), path, value), adam.v()))),
              "moment m of the variable ",
              new TrainedState(
                  good.weights(),
                  Optional.of(new AdamState(20, adam.m(), with(adam.v(), path, value)))),
              "moment v of the variable ");
      wrong.forEach(
          (state, what) ->
              assertThatThrownBy(() -> other.assign(state))
                  .isInstanceOf(InvalidInputException.class)
                  .hasMessageStartingWith(what + message));
      requireSame(other.state(0), before);
    }
  }

  private static ImmutableMap<String, FloatTensor> with(
      Map<String, FloatTensor> values, String path, Optional<FloatTensor> value) {
    Map<String, FloatTensor> changed =
        new HashMap<>(Maps.filterKeys(values, key -> !key.equals(path)));
    value.ifPresent(tensor -> changed.put(path, tensor));
    return ImmutableMap.copyOf(changed);
  }

  @Test
  void aStepThatNoGraphCountsIsRefused() {
    for (long step : new long[] {-1, 1L << 31}) {
      assertThatThrownBy(() -> new AdamState(step, ImmutableMap.of(), ImmutableMap.of()))
          .isInstanceOf(InvalidInputException.class)
          .hasMessage("step is " + step + ", expected a number in [0, 2^31 - 1]");
    }
  }
}
