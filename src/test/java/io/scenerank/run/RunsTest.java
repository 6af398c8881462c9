package io.scenerank.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import io.scenerank.cli.SmallDataset;
import io.scenerank.config.InvalidInputException;
import io.scenerank.train.Device;
import io.scenerank.train.TrainingListener.TrainingStopped;
import io.scenerank.train.experiment.SavedRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Training through the door: what the commands run, train, compare and resume do, from Java. */
@Tag("slow")
class RunsTest {
  @TempDir private static Path shared;
  private static Path data;
  private static RunResult trained;

  @TempDir private Path temp;

  /** Hears everything. */
  static final class Recorder implements ProgressListener {
    final List<String> lines = Collections.synchronizedList(new ArrayList<>());
    final AtomicInteger stretches = new AtomicInteger();
    final List<String> updates = Collections.synchronizedList(new ArrayList<>());

    @Override
    public void line(String text) {
      lines.add(text);
    }

    @Override
    public void start() {
      stretches.incrementAndGet();
    }

    @Override
    public void update(String what, long done, long total, String unit) {
      updates.add(what + " " + done + "/" + total + " " + unit);
    }
  }

  @BeforeAll
  static void trainOnce() throws IOException {
    data = SmallDataset.write(shared.resolve("data"));
    trained = Runs.standard().run(small().withOut(shared.resolve("run")));
  }

  private static RunRequest small() {
    return RunRequest.of("pepnet", data)
        .withSetting("pepnet_dnn_units", "[8, 4]")
        .withEpochs(2)
        .withBatchSize(50)
        .withDevice(Device.parse("cpu"))
        .withThreads(1);
  }

  private static void requireInvalid(String message, Work work) {
    assertThatThrownBy(work::run)
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(message);
  }

  @FunctionalInterface
  private interface Work {
    void run() throws IOException;
  }

  @Test
  void aRunGivesMetricsTheFolderTheExportAndTheReloadCheck() throws IOException {
    assertThat(trained.model()).isEqualTo("pepnet");
    assertThat(trained.seed()).isEqualTo(1);
    assertThat(trained.epochs()).isEqualTo(2);
    assertThat(trained.samplesPerSecond()).isPositive();
    assertThat(trained.seconds()).isPositive();
    assertThat(trained.parameters()).isPositive();
    assertThat(trained.reloadDifference()).isBetween(0.0, 1e-6);
    assertThat(trained.evaluation().overall().aucMacro().getAsDouble()).isBetween(0.0, 1.0);
    assertThat(trained.folder()).isEqualTo(shared.resolve("run"));
    assertThat(trained.savedModel().resolve("saved_model.pb")).isNotEmptyFile();
    assertThat(trained.folder().resolve("metrics.json")).hasContent(trained.toJson());
    assertThat(SavedRun.open(trained.folder()).state().epoch()).isEqualTo(2);
  }

  @Test
  void aListenerHearsLinesAndProgress() throws IOException {
    Recorder recorder = new Recorder();
    Runs.standard().listener(recorder).run(small().withOut(temp.resolve("run")));
    assertThat(recorder.lines)
        .anyMatch(line -> line.startsWith("pepnet: 300 rows to train on"))
        .anyMatch(line -> line.startsWith("epoch 2  loss "));
    assertThat(recorder.stretches).hasPositiveValue();
    assertThat(recorder.updates)
        .anyMatch(line -> line.startsWith("epoch 1/2  loss "))
        .anyMatch(line -> line.startsWith("reload "));
  }

  @Test
  void aTrainingThatIsStoppedResumesToTheSameMetrics() throws IOException {
    Path out = temp.resolve("run");
    AtomicInteger asked = new AtomicInteger();
    Runs stopping = Runs.standard().stopWhen(() -> asked.incrementAndGet() > 8);
    assertThatThrownBy(() -> stopping.run(small().withOut(out)))
        .isInstanceOf(TrainingStopped.class);
    assertThat(out.resolve("unfinished.yaml")).exists();
    requireInvalid("seed", () -> Runs.standard().resume(ResumeRequest.of(out).withSeed(2)));
    RunResult resumed = Runs.standard().resume(out).orElseThrow();
    assertThat(resumed.evaluation().toJson()).isEqualTo(trained.evaluation().toJson());
    assertThat(out.resolve("unfinished.yaml")).doesNotExist();
    assertThat(Runs.standard().resume(out)).as("a finished run").isEmpty();
  }

  @Test
  void trainResumesItsOwnRunAndLeavesAFinishedOne() throws IOException {
    Path out = temp.resolve("run");
    AtomicInteger asked = new AtomicInteger();
    Runs stopping = Runs.standard().stopWhen(() -> asked.incrementAndGet() > 8);
    RunRequest request = small().withOut(out);
    assertThatThrownBy(() -> stopping.train(request)).isInstanceOf(TrainingStopped.class);
    RunResult result = Runs.standard().train(request).orElseThrow();
    assertThat(result.evaluation().toJson()).isEqualTo(trained.evaluation().toJson());
    requireInvalid("out is missing", () -> Runs.standard().train(small()));
  }

  @Test
  void aRunContinuesFromAnother() throws IOException {
    Recorder recorder = new Recorder();
    RunResult second =
        Runs.standard()
            .listener(recorder)
            .run(
                RunRequest.from(trained.folder(), data)
                    .withEpochs(1)
                    .withOut(temp.resolve("second")));
    assertThat(second.epochs()).isEqualTo(1);
    assertThat(recorder.lines).contains("continuing from " + trained.folder() + " after 12 steps");
  }

  @Test
  void builtInDataIsGeneratedIntoTheRun() throws IOException {
    RunResult result =
        Runs.standard()
            .run(
                RunRequest.ofBuiltInData("shared_bottom")
                    .withRows(500)
                    .withEpochs(1)
                    .withOut(temp.resolve("run")));
    assertThat(result.folder().resolve("data/train.parquet")).isNotEmptyFile();
  }

  @Test
  void aComparisonHasTheRunsOfEveryModelAndTheErrors() throws IOException {
    Path yaml = Files.writeString(temp.resolve("one.yaml"), "training: {epochs: 1}\n");
    CompareRequest request =
        CompareRequest.of(ImmutableList.of("pepnet", "m2m"), data)
            .withSeeds(3, 4)
            .withConfig(yaml)
            .withThreads(1)
            .withOut(temp.resolve("compared"));
    Comparison comparison = Runs.standard().compare(request);
    assertThat(comparison.seeds()).containsExactly(3L, 4L);
    assertThat(comparison.folder()).contains(temp.resolve("compared"));
    assertThat(comparison.runs().get("pepnet")).extracting(RunResult::seed).containsExactly(3L, 4L);
    assertThat(comparison.errors()).as("the data has no columns for it").containsOnlyKeys("m2m");
    assertThat(comparison.succeeded()).isFalse();
    assertThat(comparison.toMarkdown()).contains("| pepnet |");
  }

  @Test
  void wrongRequestsNameTheKey() {
    requireInvalid("'pepnett'", () -> Runs.standard().run(RunRequest.of("pepnett", data)));
    requireInvalid(
        "learning_rat", () -> Runs.standard().run(small().withSetting("learning_rat", 0.1)));
    requireInvalid("epochs", () -> Runs.standard().run(small().withEpochs(0)));
    requireInvalid("threads is -1", () -> small().withThreads(-1));
    requireInvalid("rows is 100", () -> small().withRows(100));
    requireInvalid("rows is 3", () -> RunRequest.ofBuiltInData("mmoe").withRows(3));
    requireInvalid("gpu:99", () -> small().withDevice(Device.parse("gpu:99")));
    CompareRequest compare = CompareRequest.of(ImmutableList.of("pepnet"), data);
    requireInvalid("seeds: found none", compare::withSeeds);
    requireInvalid("seeds: 2 occurs twice", () -> compare.withSeeds(2, 2));
    requireInvalid(
        temp.resolve("none").toString(), () -> Runs.standard().resume(temp.resolve("none")));
    requireInvalid(
        temp.resolve("none").toString(),
        () -> Runs.standard().run(RunRequest.of("pepnet", temp.resolve("none"))));
    requireInvalid(
        trained.folder().toString(), () -> Runs.standard().run(small().withOut(trained.folder())));
  }
}
