package io.scenerank.data.prepare;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.config.InvalidInputException;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Optional;

/** Raw rows, in an order that is the same whenever they are read. */
interface RawSource {
  /** How messages call it. */
  String label();

  /** The only files that are read. */
  ImmutableList<Path> reads();

  /** Name of each column with DuckDB's type. */
  ImmutableMap<String, String> columns(WorkDatabase database) throws SQLException, IOException;

  /** The rows, as what follows FROM. */
  String relation(WorkDatabase database) throws SQLException, IOException;

  /** How much there is to read. */
  WorkDatabase.Step reading() throws IOException;

  /**
   * How messages call a row: {@code logs.csv, row 17}, counted from 0 behind the header.
   *
   * @param what goes between the two, for example a column
   */
  String place(WorkDatabase database, String what, long row) throws SQLException, IOException;

  /**
   * Checks that no row was lost.
   *
   * @param rows how many were read
   * @throws InvalidInputException if some are missing
   */
  default void requireAll(WorkDatabase database, long rows) throws SQLException, IOException {}

  /** What a failure to read the rows means, if it is the rows' fault. */
  default Optional<InvalidInputException> refusal(SQLException e) {
    return Optional.empty();
  }

  /**
   * Does nothing where a failure to read the rows is not their fault.
   *
   * @throws InvalidInputException if it is
   */
  default void requireReadable(SQLException e) {
    refusal(e)
        .ifPresent(
            refusal -> {
              throw refusal;
            });
  }

  /**
   * Checks that the rows are not encoded already: ids would be looked up as if they were values.
   *
   * @throws io.scenerank.config.InvalidInputException naming a file of a prepared data set
   */
  default void requireRaw(WorkDatabase database) throws SQLException {}
}
