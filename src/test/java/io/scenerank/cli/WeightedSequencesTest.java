package io.scenerank.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.scenerank.serve.Features;
import io.scenerank.serve.SavedModelPredictor;
import io.scenerank.testing.ChildProcess.Outcome;
import io.scenerank.testing.Page;
import io.scenerank.testing.ParquetTable;
import io.scenerank.testing.RunsCommandsOf;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sequences whose values have weights, from raw rows to exports. */
@Tag("slow")
class WeightedSequencesTest {
  private static final String SECTION = "docs/data.md#Combiners and weights";

  private static final String ROWS =
      """
      SELECT 'u' || i % 31 AS user_id, 'i' || i * 7 % 23 AS item_id, 'p' || i % 3 AS page,
        i % 2 AS click,
        ['', 'a:0.5', 'a:0.5|b:2', 'c::1|a:0|b:.25|d:1e1|a:3', '|b:0'][1 + i % 5] AS tags,
        ['fast=2|safe=0.5', 'slow=0'][1 + i % 2] AS words,
        ['t1 t2', 't3', ''][1 + i % 3] AS topics, ['1 0.25', '3', ''][1 + i % 3] AS topic_weights,
        ['x', 'x|y', ''][1 + i % 3] AS brands
      FROM range(300) t(i)
      """;

  @TempDir private Path temp;
  private Path raw;
  private Path yaml;

  @BeforeEach
  void write() throws Exception {
    raw = ParquetTable.write(temp.resolve("posts.csv"), ROWS, "FORMAT csv, HEADER");
    yaml = Files.writeString(temp.resolve("posts.yaml"), Page.section(SECTION).code("yaml").get(0));
  }

  private static JsonNode metrics(Path model, String option, Path rows) {
    return RunCommandTest.json(Cli.good("evaluate", model, option, rows, "--json")).get("metrics");
  }

  private List<Float> scores(Path model) throws Exception {
    Path out = temp.resolve("scores.parquet");
    Cli.good("predict", model, "--input", raw, "--output", out, "--force");
    return ParquetTable.rows(out, "SELECT click FROM %s").stream().map(Float::valueOf).toList();
  }

  private Path train(String model) {
    Path data = temp.resolve("data");
    Path run = temp.resolve("run");
    Cli.good("prepare", raw, "--config", yaml, "--out", data);
    Cli.good("run", model, "--data", data, "--epochs", 1, "--device", "cpu", "--out", run);
    return run;
  }

  @Test
  @RunsCommandsOf(SECTION)
  void thePage(List<String> commands) throws Exception {
    PageCommands run = new PageCommands(temp);
    Outcome prepared = run.run(commands.get(0));
    assertThat(prepared.out() + prepared.err()).doesNotContain("not in any group");
    Path data = temp.resolve("data/posts");
    assertThat(
            ParquetTable.rows(
                data.resolve("train.parquet"),
                "SELECT DISTINCT tags, tags_weights FROM %s ORDER BY tags_weights, tags"))
        .containsExactly(
            "[0, 0, 0, 0]|[0.0, 0.0, 0.0, 0.0]",
            "[0, 0, 0, 2]|[0.0, 0.0, 0.0, 0.0]",
            "[0, 0, 0, 1]|[0.0, 0.0, 0.0, 0.5]",
            "[0, 0, 1, 2]|[0.0, 0.0, 0.5, 2.0]",
            "[1, 2, 4, 1]|[0.0, 0.25, 10.0, 3.0]");
    assertThat(
            ParquetTable.rows(
                data.resolve("train.parquet"),
                "SELECT DISTINCT topics_weights, words_weights[2:3] FROM %s"))
        .contains("[0.0, 1.0, 0.25]|[2.0, 0.5]", "[0.0, 0.0, 0.0]|[0.0, 0.0]");
    run.run(commands.get(1));
    run.run(commands.get(2));
    Path folder = temp.resolve("runs/posts");
    Path imported = temp.resolve("imported");
    Cli.good("import-keras", temp.resolve("back/posts.keras"), "--out", imported);
    JsonNode expected = metrics(folder, "--data", data);
    assertThat(metrics(imported, "--data", data).get("logloss").asDouble())
        .isCloseTo(expected.get("logloss").asDouble(), within(1e-6));
    assertThat(metrics(folder.resolve("saved_model"), "--data", data)).isEqualTo(expected);
    assertThat(metrics(folder, "--input", raw).get("auc").isNumber()).isTrue();
    assertThat(scores(folder)).hasSize(300);
    assertThat(Cli.good("explain", folder, "--data", data, "--repeats", 1).out())
        .contains("tags", "tags_weights");
    Cli.invalid(
        "column 'topics' has weights in another column",
        "export",
        folder,
        "--format",
        "saved_model",
        "--raw",
        "--out",
        temp.resolve("raw"));
  }

  @Test
  void aGraphReadsWeightsBehindValues() throws Exception {
    Files.writeString(yaml, Files.readString(yaml).replaceAll("(?m)^.*topics.*$", ""));
    Path run = train("mmoe");
    Path exported = temp.resolve("raw");
    Cli.good("export", run, "--format", "saved_model", "--raw", "--out", exported);
    List<Float> expected = scores(run);
    try (SavedModelPredictor predictor =
        SavedModelPredictor.load(exported.resolve("1"), "raw", 1)) {
      assertThat(predictor.inputs())
          .containsKeys("tags", "words")
          .doesNotContainKey("tags_weights");
      for (int i = 0; i < 30; i++) {
        assertThat(predictor.predict(features(i)).get("click")[0])
            .isCloseTo(expected.get(i), within(1e-6f));
      }
    }
  }

  private static Features features(int row) {
    String[] tags = {"", "a:0.5", "a:0.5|b:2", "c::1|a:0|b:.25|d:1e1|a:3", "|b:0"};
    return Features.builder()
        .strings("user_id", "u" + row % 31)
        .strings("item_id", "i" + row * 7 % 23)
        .strings("tags", tags[row % 5])
        .strings("words", new String[] {"fast=2|safe=0.5", "slow=0"}[row % 2])
        .strings("brands", new String[] {"x", "x|y", ""}[row % 3])
        .build();
  }

  @Test
  void newDaysKeepTheirWeights() throws Exception {
    Path run = train("shared_bottom");
    Path next =
        ParquetTable.write(
            temp.resolve("next.csv"),
            "SELECT * REPLACE (tags || '|new:7' AS tags) FROM (" + ROWS + ")",
            "FORMAT csv, HEADER");
    Path second = temp.resolve("second");
    Cli.good("prepare", next, "--extend", run, "--out", second);
    assertThat(
            ParquetTable.rows(
                second.resolve("train.parquet"),
                "SELECT DISTINCT tags[-1], tags_weights[-1] FROM %s"))
        .containsExactly("5|7.0");
    Path grown = temp.resolve("grown");
    Object[] train = {
      "train", "--from", run, "--data", second, "--epochs", 1, "--device", "cpu", "--out", grown
    };
    assertThat(Cli.good(train).err()).contains("tables grow: embedding/tags from 5 to 6 rows");
    Cli.good("evaluate", grown, "--input", next);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      quoteCharacter = '~',
      value = {
        "'a:0.5' # 'a:-1' # column 'tags', row 1: found 'a with the weight -1', expected a finite"
            + " weight of 0 or more for each value",
        "'a:0.5' # 'a:nan' # row 1: found 'a with the weight nan', expected a finite weight",
        "'a:0.5' # 'a:' # row 1: found 'a with the weight ', expected a finite weight",
        "'a:0.5' # 'b:1|a' # row 1: found 'a with the weight missing', expected a finite weight",
        "'a:0.5' # 'a:much' # row 1: found 'a with the weight much', expected a finite weight",
        "'3', ''] # '3', '1'] # column 'topics', row 2: found '0 values and 1 weights', expected a"
            + " weight for each value",
        "'1 0.25' # '1' # column 'topics', row 0: found '2 values and 1 weights', expected a weight",
        "'1 0.25' # '1 x' # column 'topics', row 0: found 't2 with the weight x', expected",
      })
  void whatIsWrongInARowIsNamed(String given, String instead, String message) throws Exception {
    assertThat(ROWS).contains(given);
    ParquetTable.write(raw, ROWS.replace(given, instead), "FORMAT csv, HEADER");
    Cli.invalid(message, "prepare", raw, "--config", yaml, "--out", temp.resolve("none"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      quoteCharacter = '~',
      value = {
        "weights: topic_weights # weights: topc_weights # weights of the column 'topics': there is"
            + " no column 'topc_weights'; did you mean 'topic_weights'?",
        "weights: topic_weights # weights: topic_weights, weight_delimiter: '=' # weights are in"
            + " another column and weight_delimiter in the same one",
        "weight_delimiter: \"=\" # weight_delimiter: \"|\" # weight_delimiter is '|', expected a"
            + " text other than the delimiter",
        "combiner: sqrtn # combiner: max # column 'topics': weights are for the combiners sum, mean"
            + " and sqrtn, found 'max'",
        "combiner: sqrtn # combiner: avg # combiner 'avg' is unknown",
        "combiner: sqrtn # combiner: 'sum,max' # combiner is 'sum,max', expected one way to pool",
        "{name: item_id} # {name: tags_weights} # the weights of the column 'tags' become the column"
            + " 'tags_weights', which is there",
        "{name: item_id} # {name: item_id, weights: click} # weights and weight_delimiter are for a"
            + " sequence",
      })
  void whatIsWrongInTheDescriptionIsNamed(String given, String instead, String message)
      throws Exception {
    String text = Files.readString(yaml);
    assertThat(text).contains(given);
    Files.writeString(yaml, text.replace(given, instead));
    Cli.invalid(message, "prepare", raw, "--config", yaml, "--out", temp.resolve("none"));
  }

  @Test
  void listsHaveWeightsToo() throws Exception {
    Path lists =
        ParquetTable.write(
            temp.resolve("posts.parquet"),
            "SELECT * REPLACE (string_split(tags, '|') AS tags, CASE WHEN topics = '' THEN NULL ELSE"
                + " string_split(topics, ' ') END AS topics, CASE WHEN topics = '' THEN NULL ELSE"
                + " string_split(topic_weights, ' ')::FLOAT[] END AS topic_weights) FROM ("
                + ROWS
                + ")");
    Path data = temp.resolve("data");
    Cli.good("prepare", raw, "--config", yaml, "--out", data);
    Files.writeString(
        yaml,
        Files.readString(yaml)
            .replace("tags, type: sequence, delimiter: \"|\"", "tags, type: sequence")
            .replace("topics, type: sequence, delimiter: \" \"", "topics, type: sequence"));
    Path other = temp.resolve("other");
    Cli.good("prepare", lists, "--config", yaml, "--out", other);
    String query = "SELECT tags, tags_weights, topics, topics_weights FROM %s";
    assertThat(ParquetTable.rows(other.resolve("train.parquet"), query))
        .isEqualTo(ParquetTable.rows(data.resolve("train.parquet"), query));
  }
}
