package io.scenerank.keras;

import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.FeatureColumn.ColumnType;
import io.scenerank.serve.Features;
import java.util.Random;

/** Rows of random but valid values of feature columns, the same for the same seed. */
final class RandomRows {
  private final Random random;
  private final int rows;
  private final int shortest;

  /**
   * @param shortest number of ids that a sequence has at least; 0 for some that are padded whole
   */
  RandomRows(int rows, long seed, int shortest) {
    this.rows = rows;
    this.random = new Random(seed);
    this.shortest = shortest;
  }

  /** Sequences are padded on the left. */
  Features of(Iterable<FeatureColumn> columns) {
    Features.Builder features = Features.builder();
    for (FeatureColumn column : columns) {
      if (column.type() == ColumnType.DENSE) {
        float[][] values = new float[rows][column.width()];
        for (float[] row : values) {
          for (int i = 0; i < row.length; i++) {
            row[i] = (float) random.nextGaussian();
          }
        }
        features.floats(column.name(), values);
      } else {
        int[][] ids = new int[rows][column.width()];
        // Of ids that no table looks up, the smallest are valid wherever any are.
        int most = column.vocabSize() == Integer.MAX_VALUE ? 2 : column.vocabSize();
        for (int[] row : ids) {
          boolean sequence = column.type() == ColumnType.VARLEN_SPARSE;
          int padded = sequence ? random.nextInt(row.length + 1 - shortest) : 0;
          for (int i = padded; i < row.length; i++) {
            row[i] = random.nextInt(most);
          }
          if (sequence && shortest > 0 && most > 1) {
            // 0 may be masked too.
            row[row.length - 1] = 1 + random.nextInt(most - 1);
          }
        }
        features.ids(column.name(), ids);
      }
    }
    return features.build();
  }
}
