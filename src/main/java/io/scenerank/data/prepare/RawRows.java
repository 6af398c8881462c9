package io.scenerank.data.prepare;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Maps;
import io.scenerank.data.DuckDb;
import io.scenerank.data.FileAccess;
import io.scenerank.feature.EncodingFingerprint;
import io.scenerank.feature.InvalidInputException;
import io.scenerank.feature.Nearest;
import io.scenerank.feature.Schema;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Encodes raw rows as the rows of a prepared data set were: with the same expressions,
 * vocabularies, bins and side tables.
 */
public final class RawRows {
  private final Path folder;
  private final Encoding encoding;
  private final Schema schema;
  private final PrepareOptions options;

  private RawRows(Path folder, Encoding encoding, Schema schema, PrepareOptions options) {
    this.folder = folder;
    this.encoding = encoding;
    this.schema = schema;
    this.options = options;
  }

  /**
   * Opens the encoding of a prepared data set, or of a run that was trained on one.
   *
   * @throws InvalidInputException if it has none, or a damaged one
   */
  public static RawRows open(Path folder, PrepareOptions options) {
    if (!Encoding.isIn(folder)) {
      throw new InvalidInputException(
          folder.resolve(Encoding.FILE)
              + ": no such file, expected in a run that was trained on a data set of 'prepare'");
    }
    return new RawRows(folder, Encoding.read(folder), Encoding.schema(folder), options);
  }

  /** How rows are encoded; empty where the schema does not say it. */
  public EncodingFingerprint fingerprint() {
    return schema.fingerprint();
  }

  /**
   * Writes encoded rows as Parquet, in the order of the raw ones: a column a feature, in the types
   * of a prepared data set.
   *
   * @param files raw rows with the columns that the features need; others do not matter
   * @param features which features
   * @param work an empty folder for temporary files, which the caller deletes
   * @throws InvalidInputException naming the column that is not there, or file, row and value of
   *     what is no number or misses in a dense column
   * @throws IOException if the disk or the memory does not suffice
   */
  public RawReport encode(SourceFiles files, Set<String> features, Path work, Path target)
      throws IOException {
    FileSource source = new FileSource(files, encoding.description().csv());
    FileAccess access =
        FileAccess.file(target).withFiles(source.reads()).withFiles(encodingFiles());
    try (WorkDatabase database = new WorkDatabase(options, work, access)) {
      return encode(database, source, columns(features), target);
    } catch (SQLException e) {
      throw new IOException(source.label() + ": " + DuckDb.reason(e), e);
    }
  }

  /** The files of the folder that encode rows. */
  private List<Path> encodingFiles() {
    return Stream.concat(
            schema.vocabularies().values().stream(), encoding.sides().stream().map(SideTable::file))
        .map(folder::resolve)
        .toList();
  }

  private ImmutableList<ColumnDescription> columns(Set<String> features) {
    ImmutableList<ColumnDescription> all = encoding.description().columns();
    Set<String> unknown = new TreeSet<>(features);
    all.forEach(column -> unknown.remove(column.name()));
    if (!unknown.isEmpty()) {
      String name = unknown.iterator().next();
      throw new InvalidInputException(
          String.format(
              "%s: feature '%s', which the model reads, is not encoded here%s",
              folder.resolve(Encoding.FILE),
              name,
              Nearest.hint(name, all.stream().map(ColumnDescription::name).toList())));
    }
    return all.stream()
        .filter(column -> features.contains(column.name()))
        .collect(ImmutableList.toImmutableList());
  }

  private RawReport encode(
      WorkDatabase database,
      RawSource source,
      ImmutableList<ColumnDescription> columns,
      Path target)
      throws SQLException, IOException {
    ImmutableSet<String> names = source.columns(database).keySet();
    RawTable table = read(database, source, columns, names);
    FeatureValue.Planner planner =
        new FeatureValue.Planner(
            new Expressions(database, table, source.label(), names),
            Optional.of(encoding.integerSequences()));
    ImmutableList.Builder<FeatureValue> values = ImmutableList.builder();
    for (ColumnDescription column : columns) {
      values.add(planner.plan(column));
    }
    FeatureRows rows = new FeatureRows(source, table, Description.ALL_ROWS, values.build());
    RowChecks checks = new RowChecks();
    rows.addKindChecks(checks);
    rows.addChecks(checks);
    checks.run(database, rows.query(), source);
    long count = database.number("SELECT count(*) FROM " + WorkDatabase.rows(table.file()));
    if (count == 0) {
      throw new InvalidInputException(source.label() + ": no rows, expected at least one");
    }
    Path kept = rows.keep(database, "", count);
    FeatureIds ids = new FeatureIds(columns, encoding.edges(), encoding.hashFunction());
    Vocabularies.open(database, vocabularies(ids), folder);
    database.write(
        "SELECT " + ids.select() + " FROM " + WorkDatabase.rows(kept),
        target,
        EncodingFingerprint.NONE,
        new WorkDatabase.Step("encode", count, "rows"));
    return new RawReport(
        count, Unseen.count(database, ids, WorkDatabase.rows(kept)), database.notes());
  }

  private ImmutableMap<String, String> vocabularies(FeatureIds ids) {
    Set<String> tables = new HashSet<>();
    ids.withVocabulary().forEach(column -> tables.add(column.embName()));
    return ImmutableMap.copyOf(Maps.filterKeys(schema.vocabularies(), tables::contains));
  }

  /** The rows, joined with the side tables whose columns they do not bring themselves. */
  private RawTable read(
      WorkDatabase database,
      RawSource source,
      ImmutableList<ColumnDescription> columns,
      ImmutableSet<String> names)
      throws SQLException, IOException {
    Set<String> needed = new TreeSet<>();
    new ExpressionGuard(database, source.label())
        .columns(columns)
        .forEach(name -> needed.add(RawTables.small(name)));
    List<SideTable> sides =
        encoding.sides().stream().filter(side -> isNeeded(side, needed, names)).toList();
    for (SideTable side : sides) {
      for (String key : side.on().keySet()) {
        if (names.stream().noneMatch(key::equalsIgnoreCase)) {
          throw new InvalidInputException(
              String.format(
                  "%s: there is no column '%s', by which %s is joined%s",
                  source.label(), key, side.file(), Nearest.hint(key, names)));
        }
        needed.add(RawTables.small(key));
      }
    }
    ImmutableMap<String, RawKind> kinds =
        ImmutableMap.copyOf(
            Maps.filterKeys(encoding.allKinds(), name -> needed.contains(RawTables.small(name))));
    RawTable rows =
        new RawReader(database, encoding.description().missingValues()).read(source, kinds);
    return sides.isEmpty()
        ? rows
        : SideTable.join(database, rows, sides, folder, source.reading().total());
  }

  private static boolean isNeeded(SideTable side, Set<String> needed, Set<String> names) {
    List<String> wanted =
        side.joining().stream()
            .map(side::nameOf)
            .filter(name -> needed.contains(RawTables.small(name)))
            .toList();
    return !wanted.isEmpty()
        && !wanted.stream().allMatch(name -> names.stream().anyMatch(name::equalsIgnoreCase));
  }
}
