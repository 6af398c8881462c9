package io.scenerank.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Iterables;
import io.scenerank.data.Batch;
import io.scenerank.data.Batcher.RangeReader;
import io.scenerank.data.PackedRows;
import io.scenerank.model.ModelDefinition;
import io.scenerank.model.ModelParams;
import io.scenerank.model.Models;
import io.scenerank.testing.Homes;
import io.scenerank.testing.SceneModels;
import io.scenerank.testing.SmallModel;
import io.scenerank.train.LearningRateSchedule.Schedule;
import io.scenerank.train.Loss.LossForm;
import io.scenerank.train.optimizer.OptimizerFactory.OptimizerType;
import io.scenerank.variable.FloatTensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Steps of several workers that share batches, against steps of one process with whole batches. */
@Tag("slow")
class ReplicatedStepTest {
  private static final long SEED = 5;
  private static final float RATE = 0.001f;

  /** Rows of each batch; of the last but one some workers have none. */
  private static final List<Integer> BATCHES = List.of(16, 13, 16, 2, 1);

  /** Sums of a few dozen floats in another order: some ulps of 6e-8. */
  private static final double LOSS = 1e-6;

  /**
   * Adam divides by the root of the gradients' squares, and by 1e-7 where these are smaller: of the
   * rounding of a gradient near 0, 1e-9 here, it makes as much as a hundredth of a step of 0.001.
   */
  private static final double WEIGHTS = 1e-5;

  private static TrainingConfig config(OptimizerType optimizer, float clipnorm, float clipvalue) {
    TrainingConfig plain =
        new TrainingConfig(
            1,
            16,
            optimizer,
            RATE,
            Schedule.CONSTANT,
            LossForm.LOGITS,
            ImmutableMap.of("like", 0.5f),
            0,
            0);
    return new TrainingConfig(
        plain.epochs(),
        plain.batchSize(),
        optimizer,
        RATE,
        plain.schedule(),
        0,
        plain.plateau(),
        clipnorm,
        clipvalue,
        plain.loss(),
        plain.lossWeights(),
        0,
        0,
        plain.monitor(),
        plain.checkpoints(),
        plain.log(),
        0);
  }

  private static PackedRows rows(ModelDefinition<?> definition, int count, long seed) {
    return definition.type() == Models.PEPNET
        ? SmallModel.rows(count, seed)
        : SceneModels.rows(count, seed);
  }

  /** Batches of different rows. */
  private static List<PackedRows> batches(ModelDefinition<?> definition) {
    List<PackedRows> batches = new ArrayList<>();
    BATCHES.forEach(size -> batches.add(rows(definition, size, batches.size())));
    return batches;
  }

  /** The results of steps. */
  private record Trained(List<Float> losses, List<Float> norms, Map<String, FloatTensor> weights) {}

  /** By one process. */
  private static Trained alone(
      ModelDefinition<?> definition, TrainingConfig config, List<PackedRows> batches) {
    List<Float> losses = new ArrayList<>();
    List<Float> norms = new ArrayList<>();
    TrainingGraph.Options options = TrainingGraph.Options.of(config, SEED, Device.parse("cpu"), 1);
    try (TrainingGraph graph = new TrainingGraph(definition, options)) {
      for (PackedRows rows : batches) {
        try (RangeReader reader = Replicas.reader(definition, rows);
            Batch batch = reader.read(0, rows.size())) {
          TrainingGraph.StepMetrics metrics = graph.step(batch, losses.size(), RATE, true);
          losses.add(metrics.loss());
          norms.add((float) metrics.gradientNorm().getAsDouble());
        }
      }
      return new Trained(losses, norms, graph.read());
    }
  }

  /** By so many workers, with the variables on two other devices. */
  private static Trained together(
      ModelDefinition<?> definition, TrainingConfig config, List<PackedRows> batches, int workers) {
    List<Float> losses = new ArrayList<>();
    List<Float> norms = new ArrayList<>();
    try (Replicas replicas = new Replicas(definition, config, SEED, Homes.spread(2), workers)) {
      for (PackedRows rows : batches) {
        Replicas.StepMetrics metrics = replicas.step(definition, rows, losses.size(), RATE);
        losses.add(metrics.loss());
        norms.add(metrics.gradientNorm());
      }
      return new Trained(losses, norms, replicas.read());
    }
  }

  private static void assertClose(Trained actual, Trained expected, String what) {
    assertRelative(actual.losses(), expected.losses(), LOSS, what + ": losses");
    assertRelative(actual.norms(), expected.norms(), 10 * LOSS, what + ": norms");
    assertThat(actual.weights().keySet()).isEqualTo(expected.weights().keySet());
    expected
        .weights()
        .forEach((path, value) -> assertClose(actual.weights().get(path), value, what + path));
  }

  private static void assertRelative(
      List<Float> actual, List<Float> expected, double tolerance, String what) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < actual.size(); i++) {
      double limit = tolerance * Math.abs(expected.get(i));
      assertThat((double) actual.get(i))
          .as("%s, step %s", what, i)
          .isCloseTo(expected.get(i), offset(limit));
    }
  }

  private static void assertClose(FloatTensor actual, FloatTensor expected, String what) {
    assertThat(actual.shape()).as(what).isEqualTo(expected.shape());
    for (int i = 0; i < expected.values().length; i++) {
      assertThat((double) actual.values()[i])
          .as("%s, value %s", what, i)
          .isCloseTo(expected.values()[i], offset(WEIGHTS));
    }
  }

  /** So many workers against one process. */
  private static void requireEqual(
      ModelDefinition<?> definition, TrainingConfig config, int... counts) {
    List<PackedRows> batches = batches(definition);
    Trained expected = alone(definition, config, batches);
    for (int workers : counts) {
      assertClose(together(definition, config, batches, workers), expected, workers + " workers: ");
    }
  }

  /** Every model with dropout and, where it has them, regularisers. */
  static Stream<ModelDefinition<?>> models() {
    return Stream.of(
        SmallModel.definition(SmallModel.withDropout(0.3f)),
        SceneModels.small(Models.APG, "{dropout: 0.3, l2_on_apg: true, l2_reg: 0.01}"),
        SceneModels.small(Models.M2M, "{dropout: 0.3}"),
        SceneModels.small(Models.MMOE, "{dropout_rate: 0.3}"),
        SceneModels.small(Models.SHARED_BOTTOM, "{dropout_rate: 0.3, use_bn: false}"));
  }

  @ParameterizedTest
  @MethodSource("models")
  void sharesOfABatchTrainAsTheBatch(ModelDefinition<?> definition) {
    requireEqual(definition, config(OptimizerType.LAZY_ADAM, 0, 0), 1, 2, 3);
  }

  /** The same with regularised tables. */
  private static ModelDefinition<?> regularised() {
    return regularised(SceneModels.small(Models.MMOE));
  }

  private static <P extends ModelParams> ModelDefinition<P> regularised(ModelDefinition<P> model) {
    return new ModelDefinition<>(
        model.type(),
        model.params(),
        SceneModels.COLUMNS.stream()
            .map(
                column ->
                    column.name().equals("user")
                        ? SceneModels.column(
                            "{name: user, vocab_size: 7, emb_dim: 4, l2_reg: 0.01,"
                                + " group: [dnn, mmoe, user, linear]}")
                        : column)
            .collect(ImmutableList.toImmutableList()));
  }

  @ParameterizedTest
  @EnumSource
  void byAnyOptimizer(OptimizerType optimizer) {
    requireEqual(SmallModel.definition(SmallModel.params()), config(optimizer, 0, 0), 3);
  }

  @ParameterizedTest
  @CsvSource({"LAZY_ADAM,0.1,0", "SGD,0.1,0", "ADAM,0,0.001", "ADAGRAD,0,0.001"})
  void withClippedGradients(OptimizerType optimizer, float clipnorm, float clipvalue) {
    ModelDefinition<?> definition = SmallModel.definition(SmallModel.params());
    TrainingConfig config = config(optimizer, clipnorm, clipvalue);
    assertThat(alone(definition, config, batches(definition)).weights())
        .as("the limit is one")
        .usingRecursiveComparison()
        .isNotEqualTo(alone(definition, config(optimizer, 0, 0), batches(definition)).weights());
    requireEqual(definition, config, 2);
  }

  /** Models that look at a whole batch while they train. */
  static Stream<ModelDefinition<?>> modelsOfBatches() {
    return Stream.of(
        SceneModels.small(Models.SHARED_BOTTOM, "{use_bn: true}"),
        SceneModels.small(Models.SHARED_BOTTOM, "{use_bn: false, activation: dice}"));
  }

  @ParameterizedTest
  @MethodSource("modelsOfBatches")
  void oneWorkerHasTheStatisticsOfTheBatch(ModelDefinition<?> definition) {
    TrainingConfig config = config(OptimizerType.LAZY_ADAM, 0, 0);
    List<PackedRows> batches = batches(definition);
    assertClose(
        together(definition, config, batches, 1), alone(definition, config, batches), "alone: ");
  }

  private static PackedRows twice(PackedRows rows) {
    PackedRows.Builder all = PackedRows.builder(rows.format());
    for (int i = 0; i < 2 * rows.size(); i++) {
      int row = i % rows.size();
      int[] ids = new int[rows.layout().idWidth()];
      float[] dense = new float[rows.layout().denseWidth()];
      rows.copyIds(row, 0, ids, 0, ids.length);
      rows.copyDense(row, 0, dense, 0, dense.length);
      all.add(ids, dense, new float[] {rows.label(row, 0), rows.label(row, 1)});
    }
    return all.build();
  }

  @ParameterizedTest
  @MethodSource("modelsOfBatches")
  void sharesOfTheSameStatisticsTrainAsTheBatch(ModelDefinition<?> definition) {
    // The bias before a normalisation has no gradient except for rounding, which Adam would follow.
    TrainingConfig config = config(OptimizerType.SGD, 0, 0);
    List<PackedRows> batches = batches(definition).stream().map(rows -> twice(rows)).toList();
    assertClose(
        together(definition, config, batches, 2), alone(definition, config, batches), "twice: ");
  }

  /** Otherwise each worker has its own, and the moving ones follow the first worker's. */
  @Test
  void eachWorkerHasTheStatisticsOfItsShare() {
    ModelDefinition<?> definition = SceneModels.small(Models.SHARED_BOTTOM, "{use_bn: true}");
    TrainingConfig config = config(OptimizerType.SGD, 0, 0);
    PackedRows batch = rows(definition, 16, 1);
    List<Trained> shares = new ArrayList<>();
    for (int begin : new int[] {0, 8}) {
      shares.add(alone(definition, config, List.of(rows(batch, begin, 8))));
    }
    Trained both = together(definition, config, List.of(batch), 2);
    Trained joined = alone(definition, config, List.of(batch));
    float mean =
        (Iterables.getOnlyElement(shares.get(0).losses())
                + Iterables.getOnlyElement(shares.get(1).losses()))
            / 2;
    assertRelative(both.losses(), List.of(mean), LOSS, "mean of the shares");
    assertThat(Math.abs(both.losses().get(0) / joined.losses().get(0) - 1))
        .as("another loss than the batch's")
        .isGreaterThan(1e-3f);
    Map<String, FloatTensor> moving = new LinkedHashMap<>();
    shares
        .get(0)
        .weights()
        .forEach(
            (path, value) -> {
              if (path.contains("moving_")) {
                moving.put(path, value);
              }
            });
    assertThat(moving).isNotEmpty();
    moving.forEach((path, value) -> assertClose(both.weights().get(path), value, path));
  }

  private static PackedRows rows(PackedRows of, int begin, int count) {
    PackedRows.Builder some = PackedRows.builder(of.format());
    for (int row = begin; row < begin + count; row++) {
      int[] ids = new int[of.layout().idWidth()];
      float[] dense = new float[of.layout().denseWidth()];
      of.copyIds(row, 0, ids, 0, ids.length);
      of.copyDense(row, 0, dense, 0, dense.length);
      some.add(ids, dense, new float[] {of.label(row, 0), of.label(row, 1)});
    }
    return some.build();
  }

  @ParameterizedTest
  @EnumSource(names = {"LAZY_ADAM", "ADAM"})
  void withRegularisedTables(OptimizerType optimizer) {
    requireEqual(regularised(), config(optimizer, 0, 0), 3);
  }
}
