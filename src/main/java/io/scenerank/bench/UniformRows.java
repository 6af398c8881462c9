package io.scenerank.bench;

import io.scenerank.data.PackedRows;
import io.scenerank.data.RowSource.RowFormat;
import io.scenerank.data.StableRandom;

/**
 * Rows whose ids and labels are uniformly random. One stream of numbers a row: an id for each
 * position, a number in [0, 1) for each dense value, then a label for each task. Python's side
 * makes the same rows of the same seed. Weights in [0, 2) and which labels are missing come last.
 */
final class UniformRows {
  private static final int PARTS = 1 << 16;
  private static final int MISSING = 4; // one label of so many is missing where it may be
  private static final float[] NONE = {};

  private UniformRows() {}

  /** Makes rows. */
  static PackedRows of(RowFormat format, int rows, long seed) {
    int[] limits = format.layout().idLimits();
    PackedRows.Builder builder = PackedRows.builder(format);
    int[] ids = new int[limits.length];
    float[] dense = new float[format.layout().denseWidth()];
    float[] labels = new float[format.tasks().size()];
    float[] weights = new float[format.targets().weightColumns(format.tasks()).size()];
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
      for (int i = 0; i < weights.length; i++) {
        weights[i] = 2f * random.nextInt(PARTS) / PARTS;
      }
      for (int i = 0; i < labels.length; i++) {
        boolean mayMiss = format.targets().of(format.tasks().get(i)).mayMiss();
        labels[i] = mayMiss && random.nextInt(MISSING) == 0 ? Float.NaN : labels[i];
      }
      builder.add(ids, dense, labels, NONE, weights);
    }
    return builder.build();
  }
}
