package io.scenerank.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.common.collect.ImmutableList;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.PackedRows;
import io.scenerank.data.RowSource.RowFormat;
import io.scenerank.export.SmallModel;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.FeatureColumn.ColumnType;
import io.scenerank.feature.PackedLayout;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class RowScorerTest {
  private static SavedModelPredictor predictor;

  @BeforeAll
  static void load() {
    predictor = SavedModelPredictor.load(SmallModel.get().folder(), Signatures.SERVING_DEFAULT, 1);
  }

  @AfterAll
  static void close() {
    predictor.close();
  }

  @Test
  void theTrainersBatchesGiveItsProbabilitiesBitForBit() {
    RowScorer scorer = new RowScorer(predictor, 16);
    List<Long> progress = new ArrayList<>();
    float[][] scores = scorer.score(SmallModel.rows(SmallModel.ROWS), progress::add);
    for (String task : SmallModel.TASKS) {
      assertThat(scores[scorer.outputs().indexOf(task)])
          .as(task)
          .containsExactly(SmallModel.get().scores()[SmallModel.TASKS.indexOf(task)]);
    }
    assertThat(progress).containsExactly(16L, 32L, 48L, 64L);
  }

  @Test
  void batchesThatDoNotDivideTheRowsScoreEveryRowInOrder() {
    RowScorer scorer = new RowScorer(predictor, 25);
    List<Long> progress = new ArrayList<>();
    float[] scores =
        scorer
            .score(SmallModel.rows(SmallModel.ROWS), progress::add)[
            scorer.outputs().indexOf("like")];
    for (int row = 0; row < SmallModel.ROWS; row++) {
      // Another batch size may take another kernel: probabilities agree to a few units in the
      // last place of float32.
      assertThat(scores[row])
          .as("row %d", row)
          .isCloseTo(SmallModel.get().scores()[1][row], within(1e-6f));
    }
    assertThat(progress).containsExactly(25L, 50L, 64L);
  }

  @Test
  void theLayoutFollowsTheSignature() {
    PackedLayout layout = RowScorer.layout(predictor);
    assertThat(layout.columns()).hasSameSizeAs(SmallModel.COLUMNS);
    for (FeatureColumn column : SmallModel.COLUMNS) {
      assertThat(layout.column(column.name()).width()).isEqualTo(column.width());
      assertThat(layout.column(column.name()).type()).as(column.name()).isEqualTo(column.type());
    }
    assertThat(layout.column("history").type()).isEqualTo(ColumnType.VARLEN_SPARSE);
  }

  @Test
  void aWrongIdOfALaterBatchTellsWhereTheBatchBegins() {
    PackedRows rows = withUser(20, 10);
    assertThatThrownBy(() -> new RowScorer(predictor, 4).score(rows, done -> {}))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            SmallModel.get().folder()
                + ": feature 'user', row 2: id 20 is outside [0, 20) (in the batch from row 8)");
    assertThatThrownBy(() -> new RowScorer(predictor, 100).score(rows, done -> {}))
        .hasMessageEndingWith("feature 'user', row 10: id 20 is outside [0, 20)");
  }

  @Test
  void rowsThatLackAColumn() {
    PackedLayout layout = PackedLayout.of(ImmutableList.of(FeatureColumn.sparse("user", 20, 4)));
    PackedRows rows = PackedRows.builder(RowFormat.features(layout)).add(new int[] {1}).build();
    assertThatThrownBy(() -> new RowScorer(predictor, 4).score(rows, done -> {}))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("is unknown; known: user");
  }

  /** Twelve rows in the signature's own layout, where one has this user. */
  private static PackedRows withUser(int user, int row) {
    PackedLayout layout = RowScorer.layout(predictor);
    PackedRows.Builder builder = PackedRows.builder(RowFormat.features(layout));
    for (int i = 0; i < 12; i++) {
      int[] ids = new int[layout.idWidth()];
      ids[layout.offset(layout.column("user"))] = i == row ? user : 1;
      builder.add(ids, new float[layout.denseWidth()], new float[0]);
    }
    return builder.build();
  }
}
