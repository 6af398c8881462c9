package io.scenerank.cluster.chief;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import io.scenerank.data.Batch;
import io.scenerank.data.Batcher;
import io.scenerank.data.PackedRows;
import io.scenerank.data.RowSource.RowFormat;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.PackedLayout;
import io.scenerank.model.ModelDefinition;
import io.scenerank.model.Models;
import io.scenerank.model.PepNetParams;
import io.scenerank.testing.SceneModels;
import io.scenerank.testing.SmallModel;
import io.scenerank.train.Device;
import io.scenerank.train.TrainingConfig;
import io.scenerank.train.TrainingGraph;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Bytes of a step, against what is counted by hand. */
class StepPlanTest {
  private static final long SEED = 3;

  private static StepPlan.Bytes bytes(ModelDefinition<?> definition, PackedRows rows) {
    try (StepPlan plan = new StepPlan(definition);
        Batcher batches =
            Batcher.of(rows)
                .reading(definition.layout(), List.of())
                .batchSize(rows.size())
                .start();
        Batch batch = batches.next()) {
      return plan.bytes(batch);
    }
  }

  /** Rows of {@link SmallModel#COLUMNS}: user, scene, three of the history, item. */
  private static PackedRows rows(ImmutableList<FeatureColumn> columns, int[]... ids) {
    PackedLayout layout = PackedLayout.of(columns);
    PackedRows.Builder rows =
        PackedRows.builder(
            new RowFormat(layout, ImmutableList.of(), Optional.empty(), Optional.empty()));
    for (int[] row : ids) {
      rows.add(row, new float[layout.denseWidth()], new float[0]);
    }
    return rows.build();
  }

  /** Values outside of the tables, by their names. */
  private static long denseValues(ModelDefinition<?> definition) {
    TrainingGraph.Options options =
        TrainingGraph.Options.of(TrainingConfig.defaults(), SEED, Device.parse("cpu"), 1);
    try (TrainingGraph graph = new TrainingGraph(definition, options)) {
      return graph.read().entrySet().stream()
          .filter(value -> !value.getKey().matches("(embedding|linear)/.*"))
          .mapToLong(value -> value.getValue().values().length)
          .sum();
    }
  }

  @Test
  void everyDistinctRowIsSentOnce() {
    ModelDefinition<PepNetParams> definition = SmallModel.definition(SmallModel.params());
    PackedRows rows =
        rows(SmallModel.COLUMNS, new int[] {6, 2, 5, 5, 0, 9}, new int[] {6, 1, 9, 0, 0, 9});
    // The table of width 4 has user 6 and the items 0, 5, 9; that of width 2 has the scenes 1, 2.
    long rowBytes = 4 * 4 * (1 + 4) + 4 * 2 * (1 + 2);
    long gradientBytes = 4 * 4 * 4 + 4 * 2 * 2;
    assertThat(bytes(definition, rows))
        .isEqualTo(new StepPlan.Bytes(8 * denseValues(definition), rowBytes, gradientBytes));
  }

  @Test
  void anIdOfTwoTablesIsTwoRows() {
    ModelDefinition<PepNetParams> definition = SmallModel.definition(SmallModel.params());
    PackedRows rows = rows(SmallModel.COLUMNS, new int[] {3, 0, 3, 3, 3, 3});
    assertThat(bytes(definition, rows).rows()).isEqualTo(4 * 2 * (1 + 4) + 4 * 1 * (1 + 2));
  }

  @Test
  void aTableOfWidth1StandsBesideTheOthers() {
    ModelDefinition<PepNetParams> definition = SmallModel.definition(SmallModel.withLinearLogits());
    PackedRows rows = rows(SmallModel.COLUMNS, new int[] {3, 0, 3, 3, 3, 4});
    // User 3, items 3 and 4 in both; the scene in the embedding alone.
    assertThat(bytes(definition, rows).rows())
        .isEqualTo(4 * 3 * (1 + 4) + 4 * 1 * (1 + 2) + 4 * 3 * (1 + 1));
  }

  @Test
  void aConditionIsOneMoreLookUpOfTheSameTable() {
    ModelDefinition<?> definition = SceneModels.small(Models.APG, "{linear_logits: false}");
    PackedRows rows =
        rows(SceneModels.COLUMNS, new int[] {6, 2, 5, 5, 0, 9}, new int[] {6, 1, 9, 0, 0, 9});
    StepPlan.Bytes bytes = bytes(definition, rows);
    long users = 4 * 4 * (1 + 4);
    long scenes = 4 * 2 * (1 + 2);
    assertThat(bytes.rows())
        .as("scenes in the input and as the condition")
        .isEqualTo(users + 2 * scenes);
    assertThat(bytes.gradients())
        .as("their gradients come together, under numbers of their own")
        .isEqualTo(4 * 4 * 4 + scenes);
  }

  @Test
  void aFrozenTableIsOnlyRead() {
    ImmutableList<FeatureColumn> columns =
        SmallModel.COLUMNS.stream()
            .map(
                column ->
                    column.name().equals("scene")
                        ? SceneModels.column(
                            "{name: scene, vocab_size: 3, emb_dim: 2, group: [epnet],"
                                + " trainable: false}")
                        : column)
            .collect(ImmutableList.toImmutableList());
    PackedRows rows = rows(columns, new int[] {6, 2, 5, 5, 0, 9});
    StepPlan.Bytes bytes =
        bytes(new ModelDefinition<>(Models.PEPNET, SmallModel.params(), columns), rows);
    assertThat(bytes.rows() - bytes.gradients()).isEqualTo(4 * 1 * (1 + 2) + 4 * 4);
  }

  @Test
  void movingStatisticsAreReadAndWrittenToo() {
    PackedRows rows = SceneModels.rows(5, SEED);
    long with = bytes(SceneModels.small(Models.SHARED_BOTTOM, "{use_bn: true}"), rows).dense();
    long without = bytes(SceneModels.small(Models.SHARED_BOTTOM, "{use_bn: false}"), rows).dense();
    // Gamma, beta, mean and variance of every layer but a tower's or the bottom's last.
    assertThat(with - without).isEqualTo(8 * 4 * (6 + 3 + 3));
  }

  @Test
  void aStepDoesNotGrowWithTheTables() {
    ImmutableList<FeatureColumn> large =
        SmallModel.COLUMNS.stream()
            .map(
                column ->
                    column.name().equals("user")
                        ? FeatureColumn.sparse("user", 200_000_000, 4, "dnn", "pepnet", "linear")
                        : column)
            .collect(ImmutableList.toImmutableList());
    ModelDefinition<PepNetParams> small = SmallModel.definition(SmallModel.params());
    // 3 GB of a table that nobody allocates.
    ModelDefinition<PepNetParams> grown =
        new ModelDefinition<>(Models.PEPNET, SmallModel.params(), large);
    PackedRows rows = SmallModel.rows(50, SEED);
    assertThat(bytes(grown, rows)).isEqualTo(bytes(small, rows));
  }

  static List<ModelDefinition<?>> models() {
    ImmutableList.Builder<ModelDefinition<?>> models = ImmutableList.builder();
    models.add(SmallModel.definition(SmallModel.params()));
    SceneModels.types().forEach(type -> models.add(SceneModels.small(type)));
    return models.build();
  }

  @ParameterizedTest
  @MethodSource("models")
  void everyDenseValueIsReadAndItsGradientSent(ModelDefinition<?> definition) {
    PackedRows rows =
        definition.type() == Models.PEPNET ? SmallModel.rows(8, SEED) : SceneModels.rows(8, SEED);
    assertThat(bytes(definition, rows).dense()).isEqualTo(8 * denseValues(definition));
  }

  @Property(tries = 20)
  void rowsThatRepeatSendNothingMore(@ForAll @IntRange(min = 1, max = 40) int count) {
    ModelDefinition<PepNetParams> definition = SmallModel.definition(SmallModel.params());
    PackedRows once = SmallModel.rows(count, count);
    int[][] twice = new int[2 * count][once.layout().idWidth()];
    for (int row = 0; row < 2 * count; row++) {
      once.copyIds(row % count, 0, twice[row], 0, twice[row].length);
    }
    assertThat(bytes(definition, rows(SmallModel.COLUMNS, twice)))
        .isEqualTo(bytes(definition, once));
  }
}
