package io.scenerank.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.Maps;
import com.google.common.primitives.Floats;
import io.scenerank.data.PackedRows;
import io.scenerank.data.PreparedDataset;
import io.scenerank.train.Checkpoints;
import io.scenerank.train.Device;
import io.scenerank.train.Trainer;
import io.scenerank.train.TrainingGraph;
import io.scenerank.train.TrainingListener;
import io.scenerank.train.experiment.Experiment;
import io.scenerank.train.experiment.SavedRun;
import io.scenerank.variable.FloatTensor;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands on data that is streamed. */
@Tag("slow")
class StreamedCommandsTest {
  @TempDir Path temp;

  private static Map<String, List<Float>> lists(Map<String, FloatTensor> values) {
    return new HashMap<>(Maps.transformValues(values, value -> Floats.asList(value.values())));
  }

  private Object[] train(Path data, Path out, String shuffleBuffer) {
    return new Object[] {
      "train",
      "--data",
      data,
      "--model",
      "pepnet",
      "--out",
      out,
      "--seed",
      5,
      "--epochs",
      2,
      "--batch-size",
      64,
      "--threads",
      1,
      "--device",
      "cpu",
      "--set",
      "pepnet_dnn_units=[8, 4]",
      "--set",
      "validation_split=0.1",
      "--set",
      "shuffle_buffer=" + shuffleBuffer,
      "--json"
    };
  }

  @Test
  void aStreamedTrainingIsThatOfTheSameRowsInMemory() throws IOException {
    Path data = SmallDataset.write(temp.resolve("data"));
    Path out = temp.resolve("run");
    JsonNode json = RunCommandTest.json(Cli.good(train(data, out, "100")));
    assertThat(json.get("reload_max_abs_diff").asDouble()).isZero();
    SavedRun run = SavedRun.open(out);
    Experiment experiment = run.experiment();
    assertThat(experiment.training().shuffleBuffer()).isEqualTo(100);

    PreparedDataset dataset = PreparedDataset.open(data);
    PackedRows rows = dataset.train();
    try (Trainer trainer =
        new Trainer(
            experiment.definition(),
            TrainingGraph.Options.of(experiment.training(), 5, Device.parse("cpu"), 1),
            dataset.schema().scenario(),
            TrainingListener.NONE)) {
      trainer.fit(rows, new Checkpoints(temp.resolve("memory")));
      assertThat(lists(trainer.graph().read())).isEqualTo(lists(run.read().weights()));
    }

    JsonNode evaluated =
        RunCommandTest.json(Cli.good("evaluate", out, "--data", data, "--threads", 1, "--json"));
    assertThat(evaluated.get("metrics")).isEqualTo(json.get("metrics"));
    JsonNode all = RunCommandTest.json(Cli.good(train(data, temp.resolve("all"), "0")));
    assertThat(all.get("metrics")).as("in another order").isNotEqualTo(json.get("metrics"));
  }

  @Test
  void aWrongRowIsFoundBeforeTraining() throws IOException, SQLException {
    Path data = SmallDataset.write(temp.resolve("data"));
    Path test = data.resolve("test.parquet");
    SmallDataset.rewrite(
        test, "SELECT * EXCLUDE (n) REPLACE (IF(n = 77, 30, item) AS item) FROM rows ORDER BY n");
    Path out = temp.resolve("run");
    Cli.invalid(
        test + ": feature 'item', row 77: id 30 is outside [0, 30)", train(data, out, "100"));
    assertThat(out).doesNotExist();
  }

  @Test
  void aColumnThatTheTestRowsLack() throws IOException, SQLException {
    Path data = SmallDataset.write(temp.resolve("data"));
    Path test = data.resolve("test.parquet");
    SmallDataset.rewrite(test, "SELECT * EXCLUDE (n, item) FROM rows ORDER BY n");
    for (String buffer : List.of("0", "100")) {
      Cli.invalid(
          test + ": feature 'item' has no column 'item' in the file",
          train(data, temp.resolve("run"), buffer));
    }
  }

  @Test
  void aBufferThatIsNone() throws IOException {
    Path data = SmallDataset.write(temp.resolve("data"));
    Cli.invalid(
        "training.shuffle_buffer is -1, expected 0 or more",
        train(data, temp.resolve("run"), "-1"));
  }
}
