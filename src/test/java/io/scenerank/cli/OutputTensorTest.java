package io.scenerank.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.scenerank.testing.ParquetTable;
import io.scenerank.train.experiment.SavedRun;
import io.scenerank.variable.FloatTensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code predict --output-tensor}. */
@Tag("slow")
class OutputTensorTest {
  /** Of a sigmoid of float32. */
  private static final double ROUNDING = 1e-6;

  @TempDir private static Path shared;
  private static TwoDays days;
  private static Path data;
  private static Path run;

  @TempDir private Path temp;

  @BeforeAll
  static void train() throws Exception {
    days = TwoDays.withoutExpressions(shared);
    data = days.prepare(1);
    run = days.train(data, "run");
  }

  private Path predict(Path input, String output, Object... more) {
    Path out = temp.resolve(output);
    Object[] command = {"predict", run, "--input", input, "--output", out, "--batch-size", 64};
    Object[] all = Arrays.copyOf(command, command.length + more.length);
    System.arraycopy(more, 0, all, command.length, more.length);
    Cli.good(all);
    return out;
  }

  @Test
  void anEmbeddingIsTheRowOfTheId() throws Exception {
    Path test = data.resolve("test.parquet");
    Path out = predict(test, "out.parquet", "--output-tensor", "embedding/item");
    List<String> ids = ParquetTable.rows(test, "SELECT item FROM %s");
    List<String> vectors =
        ParquetTable.rows(out, "SELECT array_to_string(flatten(\"embedding/item\"), ' ') FROM %s");
    FloatTensor table = SavedRun.open(run).read().weights().get("embedding/item/embeddings");
    int width = (int) table.shape().get(1);
    assertThat(vectors).hasSameSizeAs(ids).hasSizeGreaterThan(128);
    for (int row = 0; row < ids.size(); row++) {
      int id = Integer.parseInt(ids.get(row));
      assertThat(floats(vectors.get(row)))
          .as("row %d", row)
          .isEqualTo(Arrays.copyOfRange(table.values(), id * width, (id + 1) * width));
    }
  }

  private static float[] floats(String texts) {
    String[] split = texts.split(" ");
    float[] floats = new float[split.length];
    for (int i = 0; i < split.length; i++) {
      floats[i] = Float.parseFloat(split[i]);
    }
    return floats;
  }

  @Test
  void scoresAreThoseWithoutTensorsAndThoseThatTheTowerGives() throws Exception {
    Path plain = predict(days.raw(2), "plain.parquet");
    Path out =
        predict(
            days.raw(2),
            "out.parquet",
            "--output-tensor",
            "task_tower_click",
            "--output-tensor",
            "shared_bottom");
    List<String> scores = ParquetTable.rows(plain, "SELECT click FROM %s");
    List<String> beside = ParquetTable.rows(out, "SELECT click FROM %s");
    assertThat(beside).hasSameSizeAs(scores);
    List<String> logits = ParquetTable.rows(out, "SELECT CAST(task_tower_click AS DOUBLE) FROM %s");
    for (int row = 0; row < scores.size(); row++) {
      // What is kept is not computed together with its neighbours: other roundings.
      assertThat(Double.parseDouble(beside.get(row)))
          .isCloseTo(Double.parseDouble(scores.get(row)), within(ROUNDING));
      assertThat(1 / (1 + Math.exp(-Double.parseDouble(logits.get(row)))))
          .isCloseTo(Double.parseDouble(scores.get(row)), within(ROUNDING));
    }
    assertThat(ParquetTable.rows(out, "SELECT DISTINCT typeof(shared_bottom) FROM %s"))
        .containsExactly("FLOAT[]");
  }

  @Test
  void csvHasListsAsTextsAndOutputsCanBeChosen() throws Exception {
    Path test = data.resolve("test.parquet");
    Path parquet = predict(test, "out.parquet", "--output-tensor", "shared_bottom");
    Path csv = predict(test, "out.csv", "--output-tensor", "shared_bottom", "--outputs", "click");
    assertThat(Files.readAllLines(csv).get(0)).isEqualTo("click,shared_bottom");
    assertThat(Files.readAllLines(csv).get(1))
        .isEqualTo(
            ParquetTable.rows(
                    parquet,
                    "SELECT click || ',\"' || CAST(shared_bottom AS VARCHAR) || '\"' FROM %s")
                .get(0));
  }

  @Test
  void whatIsWrongIsNamed() throws Exception {
    Path out = temp.resolve("none.parquet");
    Path test = data.resolve("test.parquet");
    Object[] command = {
      "predict", run, "--input", test, "--output", out, "--output-tensor", "shared_bottm"
    };
    Cli.invalid(
        "model 'shared_bottom': tensor 'shared_bottm' is unknown; did you mean 'shared_bottom'?",
        command);
    command[7] = "something else";
    Cli.invalid("tensor 'something else' is unknown; known: ", command);
    command[7] = "shared_bottom";
    command[1] = run.resolve("saved_model");
    Cli.invalid("expected a run for output tensors (--output-tensor)", command);
    assertThat(out).doesNotExist();
  }
}
