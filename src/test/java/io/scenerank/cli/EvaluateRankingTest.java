package io.scenerank.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.config.ConfigMapper;
import io.scenerank.data.DatasetWriter;
import io.scenerank.data.PreparedDataset;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.Schema;
import io.scenerank.feature.Targets;
import io.scenerank.feature.Targets.Target;
import io.scenerank.feature.Targets.TaskType;
import io.scenerank.testing.ChildProcess.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ranking metrics of lists of rows, and metrics of rows without some labels and with weights. */
@Tag("slow")
class EvaluateRankingTest {
  private static final ImmutableList<String> LISTS =
      ImmutableList.of(
          "ndcg@3_click", "mrr_click", "hit_rate@3_click", "ndcg@3_macro", "mrr_macro");

  @TempDir private static Path shared;
  private static Path data;
  private static Path run;
  private static JsonNode report;

  @BeforeAll
  static void trainOnce() throws IOException {
    data = SmallDataset.write(shared.resolve("data"));
    run = shared.resolve("run");
    report =
        RunCommandTest.json(
            Cli.good(
                "run",
                "pepnet",
                "--set",
                "pepnet_dnn_units=[8, 4]",
                "--data",
                data,
                "--out",
                run,
                "--epochs",
                1,
                "--batch-size",
                64,
                "--threads",
                1,
                "--device",
                "cpu",
                "--json",
                "--ranking-by",
                "user",
                "--k",
                3));
  }

  /**
   * The data set with a column of requests, which the model does not read, and with labels of likes
   * that may be missing and have weights.
   */
  private static Path withRequests(Path out, int unknown) throws IOException {
    PreparedDataset from = PreparedDataset.open(data);
    Schema schema = from.schema();
    ImmutableList<Schema.Column> columns =
        ImmutableList.<Schema.Column>builder()
            .addAll(schema.columns())
            .add(
                new Schema.Column(
                    FeatureColumn.sparse("request", 40, 4).withGroup(List.of()), ImmutableMap.of()))
            .build();
    Schema wider =
        new Schema(
                schema.name(),
                schema.source(),
                columns,
                schema.tasks(),
                schema.scenario(),
                schema.userColumn(),
                ImmutableMap.of("request", "request.csv"))
            .withTargets(
                Targets.of(
                    ImmutableMap.of("like", new Target(TaskType.BINARY, null, true, "weight"))));
    DatasetWriter.write(
        out,
        false,
        wider,
        writer -> {
          Files.writeString(writer.folder().resolve("request.csv"), "value,id\nr,1\n");
          for (int row = 0; row < SmallDataset.TEST_ROWS; row++) {
            int[] ids = new int[7];
            from.test().copyIds(row, 0, ids, 0, 6);
            ids[6] = row < unknown ? 0 : 1 + row % 30;
            float[] labels = {
              from.test().label(row, 0), row % 4 == 0 ? Float.NaN : from.test().label(row, 1)
            };
            float[] dense = {from.test().dense(row, 0)};
            writer.test().add(ids, dense, labels, new float[0], new float[] {row % 3});
            writer.train().add(ids, dense, labels, new float[0], new float[] {1});
          }
        });
    return out;
  }

  @Test
  void aRunMeasuresListsInItsTablesItsFilesAndItsReport() throws IOException {
    assertThat(report.get("ranking").toString()).isEqualTo("{\"by\":\"user\",\"k\":3}");
    assertThat(report.get("metrics").fieldNames()).toIterable().containsAll(LISTS);
    assertThat(report.at("/per_scenario/home/metrics").fieldNames())
        .toIterable()
        .containsAll(LISTS);
    // Nobody likes anything in the last scenario: no list has a positive label.
    JsonNode quiet = report.at("/per_scenario/quiet/metrics");
    assertThat(quiet.get("val_group_like").asInt()).isZero();
    assertThat(quiet.get("skipped_group_like").asInt()).isEqualTo(20);
    assertThat(quiet.has("mrr_like")).isFalse();
    JsonNode metrics = new ConfigMapper().readTree(run.resolve("metrics.json"));
    assertThat(metrics.get("metrics")).isEqualTo(report.get("metrics"));
    JsonNode task = new ConfigMapper().readTree(run.resolve("report.json")).at("/tasks/0/more");
    assertThat(task.get("ndcg@3")).isEqualTo(report.at("/metrics/ndcg@3_click"));
    assertThat(Files.readString(run.resolve("report.html")))
        .contains("<th>ndcg@3</th>", "<th>hit rate@3</th>");
    JsonNode evaluated = EvaluateCommandTest.evaluate(run, data, "--k", 3);
    assertThat(evaluated.get("metrics")).isEqualTo(report.get("metrics"));
    assertThat(evaluated.get("ranking")).isEqualTo(report.get("ranking"));
  }

  @Test
  void listsAreMeasuredOnRequestOnly() {
    JsonNode plain = EvaluateCommandTest.evaluate(run, data);
    assertThat(plain.has("ranking")).isFalse();
    assertThat(plain.get("metrics").fieldNames()).toIterable().doesNotContainAnyElementsOf(LISTS);
    assertThat(EvaluateCommandTest.evaluate(run, data, "--ranking-by", "none", "--k", 3))
        .isEqualTo(plain);
    Outcome text = Cli.good("evaluate", run, "--data", data, "--ranking-by", "item");
    assertThat(text.out())
        .contains("Per task:", "ndcg@10", "hit_rate@10", "val_group")
        .contains("A list of the ranking metrics: the rows of one item;");
    assertThat(text.err()).doesNotContain("in no list");
  }

  @Test
  void listsAreThoseOfAColumnThatTheModelDoesNotRead() throws IOException {
    Path requests = withRequests(shared.resolve("requests"), 30);
    Outcome all =
        Cli.good("evaluate", run, "--data", requests, "--ranking-by", "request", "--json");
    assertThat(all.err())
        .contains(
            "30 of 90 rows are in no list of the ranking metrics: their 'request' is missing or"
                + " unknown");
    JsonNode json = RunCommandTest.json(all);
    JsonNode metrics = json.get("metrics");
    // Of 30 lists with 2 rows each, by row number modulo 30.
    assertThat(metrics.get("val_group_click").asInt() + metrics.get("skipped_group_click").asInt())
        .isEqualTo(30);
    assertThat(metrics.get("hit_rate@10_click").asDouble()).isCloseTo(1, within(1e-12));
    Path out = shared.resolve("requests.html");
    Cli.good("report", run, "--data", requests, "--out", out, "--ranking-by", "request");
    assertThat(Files.readString(out)).contains("<th>ndcg@10</th>");
  }

  @Test
  void rowsWithoutALabelCountForTheOtherTasksOnly() throws IOException {
    Path requests = withRequests(shared.resolve("labels"), 0);
    JsonNode plain = report.get("metrics");
    JsonNode metrics = EvaluateCommandTest.evaluate(run, requests).get("metrics");
    assertThat(metrics.get("rows").asInt()).isEqualTo(90);
    assertThat(metrics.get("labelled_like").asInt()).isEqualTo(67);
    assertThat(metrics.has("labelled_click")).isFalse();
    assertThat(metrics.get("auc_click")).isEqualTo(plain.get("auc_click"));
    assertThat(metrics.get("auc_like")).isNotEqualTo(plain.get("auc_like"));
    assertThat(metrics.has("weighted_auc_like")).isTrue();
    assertThat(metrics.has("weighted_auc_click")).isFalse();
    assertThat(metrics.get("weighted_logloss_macro"))
        .isEqualTo(metrics.get("weighted_logloss_like"));
    assertThat(Cli.good("evaluate", run, "--data", requests).out())
        .contains("Per task:", "weighted_auc", "| labelled |");
  }

  @Test
  void whatCannotBeMeasuredIsNamed() {
    Cli.invalid("k (--k) is 0, expected at least 1", "evaluate", run, "--data", data, "--k", 0);
    Cli.invalid(
        "ranking by (--ranking-by): 'itme' is not a column of the data; did you mean 'item'?",
        "evaluate",
        run,
        "--data",
        data,
        "--ranking-by",
        "itme");
    Path out = shared.resolve("none");
    for (List<Object> command :
        List.<List<Object>>of(List.of("run", "pepnet"), List.of("compare", "pepnet"))) {
      Cli.invalid(
          "ranking by (--ranking-by): column 'history' is VARLEN_SPARSE, expected a column of type"
              + " SPARSE",
          Stream.concat(
                  command.stream(),
                  Stream.of("--data", data, "--out", out, "--ranking-by", "history"))
              .toArray());
    }
    assertThat(out).doesNotExist();
  }
}
