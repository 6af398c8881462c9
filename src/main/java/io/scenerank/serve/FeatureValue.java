package io.scenerank.serve;

import org.tensorflow.ndarray.Shape;

/**
 * One feature of all rows.
 *
 * @param shape the rows first
 * @param array int[], long[], float[], double[], boolean[], String[] or byte[][], row by row
 * @param rows how many rows the values are of; {@link #ANY} if they say nothing of rows: a scalar,
 *     or the values of ragged rows
 */
record FeatureValue(Shape shape, Object array, long rows) {
  /** The number of rows of what has none of its own. */
  static final long ANY = -1;

  static FeatureValue ofRows(Shape shape, Object array) {
    return new FeatureValue(shape, array, shape.get(0));
  }

  static FeatureValue scalar(Object array) {
    return new FeatureValue(Shape.scalar(), array, ANY);
  }

  /** Which row the value at a position is of. */
  long row(int position) {
    long values = shape.size();
    return rows == ANY || values == 0 ? 0 : position / Math.max(1, values / rows);
  }
}
