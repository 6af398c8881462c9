package io.scenerank.bench;

import io.scenerank.data.StableRandom;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.FeatureColumn.ColumnType;
import io.scenerank.serve.Features;
import java.util.Arrays;

/**
 * The values of one feature, row after row.
 *
 * @param ids [rows · width]; empty if the feature is dense
 * @param dense [rows · width]; empty if it is not
 */
record FeatureRows(int width, int[] ids, float[] dense) {
  private static final int PARTS = 1 << 16;

  /** Random ids inside the vocabulary, or numbers in [0, 1). */
  static FeatureRows random(FeatureColumn column, int rows, StableRandom random) {
    int size = rows * column.width();
    boolean isDense = column.type() == ColumnType.DENSE;
    int[] ids = new int[isDense ? 0 : size];
    float[] dense = new float[isDense ? size : 0];
    Arrays.setAll(ids, i -> random.nextInt(column.vocabSize()));
    for (int i = 0; i < dense.length; i++) {
      dense[i] = (float) random.nextInt(PARTS) / PARTS;
    }
    return new FeatureRows(column.width(), ids, dense);
  }

  /** A single row so many times. */
  FeatureRows repeated(int count) {
    int[] manyIds = new int[ids.length * count];
    float[] manyDense = new float[dense.length * count];
    for (int i = 0; i < count; i++) {
      System.arraycopy(ids, 0, manyIds, i * ids.length, ids.length);
      System.arraycopy(dense, 0, manyDense, i * dense.length, dense.length);
    }
    return new FeatureRows(width, manyIds, manyDense);
  }

  void addTo(Features.Builder features, String name) {
    if (dense.length > 0) {
      features.values(name, dense, dense.length / width, width);
    } else if (width == 1) {
      features.ids(name, ids);
    } else {
      features.values(name, ids, ids.length / width, width);
    }
  }
}
