package io.scenerank.cluster.local;

import static java.util.Objects.requireNonNull;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import com.google.common.primitives.Ints;
import io.scenerank.config.InvalidInputException;
import io.scenerank.config.SpellingHint;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How many processes there are besides the chief.
 *
 * @param ps parameter servers, at least one
 * @param workers at least one
 */
public record LocalSize(int ps, int workers) {
  private static final String PS = "ps";
  private static final String WORKERS = "workers";

  /**
   * Reads {@code ps=2,workers=2}.
   *
   * @param where names its place in messages
   * @throws InvalidInputException naming the part that is unknown, missing, or no number from 1
   */
  public static LocalSize parse(String text, String where) {
    Map<String, Integer> numbers = new HashMap<>();
    for (String part : Splitter.on(',').trimResults().split(text)) {
      List<String> pair = Splitter.on('=').trimResults().limit(2).splitToList(part);
      String key = pair.get(0);
      if (!key.equals(PS) && !key.equals(WORKERS)) {
        throw new InvalidInputException(
            String.format(
                "%s: unknown key '%s'%s",
                where, key, SpellingHint.hint(key, ImmutableList.of(PS, WORKERS))));
      }
      Integer number = pair.size() == 2 ? Ints.tryParse(pair.get(1)) : null;
      if (number == null || number < 1) {
        throw expected(where, text);
      }
      if (numbers.put(key, number) != null) {
        throw new InvalidInputException(
            String.format("%s: found '%s', where '%s' occurs twice", where, text, key));
      }
    }
    if (numbers.size() < 2) {
      throw expected(where, text);
    }
    return new LocalSize(
        requireNonNull(numbers.get(PS), PS), requireNonNull(numbers.get(WORKERS), WORKERS));
  }

  private static InvalidInputException expected(String where, String text) {
    return new InvalidInputException(
        String.format("%s: found '%s', expected ps=N,workers=N with N from 1", where, text));
  }
}
