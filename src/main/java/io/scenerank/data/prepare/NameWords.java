package io.scenerank.data.prepare;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Sets;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The words of a column's name.
 *
 * @param plain the name without the type that RecBole's files append to it ({@code rating:float})
 * @param type that type; empty where there is none
 * @param joined the words in small letters with underscores between them: {@code eventTime} is
 *     {@code event_time}
 * @param words the words without digits: {@code onehotFeat3} is onehot, feat
 */
record NameWords(String plain, String type, String joined, ImmutableSet<String> words) {
  private static final Pattern TYPED = Pattern.compile("(.+):(token|float|token_seq|float_seq)");

  static NameWords of(String name) {
    Matcher typed = TYPED.matcher(name);
    boolean isTyped = typed.matches();
    String plain = isTyped ? typed.group(1) : name;
    String joined =
        plain
            .replaceAll("([\\p{Ll}0-9])(\\p{Lu})", "$1_$2")
            .replaceAll("(\\p{Lu})(\\p{Lu}\\p{Ll})", "$1_$2")
            .toLowerCase(Locale.ROOT)
            .replaceAll("[^\\p{L}\\p{M}\\p{N}]+", "_")
            .replaceAll("^_+|_+$", "");
    return new NameWords(
        plain,
        isTyped ? typed.group(2) : "",
        joined,
        Splitter.onPattern("[^\\p{L}\\p{M}]+")
            .omitEmptyStrings()
            .splitToStream(joined)
            .collect(ImmutableSet.toImmutableSet()));
  }

  /** Whether one of the words is one of those. */
  boolean hasAny(ImmutableSet<String> others) {
    return !Sets.intersection(words, others).isEmpty();
  }
}
