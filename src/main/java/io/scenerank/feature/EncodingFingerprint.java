package io.scenerank.feature;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.util.StdConverter;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Iterables;
import com.google.common.collect.Maps;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.BinaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Tells whether the ids of two data sets mean the same values. A data set has one, and the runs,
 * checkpoints and exports of models that were trained on it have the same.
 *
 * @param columns by feature; a feature about which nothing is known is left out
 */
@JsonDeserialize(converter = EncodingFingerprint.FromColumns.class)
public record EncodingFingerprint(@JsonValue ImmutableMap<String, Column> columns) {
  /** Of data about whose encoding nothing is known. */
  public static final EncodingFingerprint NONE = new EncodingFingerprint(ImmutableMap.of());

  /**
   * How a feature's values become ids or numbers.
   *
   * @param table the table that the feature shares with others; null of a dense feature
   * @param vocabulary digest of the table's values and ids; null where it has no vocabulary
   * @param encoding digest of what else decides: expression, delimiter, bins, buckets; null where
   *     that is not known
   * @param earlier digests of the vocabularies that this one was extended from, oldest first: that
   *     of the generation {@code g} at {@code g}
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Column(
      @JsonProperty("table") @Nullable String table,
      @JsonProperty("vocabulary") @Nullable String vocabulary,
      @JsonProperty("encoding") @Nullable String encoding,
      @JsonProperty("earlier") @JsonInclude(JsonInclude.Include.NON_EMPTY)
          ImmutableList<String> earlier) {

    /** A file of a data set that extends no other has no {@code earlier}. */
    public Column {
      earlier = earlier == null ? ImmutableList.of() : earlier;
    }

    /** Of the first data set with this vocabulary. */
    public Column(@Nullable String table, @Nullable String vocabulary, @Nullable String encoding) {
      this(table, vocabulary, encoding, ImmutableList.of());
    }

    /** How often the vocabulary was extended. */
    public int generation() {
      return earlier.size();
    }

    /**
     * The generation of this vocabulary that another one was.
     *
     * @return empty if this one was not extended from it
     */
    private OptionalInt generationOf(Column other) {
      int own = other.generation();
      if (own < earlier.size() && earlier.get(own).equals(other.vocabulary)) {
        return OptionalInt.of(own);
      }
      int found = earlier.lastIndexOf(other.vocabulary);
      return found < 0 ? OptionalInt.empty() : OptionalInt.of(found);
    }

    private Column withVocabulary(Column read) {
      return new Column(table, read.vocabulary, encoding, earlier);
    }

    private Column grownTo(Column later) {
      return new Column(table, later.vocabulary, encoding, later.earlier);
    }

    private Column withEarlier(Column known) {
      return Objects.equals(vocabulary, known.vocabulary)
          ? new Column(table, vocabulary, encoding, known.earlier)
          : this;
    }

    /** The fingerprint of an extension of this vocabulary, whose digest is not known yet. */
    private Column extended(Column next) {
      return vocabulary == null
          ? next
          : new Column(
              next.table,
              next.vocabulary,
              next.encoding,
              ImmutableList.<String>builder().addAll(earlier).add(vocabulary).build());
    }

    private boolean comparesWith(Column other) {
      return (vocabulary != null && other.vocabulary != null)
          || (encoding != null && other.encoding != null);
    }
  }

  /**
   * How two encodings compare.
   *
   * @param differing the tables and columns that are encoded otherwise, as messages name them
   * @param later by table whose vocabulary in the data extends the model's, the generation of it
   *     that the model was trained on
   * @param older the tables whose vocabulary in the model extends that of the data
   * @param unchecked the features with ids of which one of the two says nothing
   */
  public record Comparison(
      ImmutableList<String> differing,
      ImmutableMap<String, Integer> later,
      ImmutableList<String> older,
      ImmutableList<String> unchecked) {
    private static final int MOST_SHOWN = 4;

    /** Whether nothing is encoded otherwise. */
    public boolean agrees() {
      return differing.isEmpty() && later.isEmpty() && older.isEmpty();
    }

    /**
     * Whether all that differs is that the data has newer vocabularies, so that a model can grow.
     */
    public boolean grows() {
      return differing.isEmpty() && older.isEmpty() && !later.isEmpty();
    }

    /** What differs, the first few of it. */
    public String differences() {
      ImmutableList.Builder<String> all = ImmutableList.<String>builder().addAll(differing);
      later.keySet().forEach(table -> all.add(table(table) + " (the data's is of a later day)"));
      older.forEach(table -> all.add(table(table) + " (the data's is of an earlier day)"));
      return shown(all.build());
    }

    /** The features that could not be compared, the first few of them. */
    public String uncheckedFeatures() {
      return shown(unchecked);
    }

    private static String table(String table) {
      return "table '" + table + "'";
    }

    private static String shown(ImmutableList<String> names) {
      int more = names.size() - MOST_SHOWN;
      return names.stream().limit(MOST_SHOWN).collect(Collectors.joining(", "))
          + (more > 0 ? " and " + more + " more" : "");
    }
  }

  /** Reads a fingerprint: the columns without a key around them. */
  static final class FromColumns
      extends StdConverter<ImmutableMap<String, Column>, EncodingFingerprint> {
    @Override
    public EncodingFingerprint convert(ImmutableMap<String, Column> columns) {
      return new EncodingFingerprint(columns);
    }
  }

  /** Whether nothing is known. */
  public boolean isEmpty() {
    return columns.isEmpty();
  }

  /** The fingerprint of these features alone. */
  public EncodingFingerprint only(Iterable<FeatureColumn> features) {
    Set<String> names =
        ImmutableList.copyOf(features).stream()
            .map(FeatureColumn::name)
            .collect(Collectors.toSet());
    return new EncodingFingerprint(ImmutableMap.copyOf(Maps.filterKeys(columns, names::contains)));
  }

  /**
   * Compares what a model was trained with, which this is, with data.
   *
   * @param features what the model reads
   */
  public Comparison compare(EncodingFingerprint data, Iterable<FeatureColumn> features) {
    Differences differences = new Differences();
    ImmutableList.Builder<String> unchecked = ImmutableList.builder();
    for (FeatureColumn feature : withoutTexts(features)) {
      Column own = columns.get(feature.name());
      Column other = data.columns.get(feature.name());
      if (own != null && other != null && own.comparesWith(other)) {
        differences.add(feature, own, other);
      } else if (feature.isCategorical()) {
        unchecked.add(feature.name());
      }
    }
    return new Comparison(
        ImmutableList.copyOf(differences.differing),
        ImmutableMap.copyOf(differences.later),
        ImmutableList.copyOf(differences.older),
        unchecked.build());
  }

  /** Collects what differs. */
  private static final class Differences {
    private final Set<String> differing = new LinkedHashSet<>();
    private final Map<String, Integer> later = new LinkedHashMap<>();
    private final Set<String> older = new LinkedHashSet<>();

    void add(FeatureColumn feature, Column own, Column other) {
      if (differ(own.vocabulary, other.vocabulary)) {
        String table = String.valueOf(other.table);
        OptionalInt generation = other.generationOf(own);
        if (generation.isPresent()) {
          later.put(table, generation.getAsInt());
        } else if (own.generationOf(other).isPresent()) {
          older.add(table);
        } else {
          differing.add("table '" + table + "'");
        }
      }
      if (differ(own.encoding, other.encoding)) {
        differing.add("column '" + feature.name() + "'");
      }
    }
  }

  /** The tables with another vocabulary elsewhere, as messages name them; empty without any. */
  public Optional<String> otherTables(EncodingFingerprint elsewhere) {
    Set<String> tables = new LinkedHashSet<>();
    columns.forEach(
        (name, own) -> {
          Column other = elsewhere.columns.get(name);
          if (other != null && differ(own.vocabulary, other.vocabulary)) {
            tables.add("table '" + own.table + "'");
          }
        });
    return tables.isEmpty()
        ? Optional.empty()
        : Optional.of(Comparison.shown(ImmutableList.copyOf(tables)));
  }

  /**
   * The features whose vocabulary has grown since a model was trained with this one: the data's is
   * a later generation of it.
   *
   * @return this one's generation, by feature
   */
  public ImmutableMap<String, Integer> generationsIn(EncodingFingerprint data) {
    ImmutableMap.Builder<String, Integer> generations = ImmutableMap.builder();
    columns.forEach(
        (name, own) -> {
          Column other = data.columns.get(name);
          if (other != null && differ(own.vocabulary, other.vocabulary)) {
            other.generationOf(own).ifPresent(generation -> generations.put(name, generation));
          }
        });
    return generations.buildOrThrow();
  }

  /** The same, with the data's vocabularies where these are later generations of this one's. */
  public EncodingFingerprint grownTo(EncodingFingerprint data) {
    Map<String, Column> all = new LinkedHashMap<>(columns);
    for (String name : generationsIn(data).keySet()) {
      all.merge(name, requireNonNull(data.columns.get(name), name), Column::grownTo);
    }
    return new EncodingFingerprint(ImmutableMap.copyOf(all));
  }

  /** Texts are compared as texts: their ids are each data set's own. */
  private static Iterable<FeatureColumn> withoutTexts(Iterable<FeatureColumn> features) {
    return Iterables.filter(features, feature -> !feature.isText());
  }

  /**
   * The same with vocabularies as they were read.
   *
   * @param digests of each table that has a vocabulary, by table
   */
  public EncodingFingerprint withVocabularies(
      Iterable<FeatureColumn> features, Map<String, String> digests) {
    Map<String, Column> all = new LinkedHashMap<>(columns);
    ofVocabularies(features, digests)
        .columns
        .forEach((name, read) -> all.merge(name, read, Column::withVocabulary));
    return new EncodingFingerprint(ImmutableMap.copyOf(all));
  }

  /**
   * The same with what is known of the generations before, as far as the vocabularies are the same.
   *
   * @param known of the data set that this was read from
   */
  public EncodingFingerprint withEarlierOf(EncodingFingerprint known) {
    return merged(known, Column::withEarlier);
  }

  /**
   * Of a data set that extends this one.
   *
   * @param next what is known of its own vocabularies and encoding
   */
  public EncodingFingerprint extended(EncodingFingerprint next) {
    return next.merged(this, (column, before) -> before.extended(column));
  }

  private EncodingFingerprint merged(EncodingFingerprint other, BinaryOperator<Column> merge) {
    return new EncodingFingerprint(
        ImmutableMap.copyOf(
            Maps.transformEntries(
                columns,
                (name, column) -> {
                  Column found = other.columns.get(name);
                  return found == null ? column : merge.apply(column, found);
                })));
  }

  /** How often the vocabularies were extended. */
  public int generation() {
    return columns.values().stream().mapToInt(Column::generation).max().orElse(0);
  }

  private static boolean differ(@Nullable String own, @Nullable String other) {
    return own != null && other != null && !Objects.equals(own, other);
  }

  /**
   * Of a data set of which only vocabularies are known.
   *
   * @param columns its columns
   * @param vocabularies digest of each table's vocabulary, by table
   */
  public static EncodingFingerprint ofVocabularies(
      Iterable<FeatureColumn> columns, Map<String, String> vocabularies) {
    ImmutableMap.Builder<String, Column> known = ImmutableMap.builder();
    for (FeatureColumn column : withoutTexts(columns)) {
      String digest = vocabularies.get(column.embName());
      if (column.isCategorical() && digest != null) {
        known.put(column.name(), new Column(column.embName(), digest, null));
      }
    }
    return new EncodingFingerprint(known.buildOrThrow());
  }
}
