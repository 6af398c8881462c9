package io.scenerank.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSortedSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Finds the known name that a mistyped one most likely meant (Levenshtein distance). */
public final class SpellingHint {
  private SpellingHint() {}

  /** The known name within a third of {@code name}'s length (at least 2 edits), nearest first. */
  public static Optional<String> to(String name, Collection<String> known) {
    int limit = Math.max(2, name.length() / 3);
    return ImmutableSortedSet.copyOf(known).stream()
        .filter(candidate -> distance(name, candidate) <= limit)
        .min(Comparator.comparingInt(candidate -> distance(name, candidate)));
  }

  /** {@code ", did you mean 'x'?"} or the list of what is known when nothing is near. */
  public static String hint(String name, Collection<String> known) {
    return to(name, known)
        .map(near -> "; did you mean '" + near + "'?")
        .orElseGet(() -> "; known: " + String.join(", ", ImmutableSortedSet.copyOf(known)));
  }

  private static int distance(String left, String right) {
    String a = left.toLowerCase(Locale.ROOT);
    String b = right.toLowerCase(Locale.ROOT);
    int[] previous = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] current = new int[b.length() + 1];
      current[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substitution = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        current[j] = Math.min(substitution, 1 + Math.min(previous[j], current[j - 1]));
      }
      previous = current;
    }
    return previous[b.length()];
  }

  /** A name in a configuration that is none of those that are known. */
  public static final class UnknownName extends MismatchedInputException {
    private static final long serialVersionUID = 1L;

    private final ImmutableSet<String> known;

    /**
     * @param type what was to be read
     * @param known the names that could be there
     */
    public UnknownName(JsonParser parser, Class<?> type, Set<String> known) {
      super(parser, "expected one of " + known, type);
      this.known = ImmutableSet.copyOf(known);
    }

    /** The names that could be there. */
    ImmutableSet<String> known() {
      return known;
    }
  }
}
