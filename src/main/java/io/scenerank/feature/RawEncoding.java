package io.scenerank.feature;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.config.InvalidInputException;
import io.scenerank.config.SpellingHint;
import java.util.Optional;

/**
 * How raw rows become what a model reads.
 *
 * @param features by name
 * @param vocabularies by table
 */
public record RawEncoding(
    ImmutableMap<String, RawFeature> features, ImmutableMap<String, Vocabulary> vocabularies) {

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
  public sealed interface RawFeature {
    /**
     * One text a row.
     *
     * @param missing texts that mean a missing value
     * @param spelling into which texts are brought before they are looked up or hashed
     */
    record Text(ImmutableList<String> missing, Spelling spelling, Ids ids) implements RawFeature {}

    /**
     * A text a row that holds several values. Empty ones are left out; of the others the last
     * {@code max_len} count, zeros in front of them.
     *
     * @param missing texts that mean a missing value when they are the whole text
     * @param whole the spelling of the text
     * @param element the spelling of its values
     */
    record Delimited(
        ImmutableList<String> missing, Spelling whole, String delimiter, Spelling element, Ids ids)
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
    record Texts(ImmutableList<String> missing, Spelling element, Ids ids) implements RawFeature {}

    /**
     * A sequence whose texts say a weight behind each value, as {@code tag:0.3}: what is before the
     * last delimiter is the value.
     *
     * @param values how the values are encoded: {@link Delimited} or {@link Texts}
     * @param delimiter between a value and its weight
     */
    record Weighted(RawFeature values, String delimiter) implements RawFeature {}

    /**
     * The weights of a sequence, which its texts say.
     *
     * @param sequence name of a {@link Weighted} feature
     */
    record WeightsOf(String sequence) implements RawFeature {}

    /**
     * An integer a row or, for a sequence, any number of them, the last {@code max_len} of which
     * count.
     *
     * @param missing integers that mean a missing value
     * @param table whose vocabulary holds them
     */
    record Integers(ImmutableList<Long> missing, String table) implements RawFeature {}

    /**
     * A number a row that is looked up by its bits, so that -0 is not 0.
     *
     * @param missing numbers that mean a missing value
     * @param table the table of the ids
     * @param ids id of each number that has one
     */
    record Numbers(ImmutableList<Double> missing, String table, ImmutableMap<Double, Integer> ids)
        implements RawFeature {}

    /**
     * A number a row that becomes a bin: the id is one more than the number of ends below it.
     *
     * @param missing numbers that mean a missing value
     * @param ends upper ends of the bins but the last, in their order
     */
    record Binned(ImmutableList<Double> missing, ImmutableList<Double> ends)
        implements RawFeature {}

    /**
     * Floats of a dense column.
     *
     * @param missing numbers that mean a missing value
     * @param instead what a missing or infinite value becomes; empty: an error
     */
    record Dense(ImmutableList<Double> missing, Optional<Float> instead) implements RawFeature {}

    /** How texts that mean one value are made one text. */
    enum Spelling {
      /** Texts stay as they are. */
      AS_WRITTEN,
      /** {@code 12.0} becomes {@code 12}. */
      INTEGER,
      /** {@code True} becomes {@code true}; {@code nan} is missing. */
      BOOLEAN
    }

    /** What texts become. */
    sealed interface Ids {
      /** The id that the vocabulary of a table holds. */
      record Lookup(String table) implements Ids {}

      /** One more than FarmHash's Fingerprint64 of the UTF-8 bytes modulo a number of buckets. */
      record Buckets(int number) implements Ids {}
    }
  }
}
