package io.scenerank.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.scenerank.testing.ParquetTable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which rows {@code prepare} keeps for testing, and where it cuts numbers into bins. */
@Tag("slow")
class PrepareSplitTest {
  private static final int ROWS = 2000;

  @TempDir private Path temp;
  private Path raw;

  @BeforeEach
  void write() throws Exception {
    raw =
        ParquetTable.write(
            temp.resolve("raw.parquet"),
            "SELECT i AS row, i * 7 % 101 AS user, i % 2 AS tab, i % 3 = 0 AS label, DATE"
                + " '2022-04-22' + (i // 200)::INT AS day, 'v' || i % 40 AS item FROM range("
                + ROWS
                + ") t(i)");
  }

  private Path prepare(String split) throws Exception {
    return prepare(split, "- {name: item}");
  }

  private Path prepare(String split, String column, Object... more) throws Exception {
    Path yaml =
        Files.writeString(
            temp.resolve("prepare.yaml"),
            "labels: {label: label}\nscenario: tab\nuser: user\nsplit: "
                + split
                + "\n"
                + "columns:\n"
                + "  - {name: row, type: dense}\n"
                + "  - {name: id, source: user, type: dense}\n"
                + "  "
                + column
                + "\n");
    Path out = temp.resolve("data");
    Object[] args = {"prepare", raw, "--config", yaml, "--out", out, "--force"};
    Cli.good(Stream.concat(Arrays.stream(args), Arrays.stream(more)).toArray());
    return out;
  }

  private static List<String> train(Path data, String query) throws Exception {
    return ParquetTable.rows(data.resolve("train.parquet"), query);
  }

  private static List<String> test(Path data, String query) throws Exception {
    return ParquetTable.rows(data.resolve("test.parquet"), query);
  }

  @Test
  void byTimeDaysStayTogether() throws Exception {
    String ends = "SELECT count(*), min(row)::INT, max(row)::INT FROM %s";
    Path share = prepare("{by: time, column: day, test_share: 0.25}");
    assertThat(train(share, ends)).as("a quarter would cut a day").containsExactly("1600|0|1599");
    assertThat(test(share, ends)).containsExactly("400|1600|1999");
    Path from = prepare("{by: time, column: day, test_from: 2022-04-24}");
    assertThat(train(from, ends)).containsExactly("400|0|399");
    Path last = prepare("{by: time, column: day, test_share: 0.01}");
    assertThat(test(last, ends)).as("the last day at least").containsExactly("200|1800|1999");
    Path expression = prepare("{by: time, column: \"row // 10\", test_share: 0.5}");
    assertThat(test(expression, ends)).containsExactly("1000|1000|1999");
  }

  @Test
  void byUserNoUserStandsOnBothSides() throws Exception {
    Path data = prepare("{by: user, test_share: 0.3, seed: 4}");
    String users = "SELECT DISTINCT id::INT FROM %s";
    assertThat(train(data, users)).doesNotContainAnyElementsOf(test(data, users));
    assertThat(train(data, users).size() + test(data, users).size()).isEqualTo(101);
    assertThat(test(data, users)).hasSizeBetween(15, 45);
    assertThat(test(data, "SELECT DISTINCT user FROM %s"))
        .as("all of them unseen")
        .containsExactly("0");
  }

  @Test
  void atRandomTheSeedDecides() throws Exception {
    String rows = "SELECT row::INT FROM %s";
    List<String> first = test(prepare("{by: random, test_share: 0.2, seed: 1}"), rows);
    List<String> again = test(prepare("{by: random, test_share: 0.2, seed: 1}"), rows);
    List<String> other = test(prepare("{by: random, test_share: 0.2, seed: 2}"), rows);
    assertThat(first).isEqualTo(again).isNotEqualTo(other).hasSizeBetween(320, 480);
    assertThat(first.stream().map(Integer::valueOf).toList()).as("the raw rows' order").isSorted();
  }

  @Test
  void binsHoldAboutTheSameNumberOfTrainingRows() throws Exception {
    String split = "{by: time, column: row, test_from: 1000}";
    Path data = prepare(split, "- {name: bin, source: row, bins: 10}");
    assertThat(train(data, "SELECT bin, count(*), min(row)::INT FROM %s GROUP BY 1 ORDER BY 1"))
        .startsWith("1|100|0", "2|100|100")
        .endsWith("9|100|800", "10|100|900");
    assertThat(test(data, "SELECT DISTINCT bin FROM %s")).containsExactly("10");
    // One number occurs in most rows, and a few others in the rest.
    Path skewed = prepare(split, "- {name: bin, source: \"greatest(row - 900, 0)\", bins: 4}");
    assertThat(train(skewed, "SELECT bin, count(*) FROM %s GROUP BY 1 ORDER BY 1"))
        .as("901 zeros are three of the four bins")
        .containsExactly("1|901", "2|99");
  }

  @Test
  void aSmallMemoryLimitGivesTheSame() throws Exception {
    String split = "{by: random, test_share: 0.2, seed: 1}";
    Path data = prepare(split, "- {name: item}");
    byte[] expected = Files.readAllBytes(data.resolve("train.parquet"));
    prepare(split, "- {name: item}", "--memory-limit", "100MB", "--threads", 1);
    assertThat(data.resolve("train.parquet")).hasBinaryContent(expected);
  }
}
