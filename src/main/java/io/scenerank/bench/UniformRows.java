package io.scenerank.bench;

import io.scenerank.data.PackedRows;
import io.scenerank.data.RowSource.RowFormat;
import io.scenerank.data.StableRandom;

/**
 * Rows whose ids and labels are uniformly random. One stream of numbers a row: an id for each
 * position, a number in [0, 1) for each dense value, then a label for each task. Python's side
 * makes the same rows of the same seed.
 */
final class UniformRows {
  private static final int PARTS = 1 << 16;

  private UniformRows() {}

  /** Makes rows. */
  static PackedRows of(RowFormat format, int rows, long seed) {
    int[] limits = format.layout().idLimits();
    PackedRows.Builder builder = PackedRows.builder(format);
    int[] ids = new int[limits.length];
    float[] dense = new float[format.layout().denseWidth()];
    float[] labels = new float[format.tasks().size()];
    for (int row = 0; row < rows; row++) {
      StableRandom random = StableRandom.of(seed, row);
      for (int i = 0; i < ids.length; i++) {
        ids[i] = random.nextInt(limits[i]);
      }
      for (int i = 0; i < dense.length; i++) {
        dense[i] = (float) random.nextInt(PARTS) / PARTS;
      }
      for (int i = 0; i < labels.length; i++) {
        labels[i] = random.nextInt(2);
      }
      builder.add(ids, dense, labels);
    }
    return builder.build();
  }
}
