package io.scenerank.serve.raw;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.config.InvalidInputException;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.RawEncoding;
import io.scenerank.feature.RawEncoding.RawFeature;
import io.scenerank.feature.RawEncoding.RawFeature.Ids;
import io.scenerank.feature.RawEncoding.RawFeature.NumberForm;
import io.scenerank.feature.RawEncoding.RawFeature.NumberTexts;
import io.scenerank.feature.RawEncoding.RawFeature.Spelling;
import io.scenerank.feature.Vocabulary;
import io.scenerank.serve.raw.RawEncoder.Count;
import io.scenerank.serve.raw.RawEncoder.Limits;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Values of requests, one by one, and what is wrong with them. */
class RawEncoderTest {
  private static final ImmutableList<String> MARKS = ImmutableList.of("NULL", "7");

  private static final ImmutableList<FeatureColumn> COLUMNS =
      ImmutableList.of(
          FeatureColumn.sparse("user", 10, 4),
          FeatureColumn.sparse("item", 10, 4),
          FeatureColumn.sparse("flag", 6, 4),
          FeatureColumn.sparse("price", 10, 4),
          FeatureColumn.sparse("size", 10, 4),
          FeatureColumn.sequence("tags", "tag", 10, 4, 3).withWeights("tags_weights"),
          FeatureColumn.dense("tags_weights", 3),
          FeatureColumn.sequence("history", "item", 10, 4, 2),
          FeatureColumn.dense("day", 1),
          FeatureColumn.dense("vector", 2));

  private static RawEncoding encoding() {
    NumberTexts texts = new NumberTexts(MARKS, NumberForm.NUMBER);
    Ids tags = new Ids.Lookup("tag");
    return new RawEncoding(
        ImmutableMap.<String, RawFeature>builder()
            .put("user", new RawFeature.Text(MARKS, Spelling.AS_WRITTEN, new Ids.Lookup("user")))
            .put("item", new RawFeature.Integers(ImmutableList.of(7L), "item", MARKS))
            .put("flag", new RawFeature.Text(MARKS, Spelling.BOOLEAN, new Ids.Buckets(5)))
            .put(
                "price",
                new RawFeature.Numbers(
                    ImmutableList.of(7.0), "price", ImmutableMap.of(0.5, 1, 1e16, 2), texts))
            .put(
                "size",
                new RawFeature.Binned(ImmutableList.of(7.0), ImmutableList.of(-0.0, 2.5), texts))
            .put(
                "tags",
                new RawFeature.Weighted(
                    new RawFeature.Delimited(
                        MARKS, Spelling.AS_WRITTEN, ";", Spelling.AS_WRITTEN, tags),
                    ":"))
            .put("tags_weights", new RawFeature.WeightsOf("tags"))
            .put("history", new RawFeature.Integers(ImmutableList.of(), "item"))
            .put(
                "day",
                new RawFeature.Dense(
                    ImmutableList.of(), null, new NumberTexts(MARKS, NumberForm.DATE)))
            .put("vector", new RawFeature.Dense(ImmutableList.of(), 0.5f, NumberTexts.PLAIN))
            .buildOrThrow(),
        ImmutableMap.of(
            "user", Vocabulary.texts("user").add("anna", 1).add("0.5", 2).add("true", 3).build(),
            "item", Vocabulary.integers("item").add(12, 1).add(Long.MAX_VALUE, 2).build(),
            "tag", Vocabulary.texts("tag").add("x", 1).add("y:z", 2).add("3", 3).build()),
        ImmutableMap.of("user", "userId"));
  }

  private static RawEncoder encoder() {
    return RawEncoder.of(encoding(), COLUMNS);
  }

  /** A row of missing values but one. */
  private static Map<String, @Nullable Object> row(String column, @Nullable Object value) {
    Map<String, @Nullable Object> row = new HashMap<>();
    encoder().columns().forEach(name -> row.put(name, null));
    row.put("day", 0);
    row.put(column, value);
    return row;
  }

  private static Block read(RawEncoder encoder, String feature, List<Map<String, Object>> rows) {
    Map<String, Block> blocks = new HashMap<>();
    encoder.read(rows, (column, block) -> blocks.put(column.name(), block));
    return blocks.get(feature);
  }

  private static Block read(String column, @Nullable Object value) {
    return read(encoder(), column.equals("userId") ? "user" : column, List.of(row(column, value)));
  }

  static Stream<Arguments> ids() {
    return Stream.of(
        Arguments.of("userId", " anna\u3000", "[1]"),
        Arguments.of("userId", new StringBuilder("anna"), "[1]"),
        Arguments.of("userId", 0.5, "[2]"),
        Arguments.of("userId", 0.5f, "[2]"),
        Arguments.of("userId", true, "[3]"),
        Arguments.of("userId", "\u200banna", "[0]"),
        Arguments.of("userId", " ", "[0]"),
        Arguments.of("item", 12, "[1]"),
        Arguments.of("item", 12.0, "[1]"),
        Arguments.of("item", "12.00", "[1]"),
        Arguments.of("item", "012", "[0]"),
        Arguments.of("item", Long.MAX_VALUE, "[2]"),
        Arguments.of("item", BigInteger.TWO.pow(63).subtract(BigInteger.ONE), "[2]"),
        Arguments.of("item", BigInteger.TWO.pow(63), "[0]"),
        Arguments.of("item", Double.NaN, "[0]"),
        Arguments.of("price", 0.5, "[1]"),
        Arguments.of("price", "5e-1", "[1]"),
        Arguments.of("price", "10000000000000000", "[0]"),
        Arguments.of("price", "1e+16", "[2]"),
        Arguments.of("price", 10_000_000_000_000_000L, "[2]"),
        Arguments.of("price", "00.5", "[0]"),
        Arguments.of("size", 0.0, "[1]"),
        Arguments.of("size", "-0", "[1]"),
        Arguments.of("size", 2.5, "[2]"),
        Arguments.of("size", "2.5000000000000004", "[3]"),
        Arguments.of("size", 7, "[0]"),
        Arguments.of("size", "NULL", "[0]"),
        Arguments.of("size", "7.0", "[3]"),
        Arguments.of("size", "inf", "[3]"),
        Arguments.of("tags", "x:1;y:z:2; :3;?:0.5", "[1, 2, 0]"),
        Arguments.of("tags", List.of("x:1", 3 + ":2"), "[0, 1, 3]"),
        Arguments.of("tags", Map.of("x", 0.25), "[0, 0, 1]"),
        Arguments.of("tags", "NULL", "[0, 0, 0]"),
        Arguments.of("history", List.of(1, 12, 12), "[1, 1]"),
        Arguments.of("history", Arrays.asList(12, null, "12.0"), "[1, 1]"),
        Arguments.of("history", new long[] {12}, "[0, 1]"),
        Arguments.of("history", 12, "[0, 1]"),
        Arguments.of("history", List.of(), "[0, 0]"));
  }

  @ParameterizedTest
  @MethodSource("ids")
  void valuesOfAnyTypeBecomeIds(String column, Object value, String ids) {
    assertThat(Arrays.toString(read(column, value).ids())).isEqualTo(ids);
  }

  @Test
  void weightsComeWithTheirValues() {
    assertThat(read("tags", "x:1;y:z:2; :3;?:0.5").floats()).containsExactly(1, 2, 0.5f);
    assertThat(read("tags", Map.of("x", 0.25)).floats()).containsExactly(0, 0, 0.25f);
  }

  @Test
  void truthIsHashedInOneSpelling() {
    int[] id = read("flag", "True").ids();
    assertThat(id[0]).isPositive();
    assertThat(read("flag", true).ids()).isEqualTo(id);
    assertThat(read("flag", 1).ids()).isEqualTo(id);
    assertThat(read("flag", "nan").ids()).containsExactly(0);
  }

  @Test
  void floatsOfDaysAndLists() {
    assertThat(read("day", "1970-01-02").floats()).containsExactly(86_400);
    assertThat(read("day", 5).floats()).containsExactly(5);
    assertThat(read("vector", new float[] {1, Float.NaN}).floats()).containsExactly(1, 0.5f);
    assertThat(read("vector", Arrays.asList("1e300", null)).floats()).containsExactly(0.5f, 0.5f);
    assertThat(read("vector", null).floats()).containsExactly(0.5f, 0.5f);
  }

  static Stream<Arguments> wrongValues() {
    return Stream.of(
        Arguments.of(
            "userId", List.of("anna"), "found a list, expected a text, a number, true or false"),
        Arguments.of("userId", Map.of(), "found a MapN, expected a text, a number, true or false"),
        Arguments.of("size", "a\nb", "found 'a b', expected a number"),
        Arguments.of("size", true, "found true, expected a number"),
        Arguments.of("size", "0x10", "found '0x10', expected a number"),
        Arguments.of(
            "day",
            "2024-02-30",
            "found '2024-02-30', expected a day such as 2024-01-31, or seconds since 1970-01-01"),
        Arguments.of("day", null, "found nothing, expected a finite float"),
        Arguments.of("day", 1e300, "found 1.0E300, expected a finite float"),
        Arguments.of("vector", 1, "found 1, expected a list of 2 numbers"),
        Arguments.of(
            "vector",
            new int[] {1},
            "found a list of 1 values, expected 2 numbers, the column's dimension"),
        Arguments.of(
            "tags",
            "x",
            "found 'x' with the weight missing, expected a finite weight of 0 or more for each"
                + " value"),
        Arguments.of(
            "tags",
            "x:-1",
            "found 'x' with the weight -1, expected a finite weight of 0 or more for each value"),
        Arguments.of("history", "12", "found '12', expected a list"),
        Arguments.of(
            "history",
            List.of(List.of(12)),
            "found a list that holds a list, expected texts or numbers in it"));
  }

  @ParameterizedTest
  @MethodSource("wrongValues")
  void aWrongValueIsNamed(String column, @Nullable Object value, String message) {
    assertThatThrownBy(() -> encoder().encode(List.of(row("day", 0), row(column, value))))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("row 1, column '" + column + "': " + message);
    assertThatThrownBy(() -> encoder().encodeUser(row(column, value)))
        .hasMessage("user, column '" + column + "': " + message);
  }

  @Test
  void aMissingKeyIsNamedUnlessItMeansAMissingValue() {
    Map<String, Object> row = row("userId", "anna");
    row.put("itme", row.remove("item"));
    assertThatThrownBy(() -> encoder().encode(List.of(row)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("row 0, column 'item': found no such key, expected a value or null")
        .hasMessageContaining("itme");
    assertThat(read(encoder().withAbsentAsMissing(), "item", List.of(row)).ids())
        .containsExactly(0);
    assertThatThrownBy(() -> encoder().encode(Collections.singletonList(null)))
        .hasMessage("row 0: found nothing, expected values by column");
  }

  @Test
  void limitsHold() {
    RawEncoder limited = encoder().withLimits(new Limits(2, 3, 5));
    assertThatThrownBy(() -> limited.encode(Collections.nCopies(3, row("day", 0))))
        .hasMessage("found 3 rows, expected at most 2");
    assertThatThrownBy(() -> limited.encode(List.of(row("history", List.of(1, 2, 3, 4)))))
        .hasMessage("row 0, column 'history': found more than 3 values, expected at most 3");
    assertThatThrownBy(() -> limited.encode(List.of(row("userId", "abcdef"))))
        .hasMessage("row 0, column 'userId': found a text of 6 characters, expected at most 5");
  }

  @Test
  void theUserIsReadOnceForAllCandidates() {
    Map<String, Object> candidate = row("item", 12);
    Map<String, @Nullable Object> user = new HashMap<>();
    for (String column : List.of("userId", "tags")) {
      user.put(column, candidate.remove(column));
    }
    user.put("userId", "anna");
    RawEncoder encoder = encoder();
    assertThat(encoder.encode(user, List.of(candidate, candidate)).names())
        .isEqualTo(encoder.features());
    assertThat(encoder.counts().get("user")).isEqualTo(new Count(1, 0));
    assertThat(encoder.counts().get("item")).isEqualTo(new Count(2, 0));
    assertThatThrownBy(() -> encoder.encode(user, List.of(candidate, row("day", 0))))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageMatching(
            "row 1, column '(userId|tags)': the user has this column too, expected it once");
  }

  @Test
  void unseenValuesAreCountedForAllParts() {
    RawEncoder encoder = encoder();
    RawEncoder part = encoder.only(Set.of("user", "history"));
    assertThat(part.columns()).containsExactly("userId", "history");
    part.encode(List.of(Map.of("userId", "ben", "history", List.of(12, 13, 14))));
    encoder.encode(List.of(row("price", 0.75), row("userId", null)));
    assertThat(encoder.counts())
        .containsEntry("user", new Count(1, 1))
        .containsEntry("history", new Count(3, 2))
        .containsEntry("price", new Count(1, 1))
        .containsEntry("flag", new Count(0, 0));
    assertThatThrownBy(() -> encoder.only(Set.of("userId")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("feature 'userId' is not encoded");
  }

  // Files

  @Test
  void anEncodingIsReadAsItWasWritten(@TempDir Path temp) throws Exception {
    Files.writeString(temp.resolve("user.txt"), "anna\t1\n0.5\t2\ntrue\t3\n");
    Files.writeString(temp.resolve("item.txt"), "12\t1\n" + Long.MAX_VALUE + "\t2\n");
    Files.writeString(temp.resolve("tag.txt"), "x\t1\ny:z\t2\n3\t3\n");
    Files.writeString(
        temp.resolve("price.txt"),
        Double.doubleToLongBits(0.5) + "\t1\n" + Double.doubleToLongBits(1e16) + "\t2\n");
    Path file = temp.resolve("raw.json");
    encoding()
        .write(
            file,
            Map.of(
                "user",
                "user.txt",
                "item",
                "item.txt",
                "tag",
                "tag.txt",
                "price.numbers",
                "price.txt"));
    assertThat(RawEncoding.read(file, temp)).isEqualTo(encoding());
    Files.writeString(temp.resolve("tag.txt"), "x\t1\ny\n");
    assertThatThrownBy(() -> RawEncoding.read(file, temp))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            temp.resolve("tag.txt") + ": line 2: found 'y', expected a value, a tab and an id");
    Files.delete(temp.resolve("tag.txt"));
    assertThatThrownBy(() -> RawEncoding.read(file, temp))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("tag.txt");
  }
}
