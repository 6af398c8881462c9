package io.scenerank.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableMap;
import io.scenerank.data.DatasetWriter;
import io.scenerank.data.PreparedDataset;
import io.scenerank.data.StableRandom;
import io.scenerank.feature.Schema;
import io.scenerank.serve.RowScorer;
import io.scenerank.serve.RowScorer.TaskOutputs;
import io.scenerank.serve.SavedModelPredictor;
import io.scenerank.serve.Signatures;
import io.scenerank.testing.ChildProcess.Outcome;
import io.scenerank.testing.RunsCommandsOf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which output of a model {@code evaluate} takes for which task. */
@Tag("slow")
class EvaluateTasksTest {
  @TempDir private Path temp;

  @Test
  void tasksFindTheirOutputsByName() {
    List<String> tasks = List.of("b", "a", "c");
    assertThat(TaskOutputs.find("m", List.of("task_a", "b", "x", "task_c_output"), tasks).byTask())
        .containsExactly(
            Map.entry("b", "b"), Map.entry("a", "task_a"), Map.entry("c", "task_c_output"));
    assertThat(TaskOutputs.find("m", List.of("output_0"), List.of("a")).byTask())
        .containsEntry("a", "output_0");
    assertThatThrownBy(() -> TaskOutputs.find("m", List.of("output_0", "output_1"), tasks))
        .hasMessage(
            "m: no output is named after a task of the data; outputs: output_0, output_1; tasks:"
                + " b, a, c; name the outputs (--map), for example b=output_0,a=output_1");
  }

  @Test
  void outputsAreGivenToTasksWhateverTheirNames() {
    List<String> tasks = List.of("a", "b", "c");
    List<String> outputs = List.of("output_0", "lambda", "b");
    assertThat(TaskOutputs.find("m", outputs, tasks, Map.of("a", "lambda")).byTask())
        .containsExactly(Map.entry("a", "lambda"), Map.entry("b", "b"));
    assertThat(
            TaskOutputs.find("m", outputs, tasks, ImmutableMap.of("a", "b", "c", "output_0"))
                .byTask())
        .as("what is given to one task is not found by name for another")
        .containsExactly(Map.entry("a", "b"), Map.entry("c", "output_0"));
    assertThatThrownBy(() -> TaskOutputs.find("m", outputs, tasks, Map.of("d", "lambda")))
        .hasMessageStartingWith("outputs (--map): 'd' is not a task of the data")
        .hasMessageEndingWith("tasks: a, b, c");
    assertThatThrownBy(() -> TaskOutputs.find("m", outputs, tasks, Map.of("a", "lamda")))
        .hasMessage(
            "outputs (--map): 'lamda' is not an output of m; did you mean 'lambda'?; outputs:"
                + " output_0, lambda, b");
    assertThatThrownBy(
            () -> TaskOutputs.find("m", outputs, tasks, ImmutableMap.of("a", "b", "c", "b")))
        .hasMessage("m: output 'b' is given to two tasks, expected one");
  }

  @Test
  @RunsCommandsOf("docs/parity.md#Evaluating a model whose outputs have other names")
  void aModelWhoseOutputsHaveOtherNamesIsEvaluatedWithAMap(List<String> commands) throws Exception {
    Path model = Path.of("savedmodels", "mmoe-keras2");
    Path named = EvaluateCommandTest.kerasData(temp.resolve("named"));
    Path other = EvaluateCommandTest.kerasData(temp.resolve("other"));
    Path schema = other.resolve("schema.json");
    String text = Files.readString(schema);
    Files.writeString(schema, text.replace("is_click", "clicked").replace("is_like", "liked"));
    for (String split : List.of("test.parquet", "train.parquet")) {
      SmallDataset.rewrite(
          other.resolve(split),
          "SELECT * RENAME (is_click AS clicked, is_like AS liked) FROM rows");
    }
    Cli.invalid(
        "outputs: task_is_click, task_is_like; tasks: clicked, liked, is_share; name the outputs"
            + " (--map), for example clicked=task_is_click,liked=task_is_like",
        "evaluate",
        model,
        "--data",
        other);
    JsonNode mapped =
        EvaluateCommandTest.evaluate(
            model, other, "--map", "clicked=task_is_click,liked=task_is_like");
    JsonNode expected = EvaluateCommandTest.evaluate(model, named);
    assertThat(mapped.at("/metrics/auc_clicked")).isEqualTo(expected.at("/metrics/auc_is_click"));
    assertThat(mapped.at("/metrics/auc_liked")).isEqualTo(expected.at("/metrics/auc_is_like"));
    assertThat(Cli.good("evaluate", model, "--data", other, "--map", "liked=task_is_like").err())
        .contains(
            "task_is_click; tasks without an output: clicked, is_share; name the outputs (--map"
                + " TASK=OUTPUT)");
    Cli.misused("'--map'", "evaluate", model, "--data", other, "--map", "liked");
    Files.createSymbolicLink(temp.resolve("data"), other);
    Files.createSymbolicLink(
        Files.createDirectory(temp.resolve("model")).resolve("1"), model.toAbsolutePath());
    assertThat(commands).hasSize(1);
    new PageCommands(temp).runAll(commands);
  }

  /** Labels that are drawn from the other head's scores, as a trainer by position leaves them. */
  @Test
  void crossedTasksAreWarnedOfAndTheMapThatIsTriedIsRight() throws IOException {
    Path model = Path.of("savedmodels", "mmoe-keras2");
    Path folder = temp.resolve("crossed");
    crossedData(folder, model);
    Outcome crossed = Cli.good("evaluate", model, "--data", folder);
    assertThat(crossed.err())
        .contains("warning: the outputs fit the labels clearly better in another order")
        .contains("outputs (--map) is_click=task_is_like,is_like=task_is_click");
    Outcome right =
        Cli.good(
            "evaluate",
            model,
            "--data",
            folder,
            "--map",
            "is_click=task_is_like,is_like=task_is_click");
    assertThat(right.err()).doesNotContain("warning");
  }

  private static void crossedData(Path folder, Path model) throws IOException {
    Schema schema =
        PreparedDataset.open(EvaluateCommandTest.kerasData(folder.resolveSibling("columns")))
            .schema();
    int rows = 3000;
    StableRandom random = StableRandom.of(5);
    int[][] ids = new int[rows][8];
    for (int[] row : ids) {
      for (int i = 0; i < 8; i++) {
        row[i] = random.nextInt(i == 7 ? 2 : 20);
      }
    }
    float[][] scores = scores(model, schema, folder.resolveSibling("unlabelled"), ids);
    write(
        folder,
        schema,
        ids,
        row ->
            new float[] {
              random.nextDouble() < sharpened(scores[1][row]) ? 1 : 0,
              random.nextDouble() < sharpened(scores[0][row]) ? 1 : 0,
              0
            });
  }

  /** The model was never trained: its scores lie within 0.04 of their mean. */
  private static double sharpened(float score) {
    return 0.44 + 5 * (score - 0.44);
  }

  private static float[][] scores(Path model, Schema schema, Path folder, int[][] ids)
      throws IOException {
    write(folder, schema, ids, row -> new float[3]);
    try (SavedModelPredictor predictor =
        SavedModelPredictor.load(model, Signatures.SERVING_DEFAULT, 1)) {
      RowScorer scorer = new RowScorer(predictor, 500);
      float[][] scores = scorer.score(PreparedDataset.open(folder).test(), done -> {});
      return new float[][] {
        scores[scorer.outputs().indexOf("task_is_click")],
        scores[scorer.outputs().indexOf("task_is_like")]
      };
    }
  }

  private static void write(Path folder, Schema schema, int[][] ids, IntFunction<float[]> labels)
      throws IOException {
    DatasetWriter.write(
        folder,
        false,
        schema,
        writer -> {
          writer.train().add(ids[0], new float[0], new float[3]);
          for (int row = 0; row < ids.length; row++) {
            writer.test().add(ids[row], new float[0], labels.apply(row));
          }
        });
  }
}
