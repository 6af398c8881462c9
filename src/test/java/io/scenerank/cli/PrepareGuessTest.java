package io.scenerank.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.scenerank.config.ConfigMapper;
import io.scenerank.testing.ParquetTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code prepare --guess} on files in the shape of public data sets. */
@Tag("slow")
class PrepareGuessTest {
  /** Ratings in three domains, with raw strings and dates. */
  private static final String RATINGS =
      "SELECT i * 7 % 211 AS user_id, i * 13 % 307 AS item_id, (i % 3 > 0)::INT AS rating, ['book',"
          + " 'movie', 'music'][i % 3 + 1] AS domain, CASE WHEN i % 20 = 0 THEN NULL ELSE ['北京',"
          + " 'New York City, United States', '台北, 台湾', '上海'][i * 7 % 4 + 1] END AS living_place,"
          + " DATE '2005-01-01' + (i * 11 % 900)::INT AS join_time, i % 97 AS time_bin FROM"
          + " range(600) t(i)";

  /**
   * Impressions joined with features: outcomes, ranges, one-hot columns, floats that are integers.
   */
  private static final String IMPRESSIONS =
      "SELECT i % 41 AS user_id, i * 5 % 23 AS video_id, (i * i % 7 < 3)::INT AS is_click, i * 31"
          + " AS play_time_ms, i * 17 % 1000 AS duration_ms, 0 AS profile_stay_time, i % 5 AS tab,"
          + " CASE i % 2 WHEN 0 THEN -124 ELSE 1 END AS is_live_streamer, i * 3 % 997 AS"
          + " follow_user_num, i % 8 AS follow_user_num_range, (i % 60)::DOUBLE AS onehot_feat4, 0"
          + " AS video_type, 720.0 AS server_width, sin(i) AS affinity, epoch_ms(i * 1000) AS"
          + " time_ms, 'text of its own ' || i AS title, ['a', 'b', 'c', 'd'][i % 4 + 1] || '|' ||"
          + " ['a', 'y', 'z'][i % 3 + 1] AS tags FROM range(400) t(i)";

  @TempDir private Path temp;

  private Path csv(String name, String query) throws Exception {
    return ParquetTable.write(temp.resolve(name), query, "FORMAT csv, HEADER");
  }

  @Test
  void columnsOfRatings() throws Exception {
    String yaml = Cli.good("prepare", csv("ratings.csv", RATINGS), "--guess").out();
    JsonNode guess = new ConfigMapper().parseYaml(yaml, "guess");
    assertThat(guess.get("name").asText()).isEqualTo("ratings");
    assertThat(guess.get("labels").toString()).isEqualTo("{\"rating\":\"rating\"}");
    assertThat(guess.get("scenario").asText()).isEqualTo("domain");
    assertThat(guess.get("user").asText()).isEqualTo("user_id");
    assertThat(guess.at("/split/by").asText()).isEqualTo("random");
    assertThat(guess.get("columns").findValuesAsText("name"))
        .containsExactly("user_id", "item_id", "domain", "living_place", "join_time", "time_bin");
    assertThat(guess.at("/columns/4/bins").asInt()).as("dates go into bins").isEqualTo(10);
    assertThat(yaml).contains("# text, 4 values, 5% missing, such as ", "# - {name: rating}");
  }

  @Test
  void columnsOfImpressions() throws Exception {
    String yaml = Cli.good("prepare", csv("impressions.csv", IMPRESSIONS), "--guess").out();
    JsonNode guess = new ConfigMapper().parseYaml(yaml, "guess");
    assertThat(guess.get("labels").toString()).isEqualTo("{\"is_click\":\"is_click\"}");
    assertThat(guess.get("scenario").asText()).isEqualTo("tab");
    assertThat(guess.at("/split/column").asText()).isEqualTo("time_ms");
    assertThat(guess.get("columns").findValuesAsText("name"))
        .containsExactly(
            "user_id",
            "video_id",
            "duration_ms",
            "tab",
            "is_live_streamer",
            "follow_user_num",
            "follow_user_num_range",
            "onehot_feat4",
            "affinity",
            "tags");
    assertThat(guess.at("/columns/1/group").toString()).contains("pepnet");
    assertThat(guess.at("/columns/5/bins").asInt()).isEqualTo(10);
    assertThat(guess.at("/columns/8/type").asText()).isEqualTo("dense");
    assertThat(guess.at("/columns/9/type").asText()).isEqualTo("sequence");
    assertThat(guess.at("/columns/9/delimiter").asText()).isEqualTo("|");
    assertThat(yaml)
        .contains(
            "# - {name: play_time_ms}",
            "left out: is probably not known at prediction time",
            "left out: one value only",
            "left out: another value in nearly every row");
  }

  @ParameterizedTest
  @ValueSource(strings = {RATINGS, IMPRESSIONS})
  void theGuessWorksAtOnceForEveryModel(String query) throws Exception {
    Path raw = csv("raw.csv", query);
    Path data = temp.resolve("data");
    Cli.good("prepare", raw, "--guess", "--out", data);
    // The YAML that it kept makes the same data set.
    Path again = temp.resolve("again");
    Cli.good("prepare", raw, "--config", data.resolve("prepare.yaml"), "--out", again);
    for (String file : List.of("schema.json", "train.parquet", "test.parquet", "encoding.json")) {
      assertThat(again.resolve(file)).hasBinaryContent(Files.readAllBytes(data.resolve(file)));
    }
    Path runs = temp.resolve("runs");
    Cli.good(
        "compare",
        "pepnet",
        "m2m",
        "apg",
        "mmoe",
        "shared_bottom",
        "--data",
        data,
        "--epochs",
        1,
        "--batch-size",
        64,
        "--seeds",
        1,
        "--device",
        "cpu",
        "--out",
        runs);
    Path run = runs.resolve("m2m-seed1");
    Path scores = temp.resolve("scores.parquet");
    JsonNode report =
        RunCommandTest.json(Cli.good("predict", run, "--input", raw, "--output", scores, "--json"));
    assertThat(report.get("rows").asInt()).isGreaterThanOrEqualTo(400);
    assertThat(report.has("unseen")).isTrue();
  }

  @Test
  void aFileWithoutUserScenarioOrLabel() throws IOException {
    Path raw =
        Files.writeString(temp.resolve("raw.csv"), "order,Größe,yes\n1,a,3\n0,b,2\n1,b,1\n0,a,4\n");
    Path data = temp.resolve("data");
    Cli.good("prepare", raw, "--guess", "--out", data);
    assertThat(data.resolve("prepare.yaml"))
        .content()
        .contains("order: \"\\\"order\\\"\"", "scenario: all_scenarios", "user: all_users");
    Path unlabelled = Files.writeString(temp.resolve("b.csv"), "a,b\nx,1\ny,2\n");
    assertThat(Cli.good("prepare", unlabelled, "--guess").out())
        .contains("labels: {}", "no column looks like a label; write TASK: EXPRESSION");
    Cli.invalid(
        "the guess: labels is missing, expected an expression for each task",
        "prepare",
        unlabelled,
        "--guess",
        "--out",
        temp.resolve("c"));
  }
}
