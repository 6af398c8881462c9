package io.scenerank.data.prepare;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import io.scenerank.config.InvalidInputException;
import org.jspecify.annotations.Nullable;

/**
 * Which rows are for testing.
 *
 * @param by time: the newest ones; user: all rows of some users; random: some rows
 * @param column by time: an SQL expression over a row's columns, a number, a date or a time
 * @param testShare about which share of the rows, or of the users, is for testing
 * @param testFrom by time: the first moment of the test rows, instead of a share; else empty
 * @param seed by user or at random: decides which ones
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
record SplitDescription(
    @JsonProperty("by") By by,
    @JsonProperty("column") String column,
    @JsonProperty("test_share") double testShare,
    @JsonProperty("test_from") String testFrom,
    @JsonProperty("seed") long seed) {
  private static final double SHARE = 0.2;

  /** What decides. */
  public enum By {
    /** The newest rows are for testing. */
    @JsonProperty("time")
    TIME,
    /** All rows of some users are for testing. */
    @JsonProperty("user")
    USER,
    /** Some rows are for testing. */
    @JsonProperty("random")
    RANDOM
  }

  /** One row in five, at random. */
  static final SplitDescription DEFAULT = new SplitDescription(By.RANDOM, "", SHARE, "", 1);

  /**
   * @throws InvalidInputException naming the key that is out of range or of another way to split
   */
  public SplitDescription {
    boolean time = by == By.TIME;
    require(by != null, "by is missing, expected time, user or random");
    require(
        testShare > 0 && testShare < 1,
        "test_share is " + testShare + ", expected a number between 0 and 1");
    require(time != column.isEmpty(), time ? "column is missing" : "column is for a split by time");
    require(time || testFrom.isEmpty(), "test_from is for a split by time");
  }

  @JsonCreator
  static SplitDescription fromJson(
      @JsonProperty("by") By by,
      @JsonProperty("column") @Nullable String column,
      @JsonProperty("test_share") @Nullable Double testShare,
      @JsonProperty("test_from") JsonNode testFrom,
      @JsonProperty("seed") @Nullable Long seed) {
    boolean hasFrom = testFrom != null && !testFrom.isNull();
    require(!hasFrom || testFrom.isValueNode(), "test_from is " + testFrom + ", expected a value");
    return new SplitDescription(
        by,
        column == null ? "" : column,
        testShare == null ? SHARE : testShare,
        hasFrom ? testFrom.asText() : "",
        seed == null ? 1 : seed);
  }

  private static void require(boolean condition, String problem) {
    if (!condition) {
      throw new InvalidInputException("split: " + problem);
    }
  }
}
