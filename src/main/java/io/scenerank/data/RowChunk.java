package io.scenerank.data;

import io.scenerank.data.RowSource.RowFormat;

/**
 * Some rows column by column, as DuckDB takes them. The columns are the ids of a packed row, then
 * its dense values, its labels, its weights and its probabilities.
 */
final class RowChunk {
  /** Rows that DuckDB takes at a time. */
  static final int ROWS = 2048;

  private final int[][] ids;
  private final float[][] labels;
  private final float[][] dense;
  private final float[][] weights;
  private final float[][] probabilities;
  private int size;

  RowChunk(RowFormat format, boolean hasProbabilities) {
    int tasks = format.tasks().size();
    this.ids = new int[format.layout().idWidth()][ROWS];
    this.dense = new float[format.layout().denseWidth()][ROWS];
    this.labels = new float[tasks][ROWS];
    this.weights = new float[format.weightColumns().size()][ROWS];
    this.probabilities = new float[hasProbabilities ? tasks : 0][ROWS];
  }

  /** Adds a row of the chunk's widths. */
  void add(
      int[] rowIds,
      float[] rowDense,
      float[] rowLabels,
      float[] rowProbabilities,
      float[] rowWeights) {
    int row = size++;
    for (int i = 0; i < ids.length; i++) {
      ids[i][row] = rowIds[i];
    }
    for (int i = 0; i < dense.length; i++) {
      dense[i][row] = rowDense[i];
    }
    for (int i = 0; i < labels.length; i++) {
      labels[i][row] = rowLabels[i];
    }
    for (int i = 0; i < weights.length; i++) {
      weights[i][row] = rowWeights[i];
    }
    for (int i = 0; i < probabilities.length; i++) {
      probabilities[i][row] = rowProbabilities[i];
    }
  }

  boolean isFull() {
    return size == ROWS;
  }

  /** Number of rows. */
  int size() {
    return size;
  }

  void clear() {
    size = 0;
  }

  /** By position, the ids of the rows. */
  int[][] ids() {
    return ids;
  }

  /** By position, the dense values of the rows. */
  float[][] dense() {
    return dense;
  }

  /** By task, NaN where a row has none. */
  float[][] labels() {
    return labels;
  }

  /** By column of weights. */
  float[][] weights() {
    return weights;
  }

  /** By task, if the rows have any. */
  float[][] probabilities() {
    return probabilities;
  }
}
