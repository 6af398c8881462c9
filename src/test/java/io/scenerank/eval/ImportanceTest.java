package io.scenerank.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.primitives.Ints;
import io.scenerank.data.PackedRows;
import io.scenerank.data.RowSource.RowFormat;
import io.scenerank.data.StableRandom;
import io.scenerank.eval.EvaluationReport.Importances;
import io.scenerank.eval.EvaluationReport.Importances.Importance;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.PackedLayout;
import io.scenerank.feature.Schema;
import io.scenerank.feature.Targets;
import io.scenerank.feature.Targets.Target;
import io.scenerank.feature.Targets.TaskType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Permuted columns: what moves, and what a metric loses by it. */
class ImportanceTest {
  private static final int ROWS = 600;
  private static final FeatureColumn ITEM = FeatureColumn.sparse("item", 50, 4);
  private static final FeatureColumn HISTORY = FeatureColumn.sequence("history", "item", 50, 4, 3);
  private static final FeatureColumn AGE = FeatureColumn.dense("age", 2);
  private static final PackedLayout LAYOUT =
      PackedLayout.of(
          List.of(
              FeatureColumn.sparse("user", 7, 4),
              FeatureColumn.sparse("scene", 3, 4),
              ITEM,
              HISTORY,
              AGE));
  private static final Schema.Scenario SCENARIO =
      new Schema.Scenario("scene", ImmutableList.of("a", "b", "c"));
  private static final ImmutableList<String> TASKS = ImmutableList.of("click", "seconds");

  private static PackedRows rows() {
    RowFormat format =
        new RowFormat(
            LAYOUT,
            TASKS,
            Optional.of("user"),
            Optional.of("scene"),
            ImmutableMap.of(),
            Targets.of(
                ImmutableMap.of("seconds", new Target(TaskType.REGRESSION, null, true, null))));
    PackedRows.Builder rows = PackedRows.builder(format);
    StableRandom random = StableRandom.of(3);
    for (int row = 0; row < ROWS; row++) {
      int item = 1 + random.nextInt(48);
      int scene = row % 3;
      int[] ids = {row % 7, scene, item, row % 50, (row + 1) % 50, (row + 2) % 50};
      float[] dense = {row / 1000f, -row / 1000f};
      float[] labels = {item > 24 ? 1 : 0, row % 5 == 0 ? Float.NaN : item};
      rows.add(ids, dense, labels);
    }
    return rows.build();
  }

  /** A model that reads the item, and for its second task the scene too. */
  private static float[][] score(PackedRows rows) {
    float[][] scores = new float[2][rows.size()];
    for (int row = 0; row < rows.size(); row++) {
      scores[0][row] = rows.id(row, 2) / 50f;
      scores[1][row] = rows.id(row, 2) + rows.id(row, 1);
    }
    return scores;
  }

  private static Importances importances(int repeats, long seed, String... columns) {
    PackedRows rows = rows();
    return Evaluator.of(rows, TASKS, SCENARIO)
        .importances(rows, List.of(columns), ImportanceTest::score, repeats, seed);
  }

  @Test
  void aColumnThatIsNotReadHasNoImportanceAndTheOneThatIsReadHasAll() {
    Importances found = importances(4, 1, "history", "age", "item");
    assertThat(found.columns()).containsExactly("item", "history", "age");
    Importance none = new Importance(OptionalDouble.of(0), OptionalDouble.of(0));
    found
        .overall()
        .forEach(
            task -> {
              assertThat(task.of("history")).isEqualTo(none);
              assertThat(task.of("age")).isEqualTo(none);
            });
    assertThat(found.overall().get(0).metric()).isEqualTo("auc");
    assertThat(found.overall().get(0).baseline()).hasValue(1);
    // Items of other rows tell nothing about a click: the AUC falls to one half.
    assertThat(found.overall().get(0).of("item").mean().getAsDouble()).isCloseTo(0.5, within(0.05));
    assertThat(found.overall().get(0).of("item").deviation().getAsDouble()).isBetween(1e-4, 0.05);
    assertThat(found.overall().get(1).metric()).isEqualTo("rmse");
    // Uniform numbers up to 48 are 14 from their mean, and 14 √2 from each other.
    assertThat(found.overall().get(1).of("item").mean().getAsDouble()).isCloseTo(18.3, within(1.5));
    assertThat(found.scenarios().keySet()).containsExactly("a", "b", "c");
    assertThat(found.scenarios().get("a").get(0).of("item").mean().getAsDouble())
        .isCloseTo(0.5, within(0.1));
    assertThat(found.toText())
        .contains("| (rows as they are) |", "| item               |", "+0.0000 ± 0.0000")
        .contains("| a        | seconds | rmse   |");
    assertThat(found.toJson().toString()).contains("tasks={click={metric=auc, value=1.0,");
  }

  @Test
  void theSeedDecides() {
    assertThat(importances(2, 5, "item")).isEqualTo(importances(2, 5, "item"));
    assertThat(importances(1, 5, "item").overall())
        .isNotEqualTo(importances(1, 6, "item").overall());
    assertThat(importances(1, 5, "item").overall().get(0).of("item").deviation()).isEmpty();
    Importance alone = importances(2, 5, "item").overall().get(0).of("item");
    assertThat(importances(2, 5, "age", "item", "history").overall().get(0).of("item"))
        .as("other columns change nothing")
        .isEqualTo(alone);
  }

  @Test
  void valuesMoveWholeAndWithinTheirScenario() {
    PackedRows rows = rows();
    List<int[]> scenes =
        IntStream.range(0, 3)
            .mapToObj(
                scene ->
                    IntStream.range(0, ROWS).filter(row -> rows.scenario(row) == scene).toArray())
            .toList();
    ColumnPermutation permutation = new ColumnPermutation(rows, scenes, 9);
    for (FeatureColumn column : List.of(HISTORY, AGE, ITEM)) {
      PackedRows permuted = permutation.of(column, 0);
      for (FeatureColumn other : LAYOUT.columns()) {
        Function<PackedRows, List<String>> values = all -> values(all, other, 0, ROWS);
        if (!other.equals(column)) {
          assertThat(values.apply(permuted)).isEqualTo(values.apply(rows));
        }
      }
      for (int[] scene : scenes) {
        List<String> before = values(rows, column, scene);
        List<String> after = values(permuted, column, scene);
        assertThat(after).containsExactlyInAnyOrderElementsOf(before).isNotEqualTo(before);
      }
    }
  }

  private static List<String> values(PackedRows rows, FeatureColumn column, int from, int to) {
    return values(rows, column, IntStream.range(from, to).toArray());
  }

  private static List<String> values(PackedRows rows, FeatureColumn column, int[] numbers) {
    List<String> values = new ArrayList<>();
    int offset = LAYOUT.offset(column);
    for (int row : numbers) {
      if (column.equals(AGE)) {
        float[] dense = new float[column.width()];
        rows.copyDense(row, offset, dense, 0, dense.length);
        values.add(Arrays.toString(dense));
      } else {
        int[] ids = new int[column.width()];
        rows.copyIds(row, offset, ids, 0, ids.length);
        values.add(Ints.asList(ids).toString());
      }
    }
    return values;
  }
}
