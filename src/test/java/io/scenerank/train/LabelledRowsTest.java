package io.scenerank.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableMap;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.Batch;
import io.scenerank.data.Batcher;
import io.scenerank.data.DatasetWriter;
import io.scenerank.data.PackedRows;
import io.scenerank.data.RowSource;
import io.scenerank.data.RowSource.RowFormat;
import io.scenerank.feature.Schema;
import io.scenerank.feature.Targets;
import io.scenerank.feature.Targets.Target;
import io.scenerank.feature.Targets.TaskType;
import io.scenerank.model.ModelDefinition;
import io.scenerank.testing.SmallModel;
import io.scenerank.train.LearningRateSchedule.Schedule;
import io.scenerank.train.Loss.LossForm;
import io.scenerank.train.optimizer.OptimizerFactory.OptimizerType;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.assertj.core.util.FloatComparator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Labels that rows lack, and rows that count differently; {@code like} may miss and has weights.
 */
@Tag("slow")
class LabelledRowsTest {
  private static final Targets WEIGHED =
      Targets.of(ImmutableMap.of("like", new Target(TaskType.BINARY, null, true, "w")));

  private static final PackedRows PLAIN = SmallModel.rows(40, 3);

  @TempDir private Path temp;

  /** A label or a weight of a row. */
  @FunctionalInterface
  private interface OfRow {
    float of(int row);
  }

  private static Schema schema() {
    return SmallModel.schema().withTargets(WEIGHED);
  }

  private static PackedRows rows(OfRow like, OfRow weight) {
    PackedRows.Builder rows = PackedRows.builder(RowFormat.of(schema()));
    for (int row = 0; row < PLAIN.size(); row++) {
      rows.add(
          ids(row),
          dense(row),
          new float[] {PLAIN.label(row, 0), like.of(row)},
          new float[0],
          new float[] {weight.of(row)});
    }
    return rows.build();
  }

  private static int[] ids(int row) {
    int[] ids = new int[PLAIN.layout().idWidth()];
    PLAIN.copyIds(row, 0, ids, 0, ids.length);
    return ids;
  }

  private static float[] dense(int row) {
    float[] dense = new float[PLAIN.layout().denseWidth()];
    PLAIN.copyDense(row, 0, dense, 0, dense.length);
    return dense;
  }

  private static float like(int row) {
    return PLAIN.label(row, 1);
  }

  private static TrainingGraph.Options options(Loss loss, float rate) {
    TrainingConfig config =
        new TrainingConfig(
            1, 40, OptimizerType.SGD, rate, Schedule.CONSTANT, loss, ImmutableMap.of(), 0, 0);
    return TrainingGraph.Options.of(config, 7, Device.parse("cpu"), 1);
  }

  private static Map<String, List<Float>> trained(
      ModelDefinition<?> definition, PackedRows rows, Loss loss, float rate) {
    try (TrainingGraph graph = new TrainingGraph(definition, options(loss, rate));
        Batcher batches = Batcher.of(rows).batchSize(rows.size()).start();
        Batch batch = batches.next()) {
      graph.step(batch, 0, rate);
      return TrainerFixture.lists(graph.read());
    }
  }

  private static Map<String, List<Float>> trained(PackedRows rows, Loss loss) {
    return trained(weighed(), rows, loss, 0.5f);
  }

  private static ModelDefinition<?> weighed() {
    return plain().withTargets(WEIGHED);
  }

  private static ModelDefinition<?> plain() {
    return SmallModel.definition(SmallModel.params());
  }

  @ParameterizedTest
  @EnumSource(LossForm.class)
  void aMissingLabelIsOneThatCountsNothing(LossForm loss) {
    Map<String, List<Float>> missing =
        trained(rows(row -> row % 3 == 0 ? Float.NaN : like(row), row -> 1 + row % 2), loss);
    Map<String, List<Float>> weightless =
        trained(
            rows(row -> row % 3 == 0 ? 1 : like(row), row -> row % 3 == 0 ? 0 : 1 + row % 2), loss);
    assertThat(missing).isEqualTo(weightless);
    assertThat(missing)
        .isNotEqualTo(trained(rows(LabelledRowsTest::like, row -> 1 + row % 2), loss));
  }

  @ParameterizedTest
  @EnumSource(LossForm.class)
  void withWeightsOfOneRowsCountAsWithoutWeights(LossForm loss) {
    assertSame(
        trained(rows(LabelledRowsTest::like, row -> 1), loss), trained(plain(), PLAIN, loss, 0.5f));
  }

  /** Only the tower of a task is in reach of its loss where the rows lack the other's labels. */
  @Test
  void rowsThatLackALabelLeaveItsTowerAsItWas() {
    PackedRows none = rows(row -> Float.NaN, row -> 1);
    Map<String, List<Float>> after = trained(none, LossForm.LOGITS);
    try (TrainingGraph fresh = new TrainingGraph(weighed(), options(LossForm.LOGITS, 0.5f))) {
      TrainerFixture.lists(fresh.read())
          .forEach(
              (path, before) -> {
                if (path.startsWith("like/")) {
                  assertThat(after.get(path)).as(path).isEqualTo(before);
                } else if (path.startsWith("click/")) {
                  assertThat(after.get(path)).as(path).isNotEqualTo(before);
                }
              });
    }
  }

  private static void assertSame(
      Map<String, List<Float>> actual, Map<String, List<Float>> expected) {
    assertThat(actual.keySet()).isEqualTo(expected.keySet());
    // The sum over the rows is the same; multiplying by 1 changes nothing.
    expected.forEach(
        (path, values) ->
            assertThat(actual.get(path))
                .as(path)
                .usingElementComparator(new FloatComparator(1e-7f))
                .isEqualTo(values));
  }

  @Test
  void aFileHasThemAsMemoryHas() throws Exception {
    PackedRows rows = rows(row -> row % 4 == 0 ? Float.NaN : like(row), row -> row * 0.25f);
    Path folder = temp.resolve("data");
    DatasetWriter.write(
        folder,
        false,
        schema(),
        writer -> {
          for (DatasetWriter.Rows split :
              new DatasetWriter.Rows[] {writer.train(), writer.test()}) {
            for (int row = 0; row < rows.size(); row++) {
              split.add(
                  ids(row),
                  dense(row),
                  new float[] {rows.label(row, 0), rows.label(row, 1)},
                  new float[0],
                  new float[] {rows.weight(row, 1)});
            }
          }
        });
    RowSource read = RowSource.stream(folder.resolve("train.parquet"), RowFormat.of(schema()));
    try (RowSource.RowCursor cursor = read.cursor()) {
      for (int row = 0; cursor.next(); row++) {
        for (int task = 0; task < 2; task++) {
          assertThat(Float.valueOf(cursor.rows().label(cursor.row(), task)))
              .isEqualTo(Float.valueOf(rows.label(row, task)));
          assertThat(cursor.rows().weight(cursor.row(), task)).isEqualTo(rows.weight(row, task));
        }
      }
    }
  }

  @Test
  void aModelThatDoesNotKnowOfThemIsRefused() {
    PackedRows rows = rows(LabelledRowsTest::like, row -> 1);
    try (Trainer trainer =
        new Trainer(
            plain(), options(LossForm.LOGITS, 1), schema().scenario(), TrainingListener.NONE)) {
      assertThatThrownBy(() -> trainer.fit(rows))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("but those of the model all 0 or 1");
    }
  }

  @Test
  void aLossThatMakesTheMeanItselfIsRefused() {
    Loss own =
        new Loss() {
          @Override
          public String key() {
            return "own";
          }

          @Override
          public Operand<TFloat32> call(Ops tf, Operand<TFloat32> logit, Operand<TFloat32> label) {
            return LossForm.LOGITS.call(tf, logit, label);
          }
        };
    assertThatThrownBy(() -> new TrainingGraph(weighed(), options(own, 1)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("'own' makes the mean over the rows itself");
  }

  @Test
  void wrongLabelsAndWeightsAreNamed() {
    assertThatThrownBy(() -> rows(row -> 2, row -> 1))
        .hasMessage("rows: label 'like', row 0: found 2.0, expected 0 or 1");
    assertThatThrownBy(() -> rows(LabelledRowsTest::like, row -> -1))
        .hasMessage("rows: weight 'w', row 0: found -1.0, expected a finite number of 0 or more");
  }
}
