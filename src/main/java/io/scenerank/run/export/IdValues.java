package io.scenerank.run.export;

import java.util.Optional;
import org.duckdb.DuckDBColumnType;
import org.duckdb.DuckDBWritableVector;

/** Ids of a table above 0, in order, and the values that have them. */
interface IdValues extends AutoCloseable {
  /** Type of the values; empty where there are only ids. */
  Optional<DuckDBColumnType> type();

  /** Moves to the next id; false after the last one. */
  boolean next();

  /** The id. */
  int id();

  /** Writes its value. */
  void value(DuckDBWritableVector target, long row);

  @Override
  void close();
}
