package io.scenerank.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scenerank.config.InvalidInputException;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.PackedLayout;
import java.util.List;
import org.junit.jupiter.api.Test;

class PackedRowsTest {
  private static final float[] NONE = {};

  @Test
  void keepsRowsAcrossBlocks() {
    int count = RowStore.BLOCK_ROWS * 2 + 3;
    PackedRows rows = Fixtures.rows(count);
    assertThat(rows.size()).isEqualTo(count);
    for (int row : new int[] {0, RowStore.BLOCK_ROWS - 1, RowStore.BLOCK_ROWS, count - 1}) {
      assertThat(rows.id(row, 3)).isEqualTo(Fixtures.ids(row)[3]);
      assertThat(rows.dense(row, 2)).isEqualTo(Fixtures.dense(row)[2]);
      assertThat(rows.label(row, 1)).isEqualTo(Fixtures.labels(row)[1]);
      assertThat(rows.probability(row, 0)).isEqualTo(Fixtures.probabilities(row)[0]);
      assertThat(rows.user(row)).isEqualTo(row % 50);
      assertThat(rows.scenario(row)).isEqualTo(row % 3);
    }
  }

  @Test
  void refusesPlacesThatDoNotExist() {
    PackedRows rows = Fixtures.rows(5);
    assertThatThrownBy(() -> rows.id(5, 0))
        .isInstanceOf(IndexOutOfBoundsException.class)
        .hasMessage("row 5 is outside [0, 5)");
    assertThatThrownBy(() -> rows.id(0, 6))
        .isInstanceOf(IndexOutOfBoundsException.class)
        .hasMessage("position 6 is outside [0, 6)");
  }

  @Test
  void builderRefusesForeignIdsAndWidths() {
    PackedRows.Builder builder = PackedRows.builder(Fixtures.format());
    builder.add(Fixtures.ids(0), Fixtures.dense(0), Fixtures.labels(0));
    assertThatThrownBy(
            () -> builder.add(new int[] {50, 0, 0, 0, 0, 0}, Fixtures.dense(1), Fixtures.labels(1)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("rows: feature 'user', row 1: id 50 is outside [0, 50)");
    assertThatThrownBy(
            () -> builder.add(Fixtures.ids(1), new float[] {0, Float.NaN, 0}, Fixtures.labels(1)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageMatching("rows: feature '.+', row 1: found NaN, expected a finite float");
    assertThatThrownBy(
            () -> builder.add(Fixtures.ids(1), Fixtures.dense(1), new float[] {1, Float.NaN}))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("rows: label 'like', row 1: found NaN, expected 0 or 1");
    assertThatThrownBy(() -> builder.add(Fixtures.ids(1), NONE, Fixtures.labels(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a row of 0 dense values, expected 3");
    assertThat(builder.build().size()).isEqualTo(1);
    assertThatThrownBy(builder::build).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void probabilitiesAreAbsentUnlessGiven() {
    PackedRows rows =
        PackedRows.builder(Fixtures.format())
            .add(Fixtures.ids(0), Fixtures.dense(0), Fixtures.labels(0))
            .build();
    assertThat(rows.hasProbabilities()).isFalse();
    assertThatThrownBy(() -> rows.probability(0, 0)).isInstanceOf(IllegalStateException.class);
  }

  private static Projection project(FeatureColumn... columns) {
    return Projection.of(
        Fixtures.format(), PackedLayout.of(List.of(columns)), List.of("like", "click"));
  }

  @Test
  void projectionPicksColumnsAndTasksByName() {
    Projection projection =
        project(
            FeatureColumn.sparse("item", 100, 4),
            FeatureColumn.dense("vector", 2),
            FeatureColumn.sparse("user", 50, 4),
            FeatureColumn.sequence("history", "item", 100, 4, 3));
    PackedRows rows = Fixtures.rows(20);
    int[] ids = new int[6];
    float[] dense = new float[2];
    float[] labels = new float[2];
    projection.copyIds(rows, 15, ids, 1);
    projection.copyDense(rows, 15, dense, 0);
    projection.copyLabels(rows, 15, labels, 0);
    assertThat(ids).containsExactly(0, 5, 15, 0, 15, 16);
    assertThat(dense).containsExactly(-15, 7.5f);
    assertThat(labels).containsExactly(1, 1);
  }

  @Test
  void projectionRefusesWhatTheDataLacks() {
    assertThatThrownBy(() -> project(FeatureColumn.sparse("itm", 100, 4)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "feature 'itm', which the model reads, is not in the data; did you mean 'item'?");
    assertThatThrownBy(() -> project(FeatureColumn.sparse("item", 99, 4)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "feature 'item' is SPARSE of width 1 and 100 ids in the data but the model expects"
                + " SPARSE of width 1 and 99 ids");
    assertThatThrownBy(
            () -> Projection.of(Fixtures.format(), Fixtures.format().layout(), List.of("share")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("task 'share' has no label in the data; known: [click, like]");
  }
}
