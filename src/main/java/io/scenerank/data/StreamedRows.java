package io.scenerank.data;

import io.scenerank.data.RowSource.RowCursor;
import io.scenerank.data.RowSource.RowFormat;
import java.nio.file.Path;

/**
 * The rows of a Parquet file that are read again in every pass, for a file that is larger than
 * memory. A cursor holds two windows of its sequence, the one that is gone through and the one
 * after it, which a thread reads meanwhile. Values are checked while they are read; the file has to
 * stay as it is, and a change of it ends the pass. Immutable; several cursors may be open at once.
 */
final class StreamedRows implements RowSource {
  private final ParquetTable table;

  private StreamedRows(ParquetTable table) {
    this.table = table;
  }

  /**
   * Opens a file and checks its columns; see {@link ParquetRows} for what they hold.
   *
   * @throws io.scenerank.config.InvalidInputException if the file is missing, is not a Parquet file
   *     or has no row, or naming a column that is missing or of a wrong type
   */
  static StreamedRows open(Path file, RowFormat format) {
    return new StreamedRows(ParquetTable.open(file, format));
  }

  @Override
  public RowFormat format() {
    return table.format();
  }

  @Override
  public int size() {
    return table.size();
  }

  @Override
  public boolean hasProbabilities() {
    return table.hasProbabilities();
  }

  @Override
  public RowCursor cursor(RowSequence sequence, int first) {
    sequence.requireFits(size(), first);
    return new StreamCursor(table, sequence, first);
  }
}
