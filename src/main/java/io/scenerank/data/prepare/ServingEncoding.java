package io.scenerank.data.prepare;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import com.google.common.collect.Sets;
import io.scenerank.config.InvalidInputException;
import io.scenerank.config.SpellingHint;
import io.scenerank.data.DuckDb;
import io.scenerank.data.DuckDb.DuckDbOptions;
import io.scenerank.data.PreparedDataset;
import io.scenerank.feature.RawEncoding;
import io.scenerank.feature.RawEncoding.RawFeature;
import io.scenerank.feature.RawEncoding.RawFeature.Ids;
import io.scenerank.feature.RawEncoding.RawFeature.NumberTexts;
import io.scenerank.feature.RawEncoding.RawFeature.Spelling;
import io.scenerank.feature.Schema;
import io.scenerank.feature.Vocabulary;
import io.scenerank.files.InnerPath;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.duckdb.DuckDBConnection;

/**
 * The encoding of a data set in the terms of what a graph computes, so that a served model takes
 * the raw values that {@code predict} takes. What a graph does not compute is refused by name.
 */
final class ServingEncoding {
  private final Path folder;
  private final Encoding encoding;
  private final Schema schema;
  private final DuckDbOptions options;
  private final ServedColumns columns;
  private final Map<String, Vocabulary> vocabularies = new LinkedHashMap<>();

  private ServingEncoding(Path folder, DuckDbOptions options) {
    this.folder = folder;
    this.encoding = Encoding.read(folder);
    this.schema = Encoding.schema(folder);
    this.options = options;
    this.columns = new ServedColumns(encoding);
  }

  /**
   * Reads the encoding of a prepared data set, or of a run that was trained on one.
   *
   * @param features those that the model reads
   * @throws InvalidInputException if the folder has no encoding or a damaged one; naming every
   *     feature that is not encoded, or whose encoding a graph does not compute, and why
   */
  static RawEncoding read(Path folder, Set<String> features, DuckDbOptions options) {
    return new ServingEncoding(folder, options).read(features);
  }

  private RawEncoding read(Set<String> features) {
    List<ColumnDescription> read =
        encoding.description().columns().stream()
            .filter(column -> column.features().stream().anyMatch(features::contains))
            .toList();
    requireAll(features, read);
    List<String> refused = new ArrayList<>();
    for (ColumnDescription column : read) {
      columns
          .refusal(column)
          .ifPresent(reason -> refused.add("column '" + column.name() + "' " + reason));
    }
    if (!refused.isEmpty()) {
      throw new InvalidInputException(
          String.format(
              "%s: a graph cannot encode: %s; 'predict' encodes such rows, or leave the columns"
                  + " out",
              folder.resolve(Encoding.FILE), String.join("; ", refused)));
    }
    Map<String, RawFeature> byName = new LinkedHashMap<>();
    Map<String, String> sources = new LinkedHashMap<>();
    for (ColumnDescription column : read) {
      byName.put(column.name(), feature(column));
      sources.put(column.name(), columns.rawName(column));
      if (column.isWeighted()) {
        byName.put(column.weightsName(), new RawFeature.WeightsOf(column.name()));
      }
    }
    new KnownEncoding(folder, encoding, schema)
        .verify(Maps.transformValues(vocabularies, Vocabulary::digest), features);
    sources.entrySet().removeIf(source -> source.getKey().equals(source.getValue()));
    return new RawEncoding(
        ImmutableMap.copyOf(byName),
        ImmutableMap.copyOf(vocabularies),
        ImmutableMap.copyOf(sources));
  }

  private void requireAll(Set<String> features, List<ColumnDescription> read) {
    List<String> names = read.stream().flatMap(column -> column.features().stream()).toList();
    for (String name : Sets.difference(features, Set.copyOf(names))) {
      throw new InvalidInputException(
          String.format(
              "%s: feature '%s', which the model reads, is not encoded here%s",
              folder.resolve(Encoding.FILE),
              name,
              SpellingHint.hint(
                  name,
                  encoding.description().columns().stream()
                      .map(ColumnDescription::name)
                      .toList())));
    }
  }

  private RawFeature feature(ColumnDescription column) {
    Double missing = column.missing();
    return switch (column.type()) {
      case DENSE ->
          new RawFeature.Dense(
              columns.numberMarks(column),
              missing == null ? null : missing.floatValue(),
              texts(column));
      case SEQUENCE -> {
        String weightDelimiter = column.weightDelimiter();
        yield weightDelimiter == null
            ? sequence(column)
            : new RawFeature.Weighted(sequence(column), weightDelimiter);
      }
      case TEXT -> throw new IllegalArgumentException("texts are not encoded");
      case SPARSE ->
          column.bins() > 0
              ? new RawFeature.Binned(columns.numberMarks(column), edges(column), texts(column))
              : sparse(column);
    };
  }

  private NumberTexts texts(ColumnDescription column) {
    return new NumberTexts(columns.textMarks(column), columns.numberForm(column));
  }

  private ImmutableList<Double> edges(ColumnDescription column) {
    ImmutableList<Double> edges = encoding.edges().get(column.name());
    if (edges == null) {
      throw new InvalidInputException(
          String.format(
              "%s: column '%s' has bins, but no edges of them; expected some in 'edges'",
              folder.resolve(Encoding.FILE), column.name()));
    }
    return edges;
  }

  private RawFeature sparse(ColumnDescription column) {
    RawKind kind = columns.kind(column);
    Ids ids = ids(column);
    if (column.hasVocabulary() && kind == RawKind.INTEGER && holdsIntegers(column)) {
      return new RawFeature.Integers(
          columns.integerMarks(column), column.embName(), columns.textMarks(column));
    }
    return kind == RawKind.NUMBER
        ? new RawFeature.Numbers(
            columns.numberMarks(column), column.embName(), numbers(column.embName()), texts(column))
        : new RawFeature.Text(columns.textMarks(column), columns.spelling(column), ids);
  }

  private RawFeature sequence(ColumnDescription column) {
    Ids ids = ids(column);
    boolean integers = encoding.integerSequences().contains(column.name());
    Spelling element = integers ? Spelling.INTEGER : Spelling.AS_WRITTEN;
    if (!column.delimiter().isEmpty()) {
      return new RawFeature.Delimited(
          columns.textMarks(column), columns.spelling(column), column.delimiter(), element, ids);
    }
    // A mark of a missing value is left out of a list, which integers of one width cannot say.
    return integers
            && !column.isWeighted()
            && column.hasVocabulary()
            && holdsIntegers(column)
            && columns.integerMarks(column).isEmpty()
        ? new RawFeature.Integers(ImmutableList.of(), column.embName())
        : new RawFeature.Texts(columns.textMarks(column), element, ids);
  }

  private Ids ids(ColumnDescription column) {
    if (column.hash() > 0) {
      return new Ids.Buckets(column.hash());
    }
    vocabularies.computeIfAbsent(column.embName(), this::vocabulary);
    return new Ids.Lookup(column.embName());
  }

  private boolean holdsIntegers(ColumnDescription column) {
    return requireNonNull(vocabularies.get(column.embName()), column.embName()).kind()
        == Vocabulary.Kind.INTEGER;
  }

  private Vocabulary vocabulary(String table) {
    return PreparedDataset.vocabulary(file(table), table, options);
  }

  private Path file(String table) {
    String file = schema.vocabularies().get(table);
    if (file == null) {
      throw new InvalidInputException(
          folder + ": the schema names no vocabulary of the table '" + table + "'");
    }
    return InnerPath.resolve(folder, "vocabulary '" + table + "'", file);
  }

  /** The ids of a vocabulary's numbers, which are those texts that DuckDB writes of a DOUBLE. */
  private ImmutableMap<Double, Integer> numbers(String table) {
    Path file = file(table);
    ImmutableMap.Builder<Double, Integer> ids = ImmutableMap.builder();
    try (DuckDBConnection connection =
            DuckDb.open(options, Optional.empty(), DuckDb.Access.file(file));
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                String.format(
                    "SELECT number, id FROM (SELECT value, TRY_CAST(value AS DOUBLE) AS number, id"
                        + " FROM %s) WHERE CAST(number AS VARCHAR) = value",
                    DuckDb.parquet(file)))) {
      while (rows.next()) {
        ids.put(rows.getDouble(1), rows.getInt(2));
      }
    } catch (SQLException e) {
      throw new InvalidInputException(
          file + ": cannot be read as a vocabulary (" + DuckDb.reason(e) + ")", e);
    }
    return ids.buildOrThrow();
  }
}
