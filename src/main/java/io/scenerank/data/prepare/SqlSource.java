package io.scenerank.data.prepare;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.nio.file.Path;
import java.sql.SQLException;

/**
 * Raw rows that a query gives.
 *
 * @param label how messages call it: a folder, for instance
 * @param query DuckDB's SQL; it says itself in which order the rows come, by files of one order or
 *     ORDER BY
 * @param files the only files that the query can read
 * @param bytes about how much it reads, for the progress
 */
record SqlSource(String label, String query, ImmutableList<Path> files, long bytes)
    implements RawSource {
  @Override
  public ImmutableList<Path> reads() {
    return files;
  }

  @Override
  public ImmutableMap<String, String> columns(WorkDatabase database) throws SQLException {
    return database.columns(query);
  }

  @Override
  public String relation(WorkDatabase database) {
    return "(" + query + ")";
  }

  @Override
  public WorkDatabase.Step reading() {
    return new WorkDatabase.Step("read", bytes, "bytes");
  }

  @Override
  public String place(WorkDatabase database, String what, long row) {
    return label + ": " + what + ", row " + row;
  }
}
