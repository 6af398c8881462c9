package io.scenerank.run.export;

import java.util.Optional;
import org.duckdb.DuckDBColumnType;
import org.duckdb.DuckDBWritableVector;

/** The ids of a table without a vocabulary. */
final class PlainIds implements IdValues {
  private final long rows;
  private int id;

  /**
   * @param rows of the table
   */
  PlainIds(long rows) {
    this.rows = rows;
  }

  @Override
  public Optional<DuckDBColumnType> type() {
    return Optional.empty();
  }

  @Override
  public boolean next() {
    return ++id < rows;
  }

  @Override
  public int id() {
    return id;
  }

  @Override
  public void value(DuckDBWritableVector target, long row) {
    // Without a type no column of values is made, which this would fill.
    throw new UnsupportedOperationException("there are only ids");
  }

  @Override
  public void close() {}
}
