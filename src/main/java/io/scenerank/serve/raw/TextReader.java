package io.scenerank.serve.raw;

import com.google.common.collect.ImmutableSet;
import io.scenerank.feature.RawEncoding.RawFeature.Spelling;
import org.jspecify.annotations.Nullable;

/**
 * Reads single values as the texts that a vocabulary holds.
 *
 * @param missing texts that mean a missing value
 * @param spelling of the texts
 */
record TextReader(ImmutableSet<String> missing, Spelling spelling) {
  private static final String EXPECTED = "a text, a number, true or false";

  static TextReader of(Iterable<String> missing, Spelling spelling) {
    return new TextReader(ImmutableSet.copyOf(missing), spelling);
  }

  /**
   * The text of a value in its spelling; null where it is missing.
   *
   * @throws WrongValueException if the value is a list, or a text that is too long
   */
  @Nullable String text(@Nullable Object value, RawEncoder.Limits limits) {
    if (value instanceof String text) {
      limits.requireText(text);
      return spelled(text);
    }
    if (value == null) {
      return null;
    }
    if (!Values.isSingle(value)) {
      throw WrongValueException.of(value, EXPECTED);
    }
    if (!(value instanceof Number || value instanceof Boolean)) {
      return text(value.toString(), limits);
    }
    return isMissing(Values.written(value)) ? null : Values.spell(value, spelling);
  }

  /** A text in its spelling; null where it is missing. */
  @Nullable String spelled(String text) {
    String clean = TextForms.clean(text);
    return clean == null || isMissing(clean) ? null : TextForms.spell(clean, spelling);
  }

  private boolean isMissing(String text) {
    return !missing.isEmpty() && missing.contains(text);
  }
}
