package io.scenerank.data.prepare;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Maps;
import io.scenerank.config.InvalidInputException;
import io.scenerank.config.SpellingHint;
import io.scenerank.data.DuckDb;
import io.scenerank.data.PreparedDataset;
import io.scenerank.feature.EncodingFingerprint;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.Schema;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * How the rows of a prepared data set, or of the one that a run was trained on, were encoded: reads
 * other raw rows as those were read.
 *
 * @param folder of the data set or the run
 */
record KnownEncoding(Path folder, Encoding encoding, Schema schema) {

  /**
   * Reads a folder's encoding.
   *
   * @throws InvalidInputException if it has none, or a damaged one
   */
  static KnownEncoding open(Path folder) {
    if (!Encoding.isIn(folder)) {
      throw new InvalidInputException(
          folder.resolve(Encoding.FILE)
              + ": no such file, expected in a run that was trained on a data set of 'prepare'");
    }
    return new KnownEncoding(folder, Encoding.read(folder), Encoding.schema(folder));
  }

  /** What is read to encode rows: the rows, the vocabularies and the side tables. */
  DuckDb.Access access(RawSource source) {
    return DuckDb.Access.NONE
        .withFiles(source.reads())
        .withFiles(
            Stream.concat(
                    Stream.concat(
                        schema.vocabularies().values().stream(),
                        VocabularyFile.pending(schema.vocabularies())),
                    encoding.sides().stream().map(SideTable::file))
                .map(folder::resolve)
                .toList());
  }

  /**
   * The columns of these features.
   *
   * @throws InvalidInputException naming a feature that is not encoded here
   */
  ImmutableList<ColumnDescription> columns(Set<String> features) {
    ImmutableList<ColumnDescription> all = encoding.description().columns();
    Set<String> unknown = new TreeSet<>(features);
    all.forEach(column -> unknown.removeAll(column.features()));
    if (!unknown.isEmpty()) {
      String name = unknown.iterator().next();
      throw new InvalidInputException(
          String.format(
              "%s: feature '%s', which the model reads, is not encoded here%s",
              folder.resolve(Encoding.FILE),
              name,
              SpellingHint.hint(name, all.stream().map(ColumnDescription::name).toList())));
    }
    return all.stream()
        .filter(column -> column.features().stream().anyMatch(features::contains))
        .collect(ImmutableList.toImmutableList());
  }

  /** What the columns' values become. */
  FeatureIds ids(ImmutableList<ColumnDescription> columns) {
    return new FeatureIds(columns, encoding.edges(), encoding.hashFunction());
  }

  /**
   * Reads the vocabularies that ids come from, into the database.
   *
   * @throws InvalidInputException naming a file that is missing or damaged
   */
  Vocabularies vocabularies(WorkDatabase database, FeatureIds ids) throws SQLException {
    Set<String> tables = new HashSet<>();
    ids.withVocabulary().forEach(column -> tables.add(column.embName()));
    return Vocabularies.open(
        database,
        ImmutableMap.copyOf(Maps.filterKeys(schema.vocabularies(), tables::contains)),
        sizes(),
        folder);
  }

  /** Ids of each table, 0 among them. */
  ImmutableMap<String, Integer> sizes() {
    return schema.layout().columns().stream()
        .filter(FeatureColumn::isCategorical)
        .collect(
            ImmutableMap.toImmutableMap(
                FeatureColumn::embName, FeatureColumn::vocabSize, (one, other) -> one));
  }

  /**
   * Checks that the schema, the encoding and the vocabularies are of one data set.
   *
   * @param digests of the tables' vocabularies as they are, by table
   * @param features those that are encoded
   * @return how they are encoded
   * @throws InvalidInputException naming the tables and columns of which the files say different
   *     things
   */
  EncodingFingerprint verify(Map<String, String> digests, Set<String> features) {
    List<FeatureColumn> columns =
        schema.layout().columns().stream()
            .filter(column -> features.contains(column.name()))
            .toList();
    EncodingFingerprint actual = new FingerprintMaker(encoding).make(digests).only(columns);
    EncodingFingerprint.Comparison comparison = schema.fingerprint().compare(actual, columns);
    if (!comparison.agrees()) {
      throw new InvalidInputException(
          String.format(
              "%s: encoded otherwise than %s and the vocabularies next to it say: %s; one of these"
                  + " files belongs to another data set",
              folder.resolve(PreparedDataset.SCHEMA), Encoding.FILE, comparison.differences()));
    }
    return actual.withEarlierOf(schema.fingerprint());
  }

  /**
   * Reads rows, joined with the side tables whose columns they do not bring themselves.
   *
   * @param needed names of columns in small letters
   * @param names all columns of the rows
   * @throws InvalidInputException if the rows are encoded already, or lack what a side table is
   *     joined by
   */
  RawTable read(
      WorkDatabase database, RawSource source, Set<String> needed, ImmutableSet<String> names)
      throws SQLException, IOException {
    source.requireRaw(database);
    Set<String> all = new TreeSet<>(needed);
    List<SideTable> sides =
        encoding.sides().stream().filter(side -> isNeeded(side, needed, names)).toList();
    for (SideTable side : sides) {
      for (String key : side.on().keySet()) {
        if (names.stream().noneMatch(key::equalsIgnoreCase)) {
          throw new InvalidInputException(
              String.format(
                  "%s: there is no column '%s', by which %s is joined%s",
                  source.label(), key, side.file(), SpellingHint.hint(key, names)));
        }
        all.add(RawTables.small(key));
      }
    }
    ImmutableMap<String, RawKind> kinds =
        ImmutableMap.copyOf(
            Maps.filterKeys(encoding.allKinds(), name -> all.contains(RawTables.small(name))));
    RawTable rows =
        new RawReader(
                database,
                encoding.description().missingValues(),
                encoding.description().rawFormats())
            .read(source, kinds);
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
