package io.scenerank.data.prepare;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.data.DuckDb;
import io.scenerank.data.DuckDb.DuckDbOptions;
import io.scenerank.data.PreparedDataset;
import io.scenerank.feature.Schema;
import java.nio.file.Path;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.duckdb.DuckDBConnection;

/**
 * The rows of a prepared data set, decoded.
 *
 * @param rows of training and then of test
 * @param trainRows how many are for training
 */
record FuzzPrepared(ImmutableList<ImmutableMap<String, Object>> rows, int trainRows) {

  /**
   * Reads a data set. A value is a text of a vocabulary, a list of them, a Double of a dense column
   * or a list of such, an Integer of a binned column or of a label; what is 0 in a vocabulary is
   * left out.
   */
  static FuzzPrepared read(Path data, Description description) throws SQLException {
    try (DuckDBConnection connection = DuckDb.open(new DuckDbOptions(1), Optional.empty())) {
      Reader reader = new Reader(connection, data, description);
      List<ImmutableMap<String, Object>> rows = new ArrayList<>(reader.rows(PreparedDataset.TRAIN));
      int train = rows.size();
      rows.addAll(reader.rows(PreparedDataset.TEST));
      return new FuzzPrepared(ImmutableList.copyOf(rows), train);
    }
  }

  private static final class Reader {
    private final DuckDBConnection connection;
    private final Path data;
    private final Description description;
    private final Map<String, Map<Long, String>> vocabularies = new HashMap<>();

    Reader(DuckDBConnection connection, Path data, Description description) throws SQLException {
      this.connection = connection;
      this.data = data;
      this.description = description;
      Schema schema = Encoding.schema(data);
      for (Map.Entry<String, String> table : schema.vocabularies().entrySet()) {
        Map<Long, String> values = new HashMap<>();
        read(
            "SELECT id, CAST(value AS VARCHAR) FROM "
                + DuckDb.parquet(data.resolve(table.getValue())),
            row -> values.put(row.getLong(1), row.getString(2)));
        vocabularies.put(table.getKey(), values);
      }
    }

    private <T> List<T> read(String sql, WorkDatabase.RowReader<T> reader) throws SQLException {
      List<T> rows = new ArrayList<>();
      try (Statement statement = connection.createStatement();
          ResultSet result = statement.executeQuery(sql)) {
        while (result.next()) {
          rows.add(reader.read(result));
        }
      }
      return rows;
    }

    List<ImmutableMap<String, Object>> rows(String name) throws SQLException {
      return read("SELECT * FROM " + DuckDb.parquet(data.resolve(name)), this::row);
    }

    private ImmutableMap<String, Object> row(ResultSet row) throws SQLException {
      ImmutableMap.Builder<String, Object> values = ImmutableMap.builder();
      for (ColumnDescription column : description.columns()) {
        Object value = value(column, row);
        if (value != null) {
          values.put(column.name(), value);
        }
      }
      for (String label : description.labels().keySet()) {
        values.put(label, row.getInt(label));
      }
      return values.buildOrThrow();
    }

    private static List<Double> vector(ColumnDescription column, ResultSet row)
        throws SQLException {
      return Arrays.stream((Object[]) row.getArray(column.name()).getArray())
          .map(number -> ((Number) number).doubleValue())
          .toList();
    }

    private Object value(ColumnDescription column, ResultSet row) throws SQLException {
      if (column.type() == ColumnDescription.Type.DENSE) {
        return column.dimension() == 1 ? row.getDouble(column.name()) : vector(column, row);
      }
      if (column.bins() > 0) {
        int bin = row.getInt(column.name());
        return bin == 0 ? null : bin;
      }
      Map<Long, String> vocabulary = vocabularies.get(column.embName());
      if (column.type() == ColumnDescription.Type.SEQUENCE) {
        Array ids = row.getArray(column.name());
        return Arrays.stream((Object[]) ids.getArray())
            .map(id -> ((Number) id).longValue())
            .filter(id -> id != 0)
            .map(vocabulary::get)
            .collect(Collectors.toList());
      }
      return vocabulary.get(row.getLong(column.name()));
    }
  }
}
