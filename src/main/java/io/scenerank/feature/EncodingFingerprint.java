package io.scenerank.feature;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.util.StdConverter;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Iterables;
import com.google.common.collect.Maps;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
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
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Column(
      @JsonProperty("table") @Nullable String table,
      @JsonProperty("vocabulary") @Nullable String vocabulary,
      @JsonProperty("encoding") @Nullable String encoding) {

    private Column withVocabulary(Column read) {
      return new Column(table, read.vocabulary, encoding);
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
   * @param unchecked the features with ids of which one of the two says nothing
   */
  public record Comparison(ImmutableList<String> differing, ImmutableList<String> unchecked) {
    private static final int MOST_SHOWN = 4;

    /** Whether nothing is encoded otherwise. */
    public boolean agrees() {
      return differing.isEmpty();
    }

    /** What differs, the first few of it. */
    public String differences() {
      return shown(differing);
    }

    /** The features that could not be compared, the first few of them. */
    public String uncheckedFeatures() {
      return shown(unchecked);
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
    ImmutableSet.Builder<String> differing = ImmutableSet.builder();
    ImmutableList.Builder<String> unchecked = ImmutableList.builder();
    for (FeatureColumn feature : withoutTexts(features)) {
      Column own = columns.get(feature.name());
      Column other = data.columns.get(feature.name());
      if (own != null && other != null && own.comparesWith(other)) {
        if (differ(own.vocabulary, other.vocabulary)) {
          differing.add("table '" + other.table + "'");
        }
        if (differ(own.encoding, other.encoding)) {
          differing.add("column '" + feature.name() + "'");
        }
      } else if (feature.isCategorical()) {
        unchecked.add(feature.name());
      }
    }
    return new Comparison(differing.build().asList(), unchecked.build());
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
