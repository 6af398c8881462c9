package io.scenerank.data.prepare;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableMap;
import io.scenerank.config.InvalidInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which values of a vocabulary lose their ids, by the time at which they were last seen.
 *
 * @param olderThan those last seen longer ago than this; empty for no such limit
 * @param keep all but so many that were seen last; 0 for no such limit
 */
record Eviction(
    @JsonProperty("older_than") Optional<Period> olderThan, @JsonProperty("keep") int keep) {
  /** No value loses its id. */
  static final Eviction NEVER = new Eviction(Optional.empty(), 0);

  private static final String OLDER_THAN = "older_than";
  private static final String KEEP = "keep";
  private static final String NEVER_TEXT = "never";
  private static final Pattern PERIOD = Pattern.compile("([0-9]+)([hdw]?)");

  /**
   * How long.
   *
   * @param amount a number of units
   * @param unit h, d or w; empty for that of a column of numbers, by which rows are split
   */
  record Period(long amount, String unit) {
    /** In hours; those without a unit are days. */
    long hours() {
      return switch (unit) {
        case "h" -> amount;
        case "w" -> amount * 24 * 7;
        default -> amount * 24;
      };
    }

    @Override
    public String toString() {
      return amount + unit;
    }

    private static Period parse(String text) {
      Matcher period = PERIOD.matcher(text);
      if (!period.matches() || period.group(1).length() > 15 || period.group(1).matches("0+")) {
        throw new InvalidInputException(
            String.format(
                "evict: %s is '%s', expected a period such as 30d, 12h or 4w, or for a split by"
                    + " numbers a number above 0",
                OLDER_THAN, text));
      }
      return new Period(Long.parseLong(period.group(1)), period.group(2));
    }
  }

  /**
   * Reads {@code {older_than: 30d}}, {@code {keep: 1000000}} or {@code never}.
   *
   * @throws InvalidInputException naming the key that is wrong
   */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  static Eviction fromJson(JsonNode tree) {
    if (tree.isTextual() && tree.textValue().equals(NEVER_TEXT)) {
      return NEVER;
    }
    List<String> keys = new ArrayList<>();
    tree.fieldNames().forEachRemaining(keys::add);
    if (keys.equals(List.of(OLDER_THAN))) {
      return new Eviction(Optional.of(Period.parse(tree.get(OLDER_THAN).asText())), 0);
    }
    if (keys.equals(List.of(KEEP))) {
      JsonNode keep = tree.get(KEEP);
      if (!keep.canConvertToInt() || !keep.isIntegralNumber() || keep.intValue() < 1) {
        throw new InvalidInputException(
            "evict: keep is " + keep + ", expected a number of values, at least 1");
      }
      return new Eviction(Optional.empty(), keep.intValue());
    }
    throw new InvalidInputException(
        String.format(
            "evict: found %s, expected one key, %s or %s, or '%s'",
            keys.isEmpty() ? tree : keys, OLDER_THAN, KEEP, NEVER_TEXT));
  }

  /** As it is written in a description. */
  @JsonValue
  Object toJson() {
    if (olderThan.isPresent()) {
      return ImmutableMap.of(OLDER_THAN, olderThan.get().toString());
    }
    return keep > 0 ? ImmutableMap.of(KEEP, keep) : NEVER_TEXT;
  }

  /** Whether no value loses its id. */
  boolean isNever() {
    return olderThan.isEmpty() && keep == 0;
  }
}
