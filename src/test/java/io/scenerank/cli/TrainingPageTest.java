package io.scenerank.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.scenerank.testing.Page;
import io.scenerank.testing.RunsCommandsOf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands of docs/training.md, on few rows. */
@Tag("slow")
class TrainingPageTest {
  private static final String CHANGES = "docs/training.md#Change a run";

  @TempDir private Path temp;
  private PageCommands run;

  @BeforeEach
  void useTheFolder() {
    run = new PageCommands(temp);
  }

  @Test
  @RunsCommandsOf(CHANGES)
  void changesOfARun(List<String> commands) throws IOException {
    Files.writeString(temp.resolve("my.yaml"), Page.section(CHANGES).code("yaml").get(0));
    assertThat(commands).hasSize(3);
    run.run(
        commands.get(0).replace("--rows 20000", "--rows 600").replace("--epochs 2", "--epochs 1")
            + " --out runs/a");
    for (String command : commands.subList(1, 3)) {
      int options = command.indexOf(" --");
      run.run(
          command.substring(0, options)
              + " --rows 600 --set epochs=1 --set warmup_steps=1 --out runs/"
              + command.hashCode()
              + command.substring(options));
    }
    assertThat(temp.resolve("runs/a/config.yaml")).content().contains("batch_size: 512");
  }

  @Test
  @RunsCommandsOf("docs/training.md#Compare models")
  void comparisons(List<String> commands) {
    run.run("bin/scenerank prepare synthetic --out data --rows 400");
    assertThat(commands).hasSize(2);
    run.run(
        commands.get(0).replace("--seeds 1,2,3", "--seeds 1,2")
            + " --rows 300 --set epochs=1 --set batch_size=128 --out runs/all");
    assertThat(temp.resolve("runs/all/m2m-seed2/config.yaml")).isNotEmptyFile();
    run.run(commands.get(1).replace("--epochs 5", "--epochs 1") + " --seeds 1,2 --out runs/two");
    assertThat(temp.resolve("runs/two/compare.md")).isNotEmptyFile();
  }

  @Test
  @RunsCommandsOf({
    "docs/training.md#Continue from a run",
    "docs/training.md#Evaluate a run",
    "docs/training.md#Importance of the columns",
    "docs/training.md#Inspect a training",
    "docs/serving.md#Export a run",
    "docs/serving.md#Embeddings for an index",
    "docs/serving.md#ONNX",
    "docs/serving.md#Results of layers"
  })
  void continuationEvaluationAndExportOfARun(List<String> commands) throws IOException {
    SmallDataset.write(temp.resolve("data"));
    assertThat(commands).hasSize(14);
    run.runAll(commands);
    assertThat(temp.resolve("models/pepnet/1/saved_model.pb")).isNotEmptyFile();
    assertThat(temp.resolve("items.parquet")).isNotEmptyFile();
    assertThat(temp.resolve("model.onnx")).isNotEmptyFile();
    assertThat(temp.resolve("towers.parquet")).isNotEmptyFile();
  }

  @Test
  @RunsCommandsOf("docs/training.md#New ids every day")
  void newIdsEveryDay(List<String> commands) throws Exception {
    TwoDays days = new TwoDays(temp);
    Path monday = days.train(days.prepare(1), "monday");
    Files.createSymbolicLink(Files.createDirectory(temp.resolve("runs")).resolve("monday"), monday);
    Files.copy(days.raw(2), temp.resolve("tuesday.csv"));
    assertThat(commands).hasSize(3);
    run.run(commands.get(0));
    assertThat(run.run(commands.get(1)).err())
        .contains("tables grow: embedding/item from 41 to 44 rows");
    run.run(commands.get(2));
  }

  @Test
  @RunsCommandsOf("docs/training.md#Train every day")
  void everyDay(List<String> commands) {
    assertThat(commands).hasSize(6);
    run.run(commands.get(0).replace("--rows 2000", "--rows 300"));
    run.runAll(commands.subList(1, 6));
    assertThat(temp.resolve("daily/saved_model/3/saved_model.pb")).isNotEmptyFile();
  }

  @Test
  @RunsCommandsOf("docs/training.md#Interrupt and resume a run")
  void aRunThatIsResumed(List<String> commands) throws IOException {
    SmallDataset.write(temp.resolve("data"));
    assertThat(commands).hasSize(2);
    run.runAll(commands);
  }

  @Test
  @RunsCommandsOf("docs/training.md#Data that does not fit in memory")
  void dataThatDoesNotFitInMemory(List<String> commands) {
    assertThat(commands).hasSize(2);
    run.run(commands.get(0).replace("--rows 5000000", "--rows 500"));
    run.run(commands.get(1));
    assertThat(temp.resolve("runs/large/config.yaml")).content().contains("shuffle_buffer: 163840");
  }
}
