package io.scenerank.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.config.ConfigMapper;
import io.scenerank.data.DatasetWriter;
import io.scenerank.data.PackedRows;
import io.scenerank.data.PreparedDataset;
import io.scenerank.data.StableRandom;
import io.scenerank.eval.Evaluator;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.Schema;
import io.scenerank.serve.RowScorer;
import io.scenerank.serve.SavedModelPredictor;
import io.scenerank.serve.Signatures;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code evaluate} of runs and of SavedModels, those of Keras among them. */
@Tag("slow")
class EvaluateCommandTest {
  @TempDir private static Path shared;
  private static Path data;
  private static Path run;
  private static JsonNode report;

  @TempDir private Path temp;

  @BeforeAll
  static void trainOnce() throws IOException {
    data = SmallDataset.write(shared.resolve("data"));
    run = shared.resolve("run");
    report =
        RunCommandTest.json(
            Cli.good(
                "run",
                "pepnet",
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
                "--set",
                "pepnet_dnn_units=[8, 4]"));
  }

  static JsonNode evaluate(Object model, Object dataset, Object... more) {
    return RunCommandTest.json(
        Cli.good(
            Stream.concat(
                    Stream.of("evaluate", model, "--data", dataset, "--json", "--threads", 1),
                    Stream.of(more))
                .toArray()));
  }

  @Test
  void aRunsMetricsAreThoseThatItPrinted() {
    JsonNode evaluated = evaluate(run, data);
    assertThat(evaluated.fieldNames())
        .toIterable()
        .containsExactly("model", "metrics", "per_scenario", "graph", "path", "data");
    assertThat(evaluated.get("model").asText()).isEqualTo("pepnet");
    assertThat(evaluated.get("graph").asText()).isEqualTo("native");
    assertThat(evaluated.get("metrics")).isEqualTo(report.get("metrics"));
    assertThat(evaluated.get("per_scenario")).isEqualTo(report.get("per_scenario"));
  }

  @Test
  void theExportOfARunHasTheSameMetrics() {
    JsonNode exported = evaluate(run.resolve("saved_model/1"), data, "--batch-size", 64);
    assertThat(exported.get("model").asText()).isEqualTo(Path.of("saved_model", "1").toString());
    assertThat(exported.get("graph").asText()).isEqualTo("saved_model");
    assertThat(exported.get("metrics")).isEqualTo(report.get("metrics"));
    assertThat(exported.get("per_scenario")).isEqualTo(report.get("per_scenario"));
  }

  @Test
  void printsTheTablesOfRun() {
    Outcome text = Cli.good("evaluate", run, "--data", data);
    assertThat(text.err()).doesNotContain("warning");
    assertThat(text.out())
        .contains("auc_click", "gauc_macro", "val_user_like", "Per scenario:", "| quiet")
        .endsWith(
            String.format("90 test rows of %s, scored with the native graph of %s%n", data, run));
    Path base = run.resolve("saved_model");
    assertThat(Cli.good("evaluate", base, "--data", data).out())
        .endsWith(String.format("scored with the SavedModel of %s%n", base.resolve("1")));
    assertThat(Cli.good("evaluate", run, "--data", data, "--markdown").out())
        .startsWith("| auc_click |")
        .contains(String.format("Per scenario:%n%n| scenario |"));
  }

  /** Columns of all checked-in models, and a task that none of them has. */
  static Path kerasData(Path folder) throws IOException {
    ImmutableList<FeatureColumn> columns =
        ImmutableList.of(
            FeatureColumn.sparse("user_id", 20, 4),
            FeatureColumn.sparse("video_id", 20, 4),
            FeatureColumn.sequence("history", "video_id", 20, 4, 5),
            FeatureColumn.sparse("tab", 2, 4));
    Schema schema =
        new Schema(
            "keras",
            "test",
            columns.stream()
                .map(column -> new Schema.Column(column, ImmutableMap.of()))
                .collect(ImmutableList.toImmutableList()),
            ImmutableList.of("is_click", "is_like", "is_share"),
            new Schema.Scenario("tab", ImmutableList.of("home", "search")),
            "user_id",
            ImmutableMap.of());
    DatasetWriter.write(
        folder,
        false,
        schema,
        writer -> {
          for (DatasetWriter.Rows split : List.of(writer.train(), writer.test())) {
            StableRandom random = StableRandom.of(4);
            for (int row = 0; row < 80; row++) {
              int[] ids = new int[8];
              for (int i = 0; i < 8; i++) {
                ids[i] = random.nextInt(i == 7 ? 2 : 20);
              }
              float[] labels = {row % 2, row / 2 % 2, row / 3 % 2};
              split.add(ids, new float[0], labels);
            }
          }
        });
    return folder;
  }

  @ParameterizedTest
  @CsvSource({
    "mmoe-keras2,task_is_click,task_is_like",
    "m2m-keras2,task_is_click_output,task_is_like_output",
    "apg-keras3,is_click,is_like",
  })
  void aModelOfKerasIsEvaluatedAsABlackBox(String name, String click, String like)
      throws IOException {
    Path model = Path.of("savedmodels", name);
    Path rows = kerasData(temp.resolve("data"));
    JsonNode json = evaluate(model, rows);
    assertThat(json.get("model").asText()).isEqualTo(name);
    PreparedDataset dataset = PreparedDataset.open(rows);
    PackedRows test = dataset.test();
    try (SavedModelPredictor predictor =
        SavedModelPredictor.load(model, Signatures.SERVING_DEFAULT, 1)) {
      RowScorer scorer = new RowScorer(predictor, 80);
      float[][] scores = scorer.score(test, done -> {});
      float[][] byTask = {
        scores[scorer.outputs().indexOf(click)], scores[scorer.outputs().indexOf(like)]
      };
      ImmutableList<String> tasks = ImmutableList.of("is_click", "is_like");
      Evaluator evaluator = Evaluator.of(test, tasks, dataset.schema().scenario());
      ConfigMapper mapper = new ConfigMapper();
      JsonNode expected =
          mapper.parse(mapper.toJson(evaluator.evaluate(byTask).toJson()), "expected");
      assertThat(json.get("metrics")).isEqualTo(expected.get("metrics"));
      assertThat(json.get("per_scenario")).isEqualTo(expected.get("per_scenario"));
    }
  }

  @Test
  void anOutputWithoutLabelIsNamedAndLeftOut() throws Exception {
    Path folder = SmallDataset.write(temp.resolve("data"));
    Path schema = folder.resolve("schema.json");
    Files.writeString(schema, Files.readString(schema).replace("\"like\"", "\"share\""));
    SmallDataset.rewrite(
        folder.resolve("test.parquet"), "SELECT * RENAME (\"like\" AS share) FROM rows");
    Path exported = run.resolve("saved_model/1");
    Outcome outcome = Cli.good("evaluate", exported, "--data", folder);
    assertThat(outcome.err()).contains("not evaluated, without a label in the data: like");
    Cli.invalid(
        schema + ": task 'like' has no label in the data; known: [click, share]",
        "evaluate",
        run,
        "--data",
        folder);
  }

  /** What is changed in the data's schema. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"age\" | \"aged\" | feature 'age', which the model reads, is not in the data; did you"
            + " mean 'aged'? | input 'age' is not a feature of",
        "\"vocab_size\" : 20 | \"vocab_size\" : 21 | feature 'user' is SPARSE of width 1 and 21"
            + " ids in the data but the model expects SPARSE of width 1 and 20 ids |",
        "\"max_len\" : 3 | \"max_len\" : 4 | feature 'history' is VARLEN_SPARSE of width 4 and 30"
            + " ids in the data but |",
      })
  void columnsThatTheDataLacksAreNamed(String from, String to, String ofRun, String ofExport)
      throws IOException {
    Path folder = SmallDataset.write(temp.resolve("data"));
    Path schema = folder.resolve("schema.json");
    String text = Files.readString(schema);
    assertThat(text).contains(from);
    Files.writeString(schema, text.replace(from, to));
    Cli.invalid(schema + ": " + ofRun, "evaluate", run, "--data", folder);
    if (ofExport != null) {
      Path exported = run.resolve("saved_model/1");
      Cli.invalid(exported + ": " + ofExport, "evaluate", exported, "--data", folder);
    }
  }

  @Test
  void whatCannotBeEvaluatedIsNamed() throws IOException {
    Cli.invalid(temp + ": not a SavedModel", "evaluate", temp, "--data", data);
    Cli.invalid(
        temp.resolve("none") + ": no such folder", "evaluate", run, "--data", temp.resolve("none"));
    Cli.invalid("--batch-size is 0", "evaluate", run, "--data", data, "--batch-size", 0);
    Cli.invalid(
        "--json and --markdown exclude", "evaluate", run, "--data", data, "--json", "--markdown");
    Cli.misused("(specify one of these): (--data=DIR | --input=FILES)", "evaluate", run);
    Path model = Path.of("savedmodels/mmoe-keras3");
    Cli.invalid(
        model + ": input 'history' is not a feature of " + temp,
        "evaluate",
        model,
        "--data",
        withoutHistory(temp.resolve("other")));
    Path damaged = Files.createDirectory(temp.resolve("damaged"));
    Files.writeString(damaged.resolve("config.yaml"), "model: [");
    Cli.invalid(
        damaged.resolve("config.yaml") + ": not well formed", "evaluate", damaged, "--data", data);
  }

  private static Path withoutHistory(Path folder) throws IOException {
    kerasData(folder);
    Path schema = folder.resolve("schema.json");
    Files.writeString(schema, Files.readString(schema).replace("\"history\"", "\"past\""));
    return folder;
  }
}
