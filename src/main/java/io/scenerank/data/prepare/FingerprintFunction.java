package io.scenerank.data.prepare;

import com.google.common.hash.HashFunction;
import com.google.common.hash.Hashing;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import org.duckdb.DuckDBColumnType;
import org.duckdb.DuckDBConnection;
import org.duckdb.DuckDBDataChunkReader;
import org.duckdb.DuckDBFunctions;
import org.duckdb.DuckDBReadableVector;
import org.duckdb.DuckDBScalarFunction;
import org.duckdb.DuckDBScalarFunctionBuilder;
import org.duckdb.DuckDBWritableVector;

/**
 * A function of DuckDB that is written in Java: the remainder of a text's fingerprint when it is
 * divided by a number, both unsigned. DuckDB calls it from all of its threads.
 */
final class FingerprintFunction implements DuckDBScalarFunction {
  /** What it is called in SQL, with a text and a number above 0. */
  static final String NAME = "scenerank_fingerprint_mod";

  private final HashFunction fingerprint = Hashing.farmHashFingerprint64();

  /** Makes the function known to a database. */
  static void register(DuckDBConnection connection) throws SQLException {
    try (DuckDBScalarFunctionBuilder builder = DuckDBFunctions.scalarFunction()) {
      builder
          .withName(NAME)
          .withParameters(DuckDBColumnType.VARCHAR, DuckDBColumnType.INTEGER)
          .withReturnType(DuckDBColumnType.INTEGER)
          .withVectorizedFunction(new FingerprintFunction())
          .register(connection);
    }
  }

  @Override
  public void apply(DuckDBDataChunkReader input, DuckDBWritableVector output) {
    DuckDBReadableVector texts = input.vector(0);
    DuckDBReadableVector numbers = input.vector(1);
    long rows = input.rowCount();
    for (long row = 0; row < rows; row++) {
      if (texts.isNull(row) || numbers.isNull(row)) {
        output.setNull(row);
      } else {
        output.setInt(row, remainder(texts.getString(row), numbers.getInt(row)));
      }
    }
  }

  private int remainder(String text, int number) {
    long hash = fingerprint.hashString(text, StandardCharsets.UTF_8).asLong();
    return (int) Long.remainderUnsigned(hash, number);
  }
}
