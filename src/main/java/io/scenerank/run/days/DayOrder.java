package io.scenerank.run.days;

import java.math.BigInteger;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** The order of names of days: numbers in them by value, so that day9 is before day10. */
final class DayOrder implements Comparator<String> {
  private static final Pattern PART = Pattern.compile("[0-9]+|[^0-9]+");

  @Override
  public int compare(String one, String other) {
    Iterator<String> parts = parts(one).iterator();
    for (String part : parts(other)) {
      if (!parts.hasNext()) {
        return -1;
      }
      int order = comparePart(parts.next(), part);
      if (order != 0) {
        return order;
      }
    }
    return parts.hasNext() ? 1 : one.compareTo(other);
  }

  private static List<String> parts(String name) {
    return PART.matcher(name).results().map(MatchResult::group).toList();
  }

  private static int comparePart(String one, String other) {
    return isNumber(one) && isNumber(other)
        ? new BigInteger(one).compareTo(new BigInteger(other))
        : one.compareTo(other);
  }

  private static boolean isNumber(String part) {
    return part.charAt(0) >= '0' && part.charAt(0) <= '9';
  }
}
