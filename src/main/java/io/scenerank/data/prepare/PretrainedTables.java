package io.scenerank.data.prepare;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Sets;
import io.scenerank.config.InvalidInputException;
import io.scenerank.config.SpellingHint;
import io.scenerank.data.DuckDb;
import io.scenerank.feature.EncodingFingerprint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Writes the pretrained embeddings of a data set: {@code pretrained/<table>.parquet} with the
 * columns {@code value}, as the vocabulary's values are written as texts, and {@code embedding}.
 * Vectors of values without an id are kept, for days on which they get one.
 */
final class PretrainedTables {
  private static final String FOLDER = "pretrained";
  private static final ImmutableSet<StagedType> NUMBERS =
      Sets.immutableEnumSet(StagedType.BIGINT, StagedType.DOUBLE);

  private final WorkDatabase database;
  private final Description description;
  private final ImmutableMap<String, String> vocabularies;
  private final Path folder;

  /**
   * @param vocabularies the file of each table's vocabulary, in the folder
   * @param folder of the data set
   */
  PretrainedTables(
      WorkDatabase database,
      Description description,
      ImmutableMap<String, String> vocabularies,
      Path folder) {
    this.database = database;
    this.description = description;
    this.vocabularies = vocabularies;
    this.folder = folder;
  }

  /** One column of a pretrained file, as messages name it. */
  private record Source(ColumnDescription column, PretrainedDescription of, Path file) {
    String place(String name) {
      return file + ": column '" + name + "'";
    }
  }

  /**
   * Writes the vectors of files; those that an earlier data set left in the folder are kept for
   * values that a file lacks.
   *
   * @return the files of the tables, in the folder
   * @throws InvalidInputException naming the file and the column or the row that is wrong
   */
  ImmutableMap<String, String> write(PretrainedFiles files) throws SQLException, IOException {
    Map<String, String> written = new LinkedHashMap<>();
    for (ColumnDescription column : description.columns()) {
      PretrainedDescription of = column.pretrained();
      if (of != null && !written.containsKey(column.embName())) {
        String name = FOLDER + "/" + fileName(column);
        Path target = folder.resolve(name);
        Path given = files.byTable().get(column.embName());
        if (given != null) {
          write(new Source(column, of, given), target);
        }
        if (Files.exists(target)) {
          written.put(column.embName(), name);
          database.note(coverage(column, of, target));
        }
      }
    }
    return ImmutableMap.copyOf(written);
  }

  /** The vocabulary's file has a name that any table can have. */
  private String fileName(ColumnDescription column) {
    return Path.of(vocabulary(column)).getFileName().toString();
  }

  private String vocabulary(ColumnDescription column) {
    String file = vocabularies.get(column.embName());
    if (file == null) {
      throw new IllegalStateException("no vocabulary of " + column.embName());
    }
    return file;
  }

  private void write(Source source, Path target) throws SQLException, IOException {
    String rows = rows(source);
    check(source, rows);
    Files.createDirectories(target.getParent());
    Path next = target.resolveSibling(target.getFileName() + ".new");
    String own = "SELECT k AS value, CAST(v AS FLOAT[]) AS embedding FROM (" + rows + ")";
    String earlier =
        Files.exists(target)
            ? String.format(
                " UNION ALL SELECT value, embedding FROM %1$s WHERE value NOT IN (SELECT k FROM"
                    + " (%2$s))",
                DuckDb.parquet(target), rows)
            : "";
    database.write(
        own + earlier, next, EncodingFingerprint.NONE, new WorkDatabase.Step(FOLDER, 1, "tables"));
    Files.move(next, target, StandardCopyOption.REPLACE_EXISTING);
  }

  /** A query of the number {@code r}, the key {@code k} and the vector {@code v} of each row. */
  private String rows(Source source) throws SQLException {
    String file = WorkDatabase.rows(source.file());
    ImmutableMap<String, String> types = database.columns("SELECT * FROM " + file);
    String keyType = type(source, types, source.of().key());
    String valueType = type(source, types, source.of().value());
    String list = "CAST(" + DuckDb.name(source.of().value()) + " AS DOUBLE[])";
    if (!NUMBERS.contains(StagedType.of(valueType.replaceFirst("\\[[0-9]*]$", "")))
        || !valueType.endsWith("]")) {
      throw new InvalidInputException(
          String.format(
              "%s is %s, expected lists of numbers", source.place(source.of().value()), valueType));
    }
    return String.format(
        "SELECT file_row_number AS r, %s AS k, %s AS v FROM %s", key(source, keyType), list, file);
  }

  private static String type(Source source, ImmutableMap<String, String> types, String name) {
    String type = types.get(name);
    if (type == null) {
      throw new InvalidInputException(
          String.format(
              "%s: there is no column '%s'%s",
              source.file(), name, SpellingHint.hint(name, types.keySet())));
    }
    return type;
  }

  /** The key as the vocabulary's values are written. */
  private String key(Source source, String type) throws SQLException {
    String name = DuckDb.name(source.of().key());
    String text =
        StagedType.of(type) == StagedType.DOUBLE
            ? "nullif(CAST(CAST(" + name + " AS DOUBLE) AS VARCHAR), 'nan')"
            : "nullif(trim(CAST(" + name + " AS VARCHAR)), '')";
    boolean integers =
        !database
            .columns(
                "SELECT value FROM " + DuckDb.parquet(folder.resolve(vocabulary(source.column()))))
            .containsValue("VARCHAR");
    return integers ? RawKind.integral(text) : text;
  }

  private void check(Source source, String rows) throws SQLException {
    String key = source.of().key();
    String value = source.of().value();
    int width = description.embDim(source.column());
    requireNone(source.place(key), rows, "k IS NULL", "k", "a value");
    database.query(
        String.format(
            "SELECT k, count(*), min(r), max(r) FROM (%s) GROUP BY k HAVING count(*) > 1"
                + " ORDER BY min(r) LIMIT 1",
            rows),
        row -> {
          throw new InvalidInputException(
              String.format(
                  Locale.ROOT,
                  "%s: '%s' occurs %d times, first in the rows %d and %d; expected once",
                  source.place(key),
                  row.getString(1),
                  row.getLong(2),
                  row.getLong(3),
                  row.getLong(4)));
        });
    requireNone(
        source.place(value),
        rows,
        "v IS NULL OR len(v) <> " + width,
        "len(v) || ' numbers'",
        String.format(
            Locale.ROOT,
            "%d numbers, the emb_dim of the column '%s'",
            width,
            source.column().name()));
    String wrong = "list_filter(v, lambda x: NOT " + FeatureIds.isFinite("x") + ")";
    requireNone(
        source.place(value),
        rows,
        "len(" + wrong + ") > 0",
        "coalesce(CAST(" + wrong + "[1] AS VARCHAR), 'nothing')",
        "finite floats");
  }

  private void requireNone(String place, String rows, String bad, String found, String expected)
      throws SQLException {
    database.query(
        String.format(
            "SELECT r, CAST(%s AS VARCHAR) FROM (%s) WHERE %s ORDER BY r LIMIT 1",
            found, rows, bad),
        row -> {
          throw new InvalidInputException(
              String.format(
                  Locale.ROOT,
                  "%s, row %d: found %s, expected %s",
                  place,
                  row.getLong(1),
                  Optional.ofNullable(row.getString(2)).orElse("nothing"),
                  expected));
        });
  }

  /** How many values have a vector. */
  private String coverage(ColumnDescription column, PretrainedDescription of, Path target)
      throws SQLException {
    String values = DuckDb.parquet(folder.resolve(vocabulary(column)));
    long all = database.number("SELECT count(*) FROM " + values + " WHERE id > 0");
    long found =
        database.number(
            String.format(
                "SELECT count(*) FROM %s WHERE id > 0 AND CAST(value AS VARCHAR) IN (SELECT value"
                    + " FROM %s)",
                values, DuckDb.parquet(target)));
    if (found == 0) {
      throw new InvalidInputException(
          String.format(
              "column '%s': pretrained: none of its values is in the column '%s' of %s",
              column.name(), of.key(), of.file()));
    }
    return String.format(
        Locale.ROOT,
        "column '%s': %,d of %,d values have a pretrained embedding%s",
        column.name(),
        found,
        all,
        found == all
            ? ""
            : of.trainable()
                ? "; those of the others are drawn as usual"
                : "; those of the others are zero");
  }
}
