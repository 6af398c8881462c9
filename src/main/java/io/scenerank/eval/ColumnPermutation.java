package io.scenerank.eval;

import io.scenerank.data.PackedRows;
import io.scenerank.data.StableRandom;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.FeatureColumn.ColumnType;
import io.scenerank.feature.PackedLayout;
import java.util.List;

/**
 * Rows in which one column has the values of other rows of the same scenario. All positions of a
 * sequence or a vector move together.
 */
final class ColumnPermutation {
  private final PackedRows rows;
  private final List<int[]> scenarios;
  private final long seed;

  /**
   * Permutations of these rows.
   *
   * @param scenarios the rows of each scenario
   */
  ColumnPermutation(PackedRows rows, List<int[]> scenarios, long seed) {
    this.rows = rows;
    this.scenarios = scenarios;
    this.seed = seed;
  }

  /**
   * The rows with a column permuted, without labels. Depends only on the rows, the seed and the
   * arguments.
   *
   * @param repeat which of several permutations
   */
  PackedRows of(FeatureColumn column, int repeat) {
    int[] sources = sources(column, repeat);
    PackedLayout layout = rows.format().layout();
    boolean isDense = column.type() == ColumnType.DENSE;
    int offset = layout.offset(column);
    PackedRows.Builder permuted = PackedRows.builder(rows.format().withoutLabels());
    int[] ids = new int[layout.idWidth()];
    float[] dense = new float[layout.denseWidth()];
    for (int row = 0; row < sources.length; row++) {
      rows.copyIds(row, 0, ids, 0, ids.length);
      rows.copyDense(row, 0, dense, 0, dense.length);
      if (isDense) {
        rows.copyDense(sources[row], offset, dense, offset, column.width());
      } else {
        rows.copyIds(sources[row], offset, ids, offset, column.width());
      }
      permuted.add(ids, dense, new float[0]);
    }
    return permuted.build();
  }

  /** From which row each row takes its value. */
  private int[] sources(FeatureColumn column, int repeat) {
    int[] sources = new int[rows.size()];
    // By name, so that other columns of the model change nothing.
    StableRandom random = StableRandom.of(seed, column.name().hashCode(), repeat);
    for (int[] scenario : scenarios) {
      int[] shuffled = scenario.clone();
      for (int i = shuffled.length - 1; i > 0; i--) {
        int j = random.nextInt(i + 1);
        int row = shuffled[i];
        shuffled[i] = shuffled[j];
        shuffled[j] = row;
      }
      for (int i = 0; i < scenario.length; i++) {
        sources[scenario[i]] = shuffled[i];
      }
    }
    return sources;
  }
}
