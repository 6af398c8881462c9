package io.scenerank.data.prepare;

import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Says in which columns values were found that no vocabulary has. */
final class UnseenText {
  private static final int MOST_SHOWN = 5;

  private UnseenText() {}

  /** The columns with the most such values, {@code item_id 12, city 3}; empty if there are none. */
  static Optional<String> of(Map<String, Long> unseen) {
    long columns = unseen.values().stream().filter(count -> count > 0).count();
    String shown =
        unseen.entrySet().stream()
            .filter(column -> column.getValue() > 0)
            .sorted(
                Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                    .thenComparing(Map.Entry.comparingByKey()))
            .limit(MOST_SHOWN)
            .map(c -> String.format(Locale.ROOT, "%s %,d", c.getKey(), c.getValue()))
            .collect(Collectors.joining(", "));
    return columns == 0
        ? Optional.empty()
        : Optional.of(
            columns > MOST_SHOWN
                ? shown + " and " + (columns - MOST_SHOWN) + " more columns"
                : shown);
  }
}
