package io.scenerank.bench;

import io.scenerank.data.PackedRows;
import io.scenerank.data.RowSource.RowFormat;
import io.scenerank.data.StableRandom;

/**
 * Rows whose ids and labels are uniformly random. One stream of numbers a row: an id for each
 * position, then a label for each task. Python's side makes the same rows of the same seed.
 */
final class UniformRows {
  private static final float[] NO_DENSE = {};

  private UniformRows() {}

  /** Makes rows of sparse columns. */
  static PackedRows of(RowFormat format, int rows, long seed) {
    int[] limits = format.layout().idLimits();
    PackedRows.Builder builder = PackedRows.builder(format);
    int[] ids = new int[limits.length];
    float[] labels = new float[format.tasks().size()];
    for (int row = 0; row < rows; row++) {
      StableRandom random = StableRandom.of(seed, row);
      for (int i = 0; i < ids.length; i++) {
        ids[i] = random.nextInt(limits[i]);
      }
      for (int i = 0; i < labels.length; i++) {
        labels[i] = random.nextInt(2);
      }
      builder.add(ids, NO_DENSE, labels);
    }
    return builder.build();
  }
}
