package io.scenerank.feature;

import com.google.common.collect.ImmutableMap;
import io.scenerank.config.InvalidInputException;
import io.scenerank.config.SpellingHint;

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
}
