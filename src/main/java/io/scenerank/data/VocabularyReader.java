package io.scenerank.data;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.primitives.ImmutableIntArray;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.DuckDb.DuckDbOptions;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.Vocabulary;
import io.scenerank.files.InnerPath;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.duckdb.DuckDBConnection;

/**
 * Reads vocabularies: Parquet or CSV files with the columns {@code value} and {@code id}.
 *
 * <p>In Parquet a value is a text or an integer. In CSV the values are integers if all of them are
 * written as integers (no zeros in front), texts otherwise.
 */
final class VocabularyReader {
  private static final ImmutableSet<String> INTEGERS =
      ImmutableSet.of(
          "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER");

  private final DuckDbOptions options;

  VocabularyReader(DuckDbOptions options) {
    this.options = options;
  }

  /**
   * Reads every vocabulary that a data set has.
   *
   * @throws InvalidInputException as {@link #read(Path, String)}
   */
  ImmutableList<Vocabulary> read(PreparedDataset dataset) {
    return dataset.schema().vocabularies().entrySet().stream()
        .map(entry -> read(file(dataset.folder(), entry), entry.getKey()))
        .collect(ImmutableList.toImmutableList());
  }

  /**
   * Digests of the vocabularies that a data set has, by table; one whose file is missing is left
   * out.
   *
   * @throws InvalidInputException as {@link #read(Path, String)}
   */
  ImmutableMap<String, String> digests(Path folder, ImmutableMap<String, String> vocabularies) {
    ImmutableMap.Builder<String, String> digests = ImmutableMap.builder();
    for (Map.Entry<String, String> entry : vocabularies.entrySet()) {
      Path file = file(folder, entry);
      if (Files.isRegularFile(file)) {
        digests.put(entry.getKey(), read(file, entry.getKey()).digest());
      }
    }
    return digests.buildOrThrow();
  }

  /**
   * The texts of the ids of columns of texts, by column; that of the id 0 is empty.
   *
   * @param vocabularies files by table
   * @throws InvalidInputException naming a column without a vocabulary, or as {@link #read(Path,
   *     String)}
   */
  ImmutableMap<String, ImmutableList<String>> texts(
      Path folder, ImmutableMap<String, String> vocabularies, List<FeatureColumn> columns) {
    ImmutableMap.Builder<String, ImmutableList<String>> texts = ImmutableMap.builder();
    for (FeatureColumn column : columns) {
      String file = vocabularies.get(column.embName());
      if (file == null) {
        throw new InvalidInputException(
            folder.resolve(PreparedDataset.SCHEMA)
                + ": feature '"
                + column.name()
                + "' is of type text, but names no vocabulary, expected the texts of its ids");
      }
      texts.put(
          column.name(),
          texts(column, read(file(folder, Map.entry(column.embName(), file)), column.embName())));
    }
    return texts.buildOrThrow();
  }

  private static ImmutableList<String> texts(FeatureColumn column, Vocabulary vocabulary) {
    vocabulary.requireIdsBelow(column.vocabSize());
    String[] texts = new String[column.vocabSize()];
    Arrays.fill(texts, "");
    vocabulary.ids().forEach((text, id) -> texts[id] = text);
    return ImmutableList.copyOf(texts);
  }

  static Path file(Path folder, Map.Entry<String, String> entry) {
    return InnerPath.resolve(folder, "vocabulary '" + entry.getKey() + "'", entry.getValue());
  }

  /**
   * Reads one vocabulary.
   *
   * @param file {@code .csv}, or else Parquet
   * @param table the table whose ids they are
   * @throws InvalidInputException naming the file, and the value that occurs twice, is missing,
   *     cannot be looked up or has no id
   */
  Vocabulary read(Path file, String table) {
    if (!Files.isRegularFile(file)) {
      throw new InvalidInputException(file + ": no such file, expected a vocabulary");
    }
    boolean csv = DuckDb.isCsv(file);
    String source = DuckDb.vocabulary(file);
    try (DuckDBConnection connection =
            DuckDb.open(options, Optional.empty(), DuckDb.Access.file(file));
        Statement statement = connection.createStatement()) {
      Vocabulary.Builder vocabulary =
          integers(statement, source, csv) ? Vocabulary.integers(table) : Vocabulary.texts(table);
      try (ResultSet rows =
          statement.executeQuery(
              "SELECT CAST(value AS VARCHAR), TRY_CAST(id AS INTEGER) FROM " + source)) {
        add(vocabulary, rows);
      }
      return vocabulary.build();
    } catch (InvalidInputException e) {
      throw new InvalidInputException(file + ": " + e.getMessage(), e);
    } catch (SQLException e) {
      throw new InvalidInputException(
          file + ": cannot be read as a vocabulary (" + DuckDb.reason(e) + ")", e);
    }
  }

  /**
   * The ids of a vocabulary that were given to their values after a generation of it, in order.
   *
   * @param file Parquet, of data that was extended
   * @param below only ids below it
   * @throws InvalidInputException naming the file, if it does not say when ids were given
   */
  ImmutableIntArray idsSince(Path file, int generation, int below) {
    if (!Files.isRegularFile(file)) {
      throw new InvalidInputException(file + ": no such file, expected a vocabulary");
    }
    try (DuckDBConnection connection =
            DuckDb.open(options, Optional.empty(), DuckDb.Access.file(file));
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                String.format(
                    Locale.ROOT,
                    "SELECT DISTINCT id FROM %s WHERE since > %d AND id >= 0 AND id < %d ORDER BY id",
                    DuckDb.parquet(file),
                    generation,
                    below))) {
      ImmutableIntArray.Builder ids = ImmutableIntArray.builder();
      while (rows.next()) {
        ids.add(rows.getInt(1));
      }
      return ids.build();
    } catch (SQLException e) {
      throw new InvalidInputException(
          file
              + ": does not say in which generation its ids were given, expected the column"
              + " 'since' ("
              + DuckDb.reason(e)
              + ")",
          e);
    }
  }

  private static void add(Vocabulary.Builder vocabulary, ResultSet rows) throws SQLException {
    for (long row = 0; rows.next(); row++) {
      String value = rows.getString(1);
      int id = rows.getInt(2);
      if (rows.wasNull()) {
        throw new InvalidInputException(
            "row " + row + ": id is missing or not an integer of 32 bits, expected an id");
      }
      if (value != null) {
        vocabulary.add(value, id);
      } else if (id != 0) {
        throw new InvalidInputException(
            "row " + row + ": value is missing, but has the id " + id + ", expected 0");
      }
    }
  }

  private static boolean integers(Statement statement, String source, boolean csv)
      throws SQLException {
    String type = null;
    boolean hasId = false;
    try (ResultSet columns = statement.executeQuery("DESCRIBE SELECT * FROM " + source)) {
      while (columns.next()) {
        String name = columns.getString("column_name");
        type = name.equals("value") ? columns.getString("column_type") : type;
        hasId |= name.equals("id");
      }
    }
    if (type == null || !hasId) {
      throw new InvalidInputException("expected the columns 'value' and 'id'");
    }
    if (csv) {
      return areIntegers(statement, source);
    }
    if (!type.equals("VARCHAR") && !INTEGERS.contains(type)) {
      throw new InvalidInputException(
          "column 'value' is " + type + ", expected text or integers of 64 bits");
    }
    return !type.equals("VARCHAR");
  }

  private static boolean areIntegers(Statement statement, String source) throws SQLException {
    try (ResultSet values = statement.executeQuery("SELECT value FROM " + source)) {
      while (values.next()) {
        String value = values.getString(1);
        if (value != null && !Vocabulary.isInteger(value)) {
          return false;
        }
      }
      return true;
    }
  }
}
