package io.scenerank.run.rows;

import com.google.common.collect.ImmutableList;
import io.scenerank.config.InvalidInputException;
import io.scenerank.config.SpellingHint;
import io.scenerank.data.DuckDb;
import io.scenerank.data.DuckDb.DuckDbOptions;
import io.scenerank.serve.Ranker.InputSpec;
import java.nio.file.Path;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.duckdb.DuckDBConnection;

/** A file whose columns are a model's inputs by name. */
final class TypedTable {
  private final Path file;
  private final Path rows;
  private final DuckDbOptions options;

  private TypedTable(Path file, Path rows, DuckDbOptions options) {
    this.file = file;
    this.rows = rows;
    this.options = options;
  }

  static TypedTable ofParquet(Path file, DuckDbOptions options) {
    return new TypedTable(file, file, options);
  }

  /**
   * @param texts the rows of the file as Parquet, each value as its text
   */
  static TypedTable ofCsv(Path file, Path texts, DuckDbOptions options) {
    return new TypedTable(file, texts, options);
  }

  /**
   * Reads the rows in order.
   *
   * @param inputs what is read of each row
   * @param reader hears each row's values in the order of the inputs: Long, Float, Double, Boolean,
   *     String or byte[], or lists of such
   * @throws InvalidInputException naming the column that is missing, of another type or NULL
   */
  void read(ImmutableList<InputSpec> inputs, Consumer<List<Object>> reader) {
    try (DuckDBConnection connection =
            DuckDb.open(options, Optional.empty(), DuckDb.Access.file(rows));
        Statement statement = connection.createStatement()) {
      String select = select(inputs, types(statement));
      try (ResultSet result = statement.executeQuery(select)) {
        for (long row = 0; result.next(); row++) {
          reader.accept(values(inputs, result, row));
        }
      }
    } catch (SQLException e) {
      throw new InvalidInputException(file + ": cannot be read (" + DuckDb.reason(e) + ")", e);
    }
  }

  private boolean isTyped() {
    return file.equals(rows);
  }

  private Map<String, String> types(Statement statement) throws SQLException {
    Map<String, String> types = new LinkedHashMap<>();
    try (ResultSet result =
        statement.executeQuery("DESCRIBE SELECT * FROM " + DuckDb.parquet(rows))) {
      while (result.next()) {
        types.put(result.getString("column_name"), result.getString("column_type"));
      }
    }
    return types;
  }

  private String select(ImmutableList<InputSpec> inputs, Map<String, String> types) {
    return inputs.stream()
        .map(
            input -> {
              String type = types.get(input.name());
              if (type == null) {
                throw new InvalidInputException(
                    String.format(
                        "%s: no column '%s', which is an input of the model%s",
                        file, input.name(), SpellingHint.hint(input.name(), types.keySet())));
              }
              return new TypedColumn(file, input, type, isTyped()).expression();
            })
        .collect(Collectors.joining(", ", "SELECT ", " FROM " + DuckDb.parquet(rows)));
  }

  private List<Object> values(ImmutableList<InputSpec> inputs, ResultSet result, long row)
      throws SQLException {
    Object[] values = new Object[inputs.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = value(inputs.get(i), result.getObject(i + 1), row);
    }
    return Arrays.asList(values);
  }

  private Object value(InputSpec input, Object value, long row) throws SQLException {
    if (value == null) {
      throw new InvalidInputException(
          String.format(
              Locale.ROOT,
              "%s: column '%s', row %d: found NULL, expected a value",
              file,
              input.name(),
              row));
    }
    if (value instanceof Array array) {
      Object[] elements = (Object[]) array.getArray();
      Object[] list = new Object[elements.length];
      for (int i = 0; i < list.length; i++) {
        list[i] = value(input, elements[i], row);
      }
      return Arrays.asList(list);
    }
    return value instanceof java.sql.Blob blob
        ? blob.getBytes(1, (int) blob.length())
        : new TypedValue(file, input).of(value, row);
  }
}
