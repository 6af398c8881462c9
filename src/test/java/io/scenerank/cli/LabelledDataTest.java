package io.scenerank.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.scenerank.testing.ChildProcess.Outcome;
import io.scenerank.testing.Page;
import io.scenerank.testing.ParquetTable;
import io.scenerank.testing.RunsCommandsOf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Labels that rows lack, weights, numbers and counts, from raw rows to exports. */
@Tag("slow")
class LabelledDataTest {
  private static final String SECTION =
      "docs/data.md#Labels that are missing, weights, numbers and counts";

  private static final String ROWS =
      """
      SELECT i % 31 AS user_id, i * 7 % 23 AS item_id, 'p' || i % 3 AS page, 1 + i % 4 AS price,
        i % 2 AS click, CASE i % 4 WHEN 1 THEN '1' WHEN 3 THEN '0' ELSE '' END AS buy,
        CASE WHEN i % 5 > 0 THEN (i * 7 % 23 + i % 3)::TEXT ELSE '' END AS seconds,
        i % 31 // 10 AS visits, i % 7 / 4.0 AS weight FROM range(600) t(i)
      """;

  @TempDir private Path temp;
  private Path raw;
  private Path yaml;

  @BeforeEach
  void write() throws Exception {
    raw = ParquetTable.write(temp.resolve("views.csv"), ROWS, "FORMAT csv, HEADER");
    yaml = Files.writeString(temp.resolve("views.yaml"), Page.section(SECTION).code("yaml").get(0));
  }

  @Test
  @RunsCommandsOf(SECTION)
  void thePage(List<String> commands) throws Exception {
    PageCommands run = new PageCommands(temp);
    Outcome prepared = run.run(commands.get(0));
    assertThat(prepared.err() + prepared.out())
        .contains("label 'buy': ", " rows to train on have one", "label 'watch': ")
        .doesNotContain("label 'visits'");
    assertThat(
            ParquetTable.rows(
                temp.resolve("data/views/train.parquet"),
                "SELECT count(*) FILTER (buy IS NULL AND click = 0 OR buy IS NOT NULL AND click = 1)"
                    + " = count(*), count(watch) < count(*), min(sample_weight) = 0 FROM %s"))
        .containsExactly("true|true|true");
    run.run(commands.get(1));
    Path folder = temp.resolve("runs/views");
    assertThat(folder.resolve("config.yaml")).content().contains("targets:", "transform: log1p");
    for (String format : List.of("keras", "h5", "saved_model")) {
      Cli.good("export", folder, "--format", format, "--out", temp.resolve("as." + format));
    }
    Cli.good("import-keras", temp.resolve("as.keras"), "--out", temp.resolve("imported"));
    JsonNode metrics = metrics(folder);
    assertThat(metrics.fieldNames())
        .toIterable()
        .contains("weighted_auc_buy", "rmse_watch", "poisson_deviance_visits", "labelled_watch");
    JsonNode imported = metrics(temp.resolve("imported"));
    assertThat(imported.get("rmse_watch").asDouble())
        .isCloseTo(metrics.get("rmse_watch").asDouble(), within(1e-5));
    assertThat(imported.get("auc_click")).isEqualTo(metrics.get("auc_click"));
    Cli.good(
        "train",
        "--from",
        folder,
        "--data",
        temp.resolve("data/views"),
        "--epochs",
        1,
        "--out",
        temp.resolve("more"),
        "--set",
        "validation_split=0.2",
        "--set",
        "patience=1",
        "--set",
        "monitor=rmse_watch",
        "--set",
        "loss={watch: huber, click: focal}");
    Cli.good("evaluate", folder, "--input", raw);
    Cli.good("predict", folder, "--input", raw, "--output", temp.resolve("scores.parquet"));
    assertThat(
            ParquetTable.rows(
                temp.resolve("scores.parquet"),
                "SELECT count(*), min(visits) > 0, max(watch) > 1, max(click) < 1 FROM %s"))
        .containsExactly("600|true|true|true");
  }

  private JsonNode metrics(Path model) {
    return RunCommandTest.json(
            Cli.good("evaluate", model, "--data", temp.resolve("data/views"), "--json"))
        .get("metrics");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        ", missing: skip| |label 'watch', row 0: found nothing, expected a finite number above -1,"
            + " for log1p; 'missing: skip' under the label",
        "where: click = 1|where: click = 7|label 'buy': no row to train on has one (where 'click ="
            + " 7'), expected at least one",
        "where: click = 1|where: click + 1|label 'buy': where: 'click + 1' is BIGINT, expected"
            + " BOOLEAN",
        "sample_weight: weight|sample_weight: weight - 1|sample_weight, row 0: found '-1.0',"
            + " expected a finite number of 0 or more",
        "sample_weight: weight|sample_weight: 0 * weight|label 'click': sample_weight is 0 in every"
            + " row to train on",
        "sample_weight: weight|sample_weight: page|sample_weight, row 0: found 'p0', expected a"
            + " number of 0 or more",
        "type: count|type: cuont|labels: type is 'cuont', expected one of binary, regression,"
            + " count; did you mean 'count'?",
        "type: count|type: count, transform: log1p|labels: transform is for a label of type"
            + " regression, found count",
        "expression: visits|expression: visits - 1|label 'visits', row 0: found '-1', expected a"
            + " finite number of 0 or more",
        "missing: skip|mising: skip|unknown key 'labels.mising'; did you mean 'missing'?",
        "missing: skip|missing: 0|labels: missing is '0', expected skip",
        "name: item_id|name: sample_weight|'sample_weight' is a label and another label or column",
      })
  void whatIsWrongIsNamed(String given, String instead, String message) throws IOException {
    String text = Files.readString(yaml);
    assertThat(text).contains(given);
    Files.writeString(yaml, text.replace(given, instead == null ? "" : instead));
    Path out = temp.resolve("data");
    Outcome outcome = Cli.run("prepare", raw, "--config", yaml, "--out", out);
    assertThat(outcome.exitCode()).isEqualTo(ScenerankCommand.BAD_INPUT);
    assertThat(outcome.errLines()).hasSize(1).first().asString().contains(message);
    assertThat(out).doesNotExist();
  }

  @Test
  void aModelOfOtherLabelsIsRefused() throws Exception {
    Path data = temp.resolve("data");
    Cli.good("prepare", raw, "--config", yaml, "--out", data);
    Path run = temp.resolve("run");
    Cli.good("run", "mmoe", "--data", data, "--out", run, "--epochs", 1);
    Files.writeString(yaml, Files.readString(yaml).replace("type: count, ", ""));
    Files.writeString(
        yaml, Files.readString(yaml).replace("expression: visits", "expression: visits = 1"));
    Path other = temp.resolve("other");
    Cli.good("prepare", raw, "--config", yaml, "--out", other);
    String message = "task 'visits' is binary in the data, but the model predicts count";
    Cli.invalid(message, "evaluate", run, "--data", other);
    Cli.invalid(message, "train", "--from", run, "--data", other, "--out", temp.resolve("more"));
    Cli.invalid(
        "training.loss: unknown task 'wtch'; did you mean 'watch'?",
        "run",
        "mmoe",
        "--data",
        data,
        "--out",
        temp.resolve("bad"),
        "--set",
        "loss={wtch: huber}");
    Cli.invalid(
        "the loss 'hubr' is unknown; did you mean 'huber'?",
        "run",
        "mmoe",
        "--data",
        data,
        "--out",
        temp.resolve("bad"),
        "--set",
        "loss={watch: hubr}");
  }
}
