package io.scenerank.eval;

import com.google.common.collect.ImmutableList;
import io.scenerank.data.PackedRows;
import io.scenerank.data.StableRandom;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.FeatureColumn.ColumnType;
import io.scenerank.feature.PackedLayout;
import java.util.List;
import java.util.Optional;

/**
 * Rows in which one column has the values of other rows of the same scenario. All positions of a
 * sequence or a vector move together, and so do the weights of a sequence.
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
    ImmutableList<FeatureColumn> together = together(layout, column);
    PackedRows.Builder permuted = PackedRows.builder(rows.format().withoutLabels());
    int[] ids = new int[layout.idWidth()];
    float[] dense = new float[layout.denseWidth()];
    for (int row = 0; row < sources.length; row++) {
      rows.copyIds(row, 0, ids, 0, ids.length);
      rows.copyDense(row, 0, dense, 0, dense.length);
      for (FeatureColumn moved : together) {
        int offset = layout.offset(moved);
        if (moved.type() == ColumnType.DENSE) {
          rows.copyDense(sources[row], offset, dense, offset, moved.width());
        } else {
          rows.copyIds(sources[row], offset, ids, offset, moved.width());
        }
      }
      permuted.add(ids, dense, new float[0]);
    }
    return permuted.build();
  }

  private static ImmutableList<FeatureColumn> together(PackedLayout layout, FeatureColumn column) {
    ImmutableList.Builder<FeatureColumn> together =
        ImmutableList.<FeatureColumn>builder().add(column);
    Optional.ofNullable(column.weights()).flatMap(layout::find).ifPresent(together::add);
    return together.build();
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
