package io.scenerank.data;

import io.scenerank.data.DuckDb.DuckDbOptions;
import io.scenerank.data.RowSource.RowFormat;
import java.nio.file.Path;

/**
 * Reads packed rows from a Parquet file, in the file's order with any number of threads. A sparse
 * feature is an integer column, a sequence a list of exactly {@code max_len} integers, a dense
 * feature a number or, where it has more than one dimension, a list of them; a label is 0 or 1
 * under its task's name, a true probability a number under {@code p_<task>}. Other columns of the
 * file are ignored.
 */
final class ParquetRows {
  private ParquetRows() {}

  /** Reads with one thread a core. See {@link #read(Path, RowFormat, DuckDbOptions)}. */
  static PackedRows read(Path file, RowFormat format) {
    return read(file, format, DuckDbOptions.DEFAULT);
  }

  /**
   * Reads the features and labels of the format, and the probabilities if the file has them all.
   *
   * @param format {@link RowFormat#withoutLabels} for a file to predict
   * @throws io.scenerank.config.InvalidInputException if the file is missing, is not a Parquet
   *     file, has no row or changes while it is read, or naming the feature or task, the row (from
   *     0) and the value that is missing, of another type or out of range
   */
  static PackedRows read(Path file, RowFormat format, DuckDbOptions options) {
    return ParquetTable.open(file, format).readAll(options);
  }
}
