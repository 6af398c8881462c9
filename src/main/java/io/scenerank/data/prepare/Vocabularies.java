package io.scenerank.data.prepare;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.DuckDb;
import io.scenerank.feature.Vocabulary;
import io.scenerank.files.InnerPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The vocabularies of a data set, by table: files of value → id, and a DuckDB ENUM of the values in
 * the order of their ids, which looks them up while rows stream by in their order.
 *
 * @param files relative to the folder
 * @param sizes ids of each, 0 among them
 */
record Vocabularies(ImmutableMap<String, String> files, ImmutableMap<String, Integer> sizes) {
  private static final String FOLDER = "vocab";

  /**
   * Gives ids to the values of training rows, and to the texts of all rows: 1, 2, … in the order of
   * the values.
   *
   * @param values a file of feature values, with a flag {@link FeatureRows#TRAIN} and their time
   * @param clock tells the time
   * @throws InvalidInputException naming the table none of whose values occurs often enough
   */
  static Vocabularies build(
      WorkDatabase database,
      Description description,
      List<FeatureValue> features,
      Path values,
      SeenClock clock,
      Path folder)
      throws SQLException, IOException {
    Map<String, VocabularyRule> rules =
        Maps.uniqueIndex(VocabularyRule.of(description), VocabularyRule::table);
    Map<String, ColumnDescription> tables = new LinkedHashMap<>();
    for (FeatureValue feature : features) {
      if (feature.column().hasVocabulary() || feature.column().isText()) {
        tables.putIfAbsent(feature.column().embName(), feature.column());
      }
    }
    Files.createDirectories(folder.resolve(FOLDER));
    ImmutableMap<String, String> files = fileNames(tables.keySet());
    VocabularyGrowth growth =
        new VocabularyGrowth(
            database,
            values,
            clock,
            VocabularyGrowth.newest(database, values, clock, ImmutableList.of()));
    int done = 0;
    for (Map.Entry<String, ColumnDescription> table : tables.entrySet()) {
      VocabularyRule rule = rules.get(table.getKey());
      VocabularyFile file = VocabularyFile.of(folder, table.getKey(), files);
      if (rule == null) {
        DuckDb.copyToParquet(database.connection(), texts(table.getValue(), values), file.file());
      } else {
        growth.first(rule, rule.areIntegers(features), file);
      }
      database.at("vocabularies", ++done, tables.size(), "tables");
    }
    return open(database, files, ImmutableMap.of(), folder);
  }

  /**
   * These and the vocabularies of columns of texts, whose ids are each data set's own.
   *
   * @param values a file of feature values
   * @param names files of the vocabularies, relative to the folder
   * @param folder where the files are written
   */
  Vocabularies withTexts(
      WorkDatabase database,
      List<ColumnDescription> columns,
      Path values,
      ImmutableMap<String, String> names,
      Path folder)
      throws SQLException, IOException {
    Map<String, String> allFiles = new LinkedHashMap<>(files);
    Map<String, Integer> allSizes = new LinkedHashMap<>(sizes);
    for (ColumnDescription column : columns) {
      if (column.isText()) {
        String name = requireNonNull(names.get(column.embName()), column.embName());
        Path file = InnerPath.resolve(folder, "vocabulary '" + column.embName() + "'", name);
        Files.createDirectories(file.resolveSibling(""));
        Files.deleteIfExists(file);
        DuckDb.copyToParquet(database.connection(), texts(column, values), file);
        allFiles.put(column.embName(), name);
        allSizes.put(column.embName(), load(database, column.embName(), file, 0));
      }
    }
    return new Vocabularies(ImmutableMap.copyOf(allFiles), ImmutableMap.copyOf(allSizes));
  }

  /** All texts of a column, those of the rows to test on too, and the empty one, which is 0. */
  private static String texts(ColumnDescription column, Path values) {
    return "SELECT '' AS value, 0 AS id UNION ALL SELECT * FROM ("
        + numbered(column, values)
        + ") ORDER BY id";
  }

  private static String numbered(ColumnDescription column, Path values) {
    String name = DuckDb.name(column.name());
    return String.format(
        "SELECT value, CAST(row_number() OVER (ORDER BY value) AS INTEGER) AS id FROM"
            + " (SELECT CAST(v AS VARCHAR) AS value FROM (SELECT %s AS v FROM %s) WHERE v IS NOT"
            + " NULL GROUP BY v) ORDER BY value",
        column.isList() ? "unnest(" + name + ")" : name, WorkDatabase.rows(values));
  }

  private static ImmutableMap<String, String> fileNames(Set<String> tables) {
    Set<String> names = new HashSet<>();
    return ImmutableMap.copyOf(
        Maps.asMap(new LinkedHashSet<>(tables), table -> fileName(table, names)));
  }

  /** A name that any file system takes, other than those before. */
  private static String fileName(String table, Set<String> taken) {
    String name = table.replaceAll("[^\\p{L}\\p{M}\\p{N}_.-]", "_").replaceAll("^\\.", "_");
    String unique = name;
    for (int i = 2; !taken.add(unique.toLowerCase(Locale.ROOT)); i++) {
      unique = name + "-" + i;
    }
    return FOLDER + "/" + unique + ".parquet";
  }

  /**
   * Reads the vocabularies that a folder has.
   *
   * @param known ids of each table, 0 among them; where there are more than values, some have none
   * @throws InvalidInputException naming a file that is missing or whose ids are not 1, 2, …
   */
  static Vocabularies open(
      WorkDatabase database,
      ImmutableMap<String, String> files,
      Map<String, Integer> known,
      Path folder)
      throws SQLException {
    ImmutableMap.Builder<String, Integer> sizes = ImmutableMap.builder();
    for (String table : files.keySet()) {
      Path file = VocabularyFile.of(folder, table, files).file();
      if (!Files.isRegularFile(file)) {
        throw new InvalidInputException(file + ": no such file, expected a vocabulary");
      }
      sizes.put(table, load(database, table, file, known.getOrDefault(table, 0)));
    }
    return new Vocabularies(files, sizes.buildOrThrow());
  }

  private static int load(WorkDatabase database, String table, Path file, int known)
      throws SQLException {
    String all = DuckDb.parquet(file);
    String rows = "(SELECT * FROM " + all + " WHERE id <> 0 OR CAST(value AS VARCHAR) <> '')";
    record Ids(long count, long values, long ids, long first, long last) {}
    Ids ids =
        database
            .query(
                "SELECT count(*), count(DISTINCT value), count(DISTINCT id), min(id), max(id) FROM "
                    + rows,
                row ->
                    new Ids(
                        row.getLong(1),
                        row.getLong(2),
                        row.getLong(3),
                        row.getLong(4),
                        row.getLong(5)))
            .get(0);
    boolean hasEmpty = database.number("SELECT count(*) FROM " + all) > ids.count;
    if (ids.count == 0 && !hasEmpty) {
      throw new InvalidInputException(
          String.format(
              "vocabulary '%s': no value occurs often enough in the training rows; leave the column"
                  + " out or use a smaller min_count",
              table));
    }
    boolean different = ids.values == ids.count && ids.ids == ids.count;
    boolean inOrder = ids.first == 1 && ids.last == ids.count;
    boolean inTable = ids.first >= 1 && ids.last < known;
    if (ids.count > Integer.MAX_VALUE - 1
        || !different
        || (ids.count > 0 && !inOrder && !inTable)) {
      throw new InvalidInputException(
          file + ": expected different values with the ids 1, 2, … as prepare writes them");
    }
    boolean whole = inOrder && ids.last >= known - 1;
    database.execute(
        String.format(
            "CREATE OR REPLACE TYPE %s AS ENUM (%s)",
            type(table),
            ids.count == 0 || whole
                ? "SELECT CAST(value AS VARCHAR) FROM "
                    + (ids.count == 0 ? all : rows)
                    + " ORDER BY id"
                : withGaps(rows, known)));
    return (int) Math.max(ids.last + 1, known);
  }

  /**
   * The values of ids from 1 on. An id that no value has gets a text that is none: a blank at its
   * beginning would be removed.
   */
  private static String withGaps(String rows, int size) {
    return String.format(
        Locale.ROOT,
        "SELECT coalesce(CAST(value AS VARCHAR), ' ' || k) FROM range(1, %d) ids(k) LEFT JOIN %s v"
            + " ON v.id = k ORDER BY k",
        size,
        rows);
  }

  /**
   * Digests of the vocabularies, by table.
   *
   * @param folder where their files are
   */
  ImmutableMap<String, String> digests(WorkDatabase database, Path folder) throws SQLException {
    ImmutableMap.Builder<String, String> digests = ImmutableMap.builder();
    for (Map.Entry<String, String> table : files.entrySet()) {
      Vocabulary.Digest digest = new Vocabulary.Digest();
      database.forEach(
          "SELECT CAST(value AS VARCHAR), id FROM "
              + DuckDb.parquet(folder.resolve(table.getValue())),
          row -> digest.add(row.getString(1), row.getInt(2)));
      digests.put(table.getKey(), digest.digest());
    }
    return digests.buildOrThrow();
  }

  private static String type(String table) {
    return DuckDb.name("vocabulary " + table);
  }

  /** The id of a text, 0 where the table does not have it. */
  static String id(String table, String text) {
    return String.format("coalesce(CAST(enum_code(%s) AS INTEGER) + 1, 0)", known(table, text));
  }

  /** A text as a value of the table, NULL where the table does not have it. */
  static String known(String table, String text) {
    return String.format("TRY_CAST(%s AS %s)", text, type(table));
  }
}
