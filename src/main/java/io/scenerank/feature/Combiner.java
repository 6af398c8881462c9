package io.scenerank.feature;

import com.fasterxml.jackson.databind.util.StdConverter;
import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableSet;
import io.scenerank.PublicApi;
import io.scenerank.config.InvalidInputException;
import io.scenerank.config.SpellingHint;
import java.util.Locale;

/** How the embeddings of a sequence become the input of a network. */
@PublicApi
public enum Combiner {
  /** Mean over the ids that are not padding; joins the column's groups. */
  MEAN,
  /** Handed to multi-head attention as a sequence; joins no group. */
  MHA;

  /** Parses {@code "mean"}, {@code "mha"}, {@code "mean,mha"} or {@code ""} (a raw sequence). */
  public static ImmutableSet<Combiner> parse(String column, String text) {
    ImmutableSet.Builder<Combiner> combiners = ImmutableSet.builder();
    for (String name : Splitter.on(',').trimResults().omitEmptyStrings().split(text)) {
      switch (name) {
        case "mean" -> combiners.add(MEAN);
        case "mha" -> combiners.add(MHA);
        default ->
            throw new InvalidInputException(
                String.format(
                    "feature column '%s': combiner '%s' is unknown%s",
                    column, name, SpellingHint.hint(name, ImmutableSet.of("mean", "mha"))));
      }
    }
    return combiners.build();
  }

  static String format(ImmutableSet<Combiner> combiners) {
    return String.join(
        ",", combiners.stream().map(c -> c.name().toLowerCase(Locale.ROOT)).toList());
  }

  /** Writes combiners as {@link #parse} reads them. */
  static final class ToText extends StdConverter<ImmutableSet<Combiner>, String> {
    @Override
    public String convert(ImmutableSet<Combiner> combiners) {
      return format(combiners);
    }
  }
}
