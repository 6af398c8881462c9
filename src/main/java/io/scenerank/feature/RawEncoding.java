package io.scenerank.feature;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.config.InvalidInputException;
import io.scenerank.config.SpellingHint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How raw rows become what a model reads.
 *
 * @param features by name
 * @param vocabularies by table
 * @param sources the raw column of each feature that is not called as its raw column is
 */
public record RawEncoding(
    ImmutableMap<String, RawFeature> features,
    ImmutableMap<String, Vocabulary> vocabularies,
    ImmutableMap<String, String> sources) {

  /** Name of the file in which an export keeps it. */
  public static final String FILE = "raw_encoding.json";

  /** Ends the name under which the ids of a table's numbers are kept. */
  public static final String NUMBERS = ".numbers";

  /** An encoding whose features are called as their raw columns are. */
  public RawEncoding(
      ImmutableMap<String, RawFeature> features, ImmutableMap<String, Vocabulary> vocabularies) {
    this(features, vocabularies, ImmutableMap.of());
  }

  /**
   * Writes the encoding next to the files of its vocabularies.
   *
   * @param file of JSON
   * @param tables the file of each table's ids, and of the ids of its numbers under the table's
   *     name and {@link #NUMBERS}
   */
  public void write(Path file, Map<String, String> tables) throws IOException {
    RawEncodingFile.of(this, tables).write(file);
  }

  /**
   * Reads an encoding that {@link #write} wrote.
   *
   * @param assets the folder of the vocabularies' files
   * @throws InvalidInputException naming the file that is missing or damaged
   */
  public static RawEncoding read(Path file, Path assets) {
    return RawEncodingFile.read(file).encoding(assets);
  }

  /** The raw column of a feature. */
  public String source(String feature) {
    return sources.getOrDefault(feature, feature);
  }

  /**
   * How a column's values come about.
   *
   * @throws InvalidInputException if that is not known
   */
  public RawFeature feature(FeatureColumn column) {
    RawFeature feature = features.get(column.name());
    if (feature == null) {
      throw new InvalidInputException(
          "feature '"
              + column.name()
              + "', which the model reads, is not encoded"
              + SpellingHint.hint(column.name(), features.keySet()));
    }
    return feature;
  }

  /**
   * The vocabulary of a column's table.
   *
   * @throws InvalidInputException if there is none, or it holds an id that is not a row of the
   *     table
   */
  public Vocabulary vocabulary(FeatureColumn column) {
    Vocabulary vocabulary = vocabularies.get(column.embName());
    if (vocabulary == null) {
      throw new InvalidInputException(
          "feature '"
              + column.name()
              + "': the table '"
              + column.embName()
              + "' has no vocabulary");
    }
    vocabulary.requireIdsBelow(column.vocabSize());
    return vocabulary;
  }

  /**
   * How the raw values of a feature become what a model reads. Blanks at the ends of a text are cut
   * off, and a tab or line break in it becomes a blank. An empty text is missing, and so are the
   * values that a feature names, and a number that is NaN; a value that is missing or that no
   * vocabulary holds has the id 0.
   */
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
  @JsonSubTypes({
    @JsonSubTypes.Type(value = RawFeature.Text.class, name = "text"),
    @JsonSubTypes.Type(value = RawFeature.Delimited.class, name = "delimited"),
    @JsonSubTypes.Type(value = RawFeature.Texts.class, name = "texts"),
    @JsonSubTypes.Type(value = RawFeature.Weighted.class, name = "weighted"),
    @JsonSubTypes.Type(value = RawFeature.WeightsOf.class, name = "weights_of"),
    @JsonSubTypes.Type(value = RawFeature.Integers.class, name = "integers"),
    @JsonSubTypes.Type(value = RawFeature.Numbers.class, name = "numbers"),
    @JsonSubTypes.Type(value = RawFeature.Binned.class, name = "binned"),
    @JsonSubTypes.Type(value = RawFeature.Dense.class, name = "dense")
  })
  public sealed interface RawFeature {
    /**
     * One text a row.
     *
     * @param missing texts that mean a missing value
     * @param spelling into which texts are brought before they are looked up or hashed
     */
    record Text(
        @JsonProperty("missing") ImmutableList<String> missing,
        @JsonProperty("spelling") Spelling spelling,
        @JsonProperty("ids") Ids ids)
        implements RawFeature {}

    /**
     * A text a row that holds several values. Empty ones are left out; of the others the last
     * {@code max_len} count, zeros in front of them.
     *
     * @param missing texts that mean a missing value when they are the whole text
     * @param whole the spelling of the text
     * @param element the spelling of its values
     */
    record Delimited(
        @JsonProperty("missing") ImmutableList<String> missing,
        @JsonProperty("whole") Spelling whole,
        @JsonProperty("delimiter") String delimiter,
        @JsonProperty("element") Spelling element,
        @JsonProperty("ids") Ids ids)
        implements RawFeature {
      /**
       * @throws InvalidInputException if the delimiter is empty
       */
      public Delimited {
        if (delimiter.isEmpty()) {
          throw new InvalidInputException("delimiter is empty, expected a text");
        }
      }
    }

    /**
     * Any number of texts a row, as a {@link Delimited} text holds them.
     *
     * @param missing texts that mean a missing value
     */
    record Texts(
        @JsonProperty("missing") ImmutableList<String> missing,
        @JsonProperty("element") Spelling element,
        @JsonProperty("ids") Ids ids)
        implements RawFeature {}

    /**
     * A sequence whose texts say a weight behind each value, as {@code tag:0.3}: what is before the
     * last delimiter is the value.
     *
     * @param values how the values are encoded: {@link Delimited} or {@link Texts}
     * @param delimiter between a value and its weight
     */
    record Weighted(
        @JsonProperty("values") RawFeature values, @JsonProperty("delimiter") String delimiter)
        implements RawFeature {}

    /**
     * The weights of a sequence, which its texts say.
     *
     * @param sequence name of a {@link Weighted} feature
     */
    record WeightsOf(@JsonProperty("sequence") String sequence) implements RawFeature {}

    /**
     * An integer a row or, for a sequence, any number of them, the last {@code max_len} of which
     * count.
     *
     * @param missing integers that mean a missing value
     * @param table whose vocabulary holds them
     * @param texts those that mean a missing value where an integer comes as a text
     */
    record Integers(
        @JsonProperty("missing") ImmutableList<Long> missing,
        @JsonProperty("table") String table,
        @JsonProperty("texts") ImmutableList<String> texts)
        implements RawFeature {
      /** Integers that come as integers. */
      public Integers(ImmutableList<Long> missing, String table) {
        this(missing, table, ImmutableList.of());
      }
    }

    /**
     * A number a row that is looked up by its bits, so that -0 is not 0.
     *
     * @param missing numbers that mean a missing value
     * @param table the table of the ids
     * @param ids id of each number that has one
     * @param texts how a text is read as a number
     */
    record Numbers(
        @JsonProperty("missing") ImmutableList<Double> missing,
        @JsonProperty("table") String table,
        @JsonIgnore ImmutableMap<Double, Integer> ids,
        @JsonProperty("texts") NumberTexts texts)
        implements RawFeature {
      /** Without ids where a file is read that has them elsewhere; see {@link #withIds}. */
      public Numbers {
        ids = ids == null ? ImmutableMap.of() : ids;
      }

      Numbers withIds(ImmutableMap<Double, Integer> other) {
        return new Numbers(missing, table, other, texts);
      }
    }

    /**
     * A number a row that becomes a bin: the id is one more than the number of ends below it.
     *
     * @param missing numbers that mean a missing value
     * @param ends upper ends of the bins but the last, in their order
     * @param texts how a text is read as a number
     */
    record Binned(
        @JsonProperty("missing") ImmutableList<Double> missing,
        @JsonProperty("ends") ImmutableList<Double> ends,
        @JsonProperty("texts") NumberTexts texts)
        implements RawFeature {}

    /**
     * Floats of a dense column.
     *
     * @param missing numbers that mean a missing value
     * @param orElse what a missing or infinite value becomes; null: an error
     * @param texts how a text is read as a number
     */
    record Dense(
        @JsonProperty("missing") ImmutableList<Double> missing,
        @JsonProperty("instead") @Nullable Float orElse,
        @JsonProperty("texts") NumberTexts texts)
        implements RawFeature {
      /** What a missing or infinite value becomes; empty: an error. */
      @JsonIgnore
      public Optional<Float> instead() {
        return Optional.ofNullable(orElse);
      }
    }

    /**
     * How a text is read as a number.
     *
     * @param missing texts that mean a missing value
     * @param form what the texts look like
     */
    record NumberTexts(
        @JsonProperty("missing") ImmutableList<String> missing,
        @JsonProperty("form") NumberForm form) {
      /** Texts are numbers. */
      public static final NumberTexts PLAIN =
          new NumberTexts(ImmutableList.of(), NumberForm.NUMBER);
    }

    /** What the texts of numbers look like. */
    enum NumberForm {
      /** Numbers. */
      @JsonProperty("number")
      NUMBER,
      /** true, which is 1, and false, which is 0. */
      @JsonProperty("boolean")
      BOOLEAN,
      /** Days, whose numbers are seconds since 1970-01-01. */
      @JsonProperty("date")
      DATE,
      /** Moments, whose numbers are seconds since 1970-01-01T00:00Z; without a zone in UTC. */
      @JsonProperty("timestamp")
      TIMESTAMP
    }

    /** How texts that mean one value are made one text. */
    enum Spelling {
      /** Texts stay as they are. */
      @JsonProperty("as_written")
      AS_WRITTEN,
      /** {@code 12.0} becomes {@code 12}. */
      @JsonProperty("integer")
      INTEGER,
      /** {@code True} becomes {@code true}; {@code nan} is missing. */
      @JsonProperty("boolean")
      BOOLEAN
    }

    /** What texts become. */
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
    @JsonSubTypes({
      @JsonSubTypes.Type(value = Ids.Lookup.class, name = "lookup"),
      @JsonSubTypes.Type(value = Ids.Buckets.class, name = "buckets")
    })
    sealed interface Ids {
      /** The id that the vocabulary of a table holds. */
      record Lookup(@JsonProperty("table") String table) implements Ids {}

      /** One more than FarmHash's Fingerprint64 of the UTF-8 bytes modulo a number of buckets. */
      record Buckets(@JsonProperty("number") int number) implements Ids {}
    }
  }
}
