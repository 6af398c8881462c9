package io.scenerank.data.prepare;

import com.google.common.collect.ImmutableMap;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.DuckDb;
import io.scenerank.files.InnerPath;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A vocabulary on the disk: a file with the columns {@code value}, {@code id}, {@code count} (how
 * often the value occurred in the training rows of all days), {@code last_seen} (the time of the
 * newest of these rows) and {@code since} (the generation in which the value got the id), in the
 * order of the ids; and a file of the values that wait for more occurrences, with {@code value},
 * {@code count} and {@code last_seen}, where there are some. Older data sets have {@code value} and
 * {@code id} alone.
 *
 * @param table the table of the ids
 * @param file may be missing only where it is written first
 * @param pending the values that wait; need not exist
 */
record VocabularyFile(String table, Path file, Path pending) {
  private static final String SUFFIX = ".parquet";
  private static final String PENDING = ".pending";

  /**
   * The files of a table.
   *
   * @param vocabularies files of all tables, relative to the folder, by table
   */
  static VocabularyFile of(Path folder, String table, ImmutableMap<String, String> vocabularies) {
    String name = vocabularies.get(table);
    if (name == null) {
      throw new InvalidInputException(
          folder + ": the schema names no vocabulary of the table '" + table + "'");
    }
    String what = "vocabulary '" + table + "'";
    return new VocabularyFile(
        table,
        InnerPath.resolve(folder, what, name),
        InnerPath.resolve(folder, what, pending(name, vocabularies.values())));
  }

  /** Names of the files of values that wait, for each of some vocabularies. */
  static Stream<String> pending(ImmutableMap<String, String> vocabularies) {
    return vocabularies.values().stream().map(name -> pending(name, vocabularies.values()));
  }

  /** A table may be called as another one with the word behind. */
  private static String pending(String name, Collection<String> taken) {
    String pending = name.endsWith(SUFFIX) ? name.substring(0, name.length() - 8) : name;
    do {
      pending += PENDING;
    } while (taken.stream().anyMatch((pending + SUFFIX)::equalsIgnoreCase));
    return pending + SUFFIX;
  }

  /**
   * What the files say of the values.
   *
   * @param type of the values: BIGINT or VARCHAR
   * @param sql a query of {@code value}, {@code id}, {@code since}, {@code count} and {@code
   *     last_seen}; of a value that waits, id and since are NULL
   * @param counted whether occurrences were counted when the files were written
   */
  record Content(String type, String sql, boolean counted) {}

  /**
   * Reads what kinds of columns there are.
   *
   * @throws InvalidInputException naming a file that is missing or damaged
   */
  Content content(WorkDatabase database, SeenClock clock) throws SQLException {
    ImmutableMap<String, String> columns = columns(database, file);
    boolean counted = columns.containsKey("count");
    String type = "VARCHAR".equals(columns.get("value")) ? "VARCHAR" : "BIGINT";
    StringBuilder sql = new StringBuilder("SELECT CAST(value AS " + type + ") AS value, ");
    sql.append("CAST(id AS INTEGER) AS id, ");
    sql.append(columns.containsKey("since") ? "CAST(since AS INTEGER)" : "0").append(" AS since, ");
    sql.append(counted ? "CAST(count AS BIGINT)" : "CAST(0 AS BIGINT)").append(" AS count, ");
    sql.append(lastSeen(clock, columns, file)).append(" FROM ").append(DuckDb.parquet(file));
    sql.append(" WHERE id <> 0");
    if (Files.isRegularFile(pending)) {
      sql.append(" UNION ALL SELECT CAST(value AS ").append(type);
      sql.append("), NULL, NULL, CAST(count AS BIGINT), ");
      sql.append(lastSeen(clock, columns(database, pending), pending));
      sql.append(" FROM ").append(DuckDb.parquet(pending));
    }
    return new Content(type, sql.toString(), counted);
  }

  private static String lastSeen(SeenClock clock, ImmutableMap<String, String> columns, Path file) {
    Optional<String> type = Optional.ofNullable(columns.get("last_seen"));
    return clock.before(type, "last_seen", file.toString()) + " AS last_seen";
  }

  private static ImmutableMap<String, String> columns(WorkDatabase database, Path file)
      throws SQLException {
    if (!Files.isRegularFile(file)) {
      throw new InvalidInputException(file + ": no such file, expected a vocabulary");
    }
    ImmutableMap<String, String> columns;
    try {
      columns = database.columns("SELECT * FROM " + DuckDb.parquet(file));
    } catch (SQLException e) {
      throw new InvalidInputException(
          file + ": cannot be read as a vocabulary (" + DuckDb.reason(e) + ")", e);
    }
    if (!columns.containsKey("value")) {
      throw new InvalidInputException(file + ": expected the columns 'value' and 'id'");
    }
    return columns;
  }
}
