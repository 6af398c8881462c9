package io.scenerank.data.prepare;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.DuckDb;
import io.scenerank.data.prepare.SavedEncoding.RawReport;
import io.scenerank.feature.EncodingFingerprint;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Encodes raw rows as the rows of a prepared data set were: with the same expressions,
 * vocabularies, bins and side tables.
 */
final class RawRows {
  private final KnownEncoding known;
  private final PrepareOptions options;

  /**
   * @param known how the rows of the data set were encoded
   */
  RawRows(KnownEncoding known, PrepareOptions options) {
    this.known = known;
    this.options = options;
  }

  /**
   * Writes encoded rows as Parquet, in the order of the raw ones: a column a feature, in the types
   * of a prepared data set.
   *
   * @param source raw rows with the columns that the features need; others do not matter
   * @param features which features
   * @param work an empty folder for temporary files, which the caller deletes
   * @throws InvalidInputException naming the column that is not there, or file, row and value of
   *     what is not a number or misses in a dense column
   * @throws IOException if the disk or the memory does not suffice
   */
  RawReport encode(RawSource source, Set<String> features, Path work, Path target)
      throws IOException {
    DuckDb.Access access = known.access(source).withFiles(ImmutableList.of(target));
    try (WorkDatabase database = new WorkDatabase(options, work, access)) {
      return encode(database, source, known.columns(features), new Place(work, target));
    } catch (SQLException e) {
      throw new IOException(source.label() + ": " + DuckDb.reason(e), e);
    }
  }

  /** Where files are written. */
  private record Place(Path work, Path target) {}

  private RawReport encode(
      WorkDatabase database,
      RawSource source,
      ImmutableList<ColumnDescription> columns,
      Place place)
      throws SQLException, IOException {
    ImmutableSet<String> names = source.columns(database).keySet();
    Set<String> needed = new TreeSet<>();
    new ExpressionGuard(database, source.label())
        .columns(columns)
        .forEach(name -> needed.add(RawTables.small(name)));
    RawTable table = known.read(database, source, needed, names);
    return FailingExpression.of(
            database, source, table, columns, ImmutableMap.of(), Description.ALL_ROWS)
        .explained(() -> encode(database, source, columns, place, table));
  }

  private RawReport encode(
      WorkDatabase database,
      RawSource source,
      ImmutableList<ColumnDescription> columns,
      Place place,
      RawTable table)
      throws SQLException, IOException {
    ImmutableSet<String> names = source.columns(database).keySet();
    FeatureValue.Planner planner =
        new FeatureValue.Planner(
            new Expressions(database, table, source.label(), names),
            Optional.of(known.encoding().integerSequences()));
    ImmutableList.Builder<FeatureValue> values = ImmutableList.builder();
    for (ColumnDescription column : columns) {
      values.add(planner.plan(column));
    }
    FeatureRows rows = new FeatureRows(source, table, Description.ALL_ROWS, values.build());
    RowChecks checks = new RowChecks();
    rows.addKindChecks(checks, ImmutableSet.of());
    rows.addChecks(checks);
    checks.run(database, rows.query(), source);
    long count = database.number("SELECT count(*) FROM " + WorkDatabase.rows(table.file()));
    if (count == 0) {
      throw new InvalidInputException(source.label() + ": no rows, expected at least one");
    }
    Path kept = rows.keep(database, "", count);
    FeatureIds ids = known.ids(columns);
    Vocabularies vocabularies = known.vocabularies(database, ids);
    known.verify(
        vocabularies.digests(),
        columns.stream().map(ColumnDescription::name).collect(Collectors.toSet()));
    vocabularies.withTexts(database, columns, kept, known.schema().vocabularies(), place.work());
    database.write(
        "SELECT " + ids.select() + " FROM " + WorkDatabase.rows(kept),
        place.target(),
        EncodingFingerprint.NONE,
        new WorkDatabase.Step("encode", count, "rows"));
    return new RawReport(
        count,
        Unseen.of(database, ids, WorkDatabase.rows(kept)).values(),
        database.notes(),
        texts(database, columns, place.work()));
  }

  /** Of each column of texts, the texts of its ids. */
  private ImmutableMap<String, ImmutableList<String>> texts(
      WorkDatabase database, ImmutableList<ColumnDescription> columns, Path work)
      throws SQLException {
    ImmutableMap.Builder<String, ImmutableList<String>> texts = ImmutableMap.builder();
    for (ColumnDescription column : columns) {
      if (column.isText()) {
        String file =
            requireNonNull(known.schema().vocabularies().get(column.embName()), column.embName());
        texts.put(
            column.name(),
            database.query(
                "SELECT value FROM " + DuckDb.parquet(work.resolve(file)) + " ORDER BY id",
                row -> row.getString(1)));
      }
    }
    return texts.buildOrThrow();
  }
}
