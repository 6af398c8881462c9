package io.scenerank.data.prepare;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.DuckDb;
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
 * The vocabularies of a data set, by table: files of value → id, whose ids {@link IdFunction} looks
 * up in the database while rows stream by in their order.
 *
 * @param files relative to the folder
 * @param sizes ids of each, 0 among them
 * @param digests of those that were opened
 */
record Vocabularies(
    ImmutableMap<String, String> files,
    ImmutableMap<String, Integer> sizes,
    ImmutableMap<String, String> digests) {
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
        allSizes.put(column.embName(), load(database, column.embName(), file, 0).size());
      }
    }
    return new Vocabularies(ImmutableMap.copyOf(allFiles), ImmutableMap.copyOf(allSizes), digests);
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
    ImmutableMap.Builder<String, String> digests = ImmutableMap.builder();
    for (String table : files.keySet()) {
      Path file = VocabularyFile.of(folder, table, files).file();
      if (!Files.isRegularFile(file)) {
        throw new InvalidInputException(file + ": no such file, expected a vocabulary");
      }
      VocabularyScan.Loaded loaded = load(database, table, file, known.getOrDefault(table, 0));
      sizes.put(table, loaded.size());
      digests.put(table, loaded.digest());
    }
    return new Vocabularies(files, sizes.buildOrThrow(), digests.buildOrThrow());
  }

  private static VocabularyScan.Loaded load(
      WorkDatabase database, String table, Path file, int known) throws SQLException {
    VocabularyScan.Loaded loaded = VocabularyScan.load(database, table, file, known);
    database.ids().set(table, loaded.ids());
    return loaded;
  }

  /**
   * Digests of vocabularies that are not opened, by table.
   *
   * @param files relative to the folder
   */
  static ImmutableMap<String, String> digests(
      WorkDatabase database, ImmutableMap<String, String> files, Path folder) throws SQLException {
    ImmutableMap.Builder<String, String> digests = ImmutableMap.builder();
    for (Map.Entry<String, String> table : files.entrySet()) {
      digests.put(
          table.getKey(), VocabularyScan.digest(database, folder.resolve(table.getValue())));
    }
    return digests.buildOrThrow();
  }

  /** The id of a text, 0 where the table does not have it. */
  static String id(String table, String text) {
    return String.format("coalesce(%s, 0)", found(table, text));
  }

  /** The id of a text, NULL where the table does not have it. */
  static String known(String table, String text) {
    return String.format("nullif(%s, 0)", found(table, text));
  }

  private static String found(String table, String text) {
    return String.format("%s(%s, %s)", IdFunction.NAME, DuckDb.text(table), text);
  }
}
