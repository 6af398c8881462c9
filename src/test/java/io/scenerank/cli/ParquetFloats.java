package io.scenerank.cli;

import io.scenerank.data.DuckDb;
import io.scenerank.data.DuckDb.DuckDbOptions;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.duckdb.DuckDBConnection;

/** Reads a file of scores. */
public final class ParquetFloats {
  private ParquetFloats() {}

  /** The columns {@code click} and {@code like}, [column][row]. */
  public static float[][] read(Path file) throws SQLException {
    List<float[]> rows = new ArrayList<>();
    try (DuckDBConnection connection = DuckDb.open(DuckDbOptions.DEFAULT, Optional.empty());
        Statement statement = connection.createStatement();
        ResultSet result =
            statement.executeQuery(
                "SELECT click, \"like\" FROM read_parquet(" + DuckDb.text(file.toString()) + ")")) {
      while (result.next()) {
        rows.add(new float[] {result.getFloat(1), result.getFloat(2)});
      }
    }
    float[][] columns = new float[2][rows.size()];
    for (int i = 0; i < rows.size(); i++) {
      columns[0][i] = rows.get(i)[0];
      columns[1][i] = rows.get(i)[1];
    }
    return columns;
  }
}
