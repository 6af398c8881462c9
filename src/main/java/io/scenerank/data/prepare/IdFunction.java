package io.scenerank.data.prepare;

import static java.util.Objects.requireNonNull;

import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.duckdb.DuckDBColumnType;
import org.duckdb.DuckDBConnection;
import org.duckdb.DuckDBDataChunkReader;
import org.duckdb.DuckDBFunctions;
import org.duckdb.DuckDBReadableVector;
import org.duckdb.DuckDBScalarFunction;
import org.duckdb.DuckDBScalarFunctionBuilder;
import org.duckdb.DuckDBWritableVector;

/**
 * A function of DuckDB that is written in Java: the id of a text in the vocabulary of a table, 0
 * where it has none. A join would lose the order of the rows, and an ENUM of DuckDB costs seconds
 * wherever SQL names it once it has millions of values. DuckDB calls it from all of its threads.
 */
final class IdFunction implements DuckDBScalarFunction {
  /** What it is called in SQL, with the table's name and a text. */
  static final String NAME = "scenerank_id";

  private final Map<String, IdTable> tables = new ConcurrentHashMap<>();

  /** Makes the function known to a database. */
  void register(DuckDBConnection connection) throws SQLException {
    try (DuckDBScalarFunctionBuilder builder = DuckDBFunctions.scalarFunction()) {
      builder
          .withName(NAME)
          .withParameters(DuckDBColumnType.VARCHAR, DuckDBColumnType.VARCHAR)
          .withReturnType(DuckDBColumnType.INTEGER)
          .withVectorizedFunction(this)
          .register(connection);
    }
  }

  /** Sets the ids of a table, instead of those before. */
  void set(String table, IdTable ids) {
    tables.put(table, ids);
  }

  @Override
  public void apply(DuckDBDataChunkReader input, DuckDBWritableVector output) {
    long rows = input.rowCount();
    if (rows == 0) {
      return;
    }
    // The name of the table is a constant of the query.
    String table = input.vector(0).getString(0);
    IdTable ids = requireNonNull(tables.get(table), table);
    DuckDBReadableVector texts = input.vector(1);
    for (long row = 0; row < rows; row++) {
      output.setInt(row, texts.isNull(row) ? 0 : ids.get(texts.getString(row)));
    }
  }
}
