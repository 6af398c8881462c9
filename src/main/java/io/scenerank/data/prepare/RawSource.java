package io.scenerank.data.prepare;

import com.google.common.collect.ImmutableMap;
import java.io.IOException;
import java.sql.SQLException;

/** Raw rows, in an order that is the same whenever they are read. */
interface RawSource {
  /** How messages call it. */
  String label();

  /** Name of each column with DuckDB's type. */
  ImmutableMap<String, String> columns(WorkDatabase database) throws SQLException, IOException;

  /** The rows, as what stands behind FROM. */
  String relation(WorkDatabase database) throws SQLException, IOException;

  /** How much there is to read. */
  WorkDatabase.Step reading() throws IOException;

  /**
   * How messages call a row: {@code logs.csv, row 17}, counted from 0 behind the header.
   *
   * @param what stands between the two, a column for instance
   */
  String place(WorkDatabase database, String what, long row) throws SQLException, IOException;
}
