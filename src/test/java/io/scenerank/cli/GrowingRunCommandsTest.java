package io.scenerank.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.scenerank.testing.ChildProcess;
import io.scenerank.testing.ChildProcess.Outcome;
import io.scenerank.testing.ChildProcess.Running;
import io.scenerank.testing.GrowingDays;
import io.scenerank.train.experiment.SavedRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Runs that grow on the real command line: exports, predictions, interruptions, a cluster. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "sends signals and sets limits")
@Tag("slow")
class GrowingRunCommandsTest {
  private static final int EPOCHS = 20;
  private static final String GROWN =
      "tables grow: embedding/item from 30 to 57 rows (3 with other ids begin afresh),"
          + " embedding/user from 20 to 23 rows";

  @TempDir private static Path shared;
  private static Path first;
  private static Path last;
  private static Path run;

  @TempDir private Path temp;

  @BeforeAll
  static void trainOnTheFirstDay() throws IOException {
    first = GrowingDays.write(shared.resolve("first"), 0);
    last = GrowingDays.write(shared.resolve("last"), 2);
    run = shared.resolve("run");
    Cli.good(InterruptedTraining.arguments(first, run, 2).toArray());
  }

  /** The command that continues on the last day. */
  private static List<String> onward(Path out, int epochs) {
    List<String> arguments = new ArrayList<>(InterruptedTraining.arguments(last, out, epochs));
    int model = arguments.indexOf("--model");
    arguments.set(model, "--from");
    arguments.set(model + 1, run.toString());
    // Parameters of the model are those of the run.
    for (String setting : List.of("pepnet_dnn_units=[8, 4]", "pepnet_dropout=0.3")) {
      int at = arguments.indexOf(setting);
      arguments.subList(at - 1, at + 1).clear();
    }
    return arguments;
  }

  private static JsonNode metrics(Object model, Path data) {
    return RunCommandTest.json(Cli.good("evaluate", model, "--data", data, "--json"))
        .get("metrics");
  }

  private float[][] scores(Path model, Path data) throws Exception {
    Path out = temp.resolve("scores.parquet");
    Cli.good("predict", model, "--input", data.resolve("test.parquet"), "--output", out, "--force");
    return ParquetFloats.read(out);
  }

  @Test
  void aGrownRunIsEvaluatedExportedAndServedWithAllItsIds() throws Exception {
    Path grown = temp.resolve("grown");
    Outcome outcome = Cli.good(onward(grown, 1).toArray());
    assertThat(outcome.err()).contains(GROWN);
    JsonNode metrics = metrics(grown, last);
    assertThat(metrics(grown.resolve("saved_model"), last)).isEqualTo(metrics);

    Path keras = temp.resolve("grown.keras");
    Cli.good("export", grown, "--format", "keras", "--out", keras);
    Path back = temp.resolve("back");
    Cli.good("import-keras", keras, "--out", back);
    float[][] scores = scores(grown, last);
    assertThat(scores(back, last)).isDeepEqualTo(scores);
    Path weights = temp.resolve("grown.h5");
    Cli.good("export", grown, "--format", "h5", "--out", weights);
    Path described = temp.resolve("described");
    Cli.good("import-keras", weights, "--config", grown.resolve("config.yaml"), "--out", described);
    assertThat(scores(described, last)).isDeepEqualTo(scores);

    // The run of the first day has its own ids.
    metrics(run, first);
    assertThat(scores(run, first)[0]).hasSameSizeAs(scores[0]);
    assertThat(Cli.good("evaluate", run, "--data", last).err())
        .contains("for which values with later ids are unseen (id 0): table 'user', table 'item'");
    Cli.invalid("table 'item'", "evaluate", grown, "--data", first);
    Cli.invalid(
        "table 'item'", "train", "--from", grown, "--data", first, "--out", temp.resolve("x"));
  }

  @Test
  void anImportedModelThatWasTrainedOnTheFirstDayGrows() throws Exception {
    Path keras = temp.resolve("first.keras");
    Cli.good("export", run, "--format", "keras", "--out", keras);
    Path imported = temp.resolve("imported");
    Cli.good("import-keras", keras, "--out", imported);
    Cli.invalid(
        "feature 'history' is VARLEN_SPARSE of width 3 and 57 ids in the data but the model expects"
            + " VARLEN_SPARSE of width 3 and 30 ids",
        "train",
        "--from",
        imported,
        "--data",
        last,
        "--out",
        temp.resolve("x"));
    Path trained = temp.resolve("trained");
    Cli.good("train", "--from", imported, "--data", first, "--out", trained, "--epochs", 1);
    Path grown = temp.resolve("grown");
    assertThat(
            Cli.good("train", "--from", trained, "--data", last, "--out", grown, "--epochs", 1)
                .err())
        .contains("tables grow: ", "item from 30 to 57 rows (3 with other ids begin afresh)");
    Path again = temp.resolve("again.keras");
    Cli.good("export", grown, "--format", "keras", "--out", again);
    Path back = temp.resolve("back");
    Cli.good("import-keras", again, "--out", back);
    assertThat(scores(back, last)).isDeepEqualTo(scores(grown, last));
  }

  @Test
  void aGrownRunThatWasKilledResumes() throws Exception {
    Path whole = temp.resolve("whole");
    Cli.good(onward(whole, EPOCHS).toArray());
    Path early = temp.resolve("early");
    try (Running child = InterruptedTraining.start(temp, onward(early, EPOCHS))) {
      InterruptedTraining.waitForTraining(child);
      child.signal("KILL");
      child.process().waitFor();
    }
    Path late = temp.resolve("late");
    try (Running child = InterruptedTraining.start(temp, onward(late, EPOCHS))) {
      InterruptedTraining.waitForCheckpoint(late, child);
      child.signal("KILL");
      child.process().waitFor();
    }
    for (Path killed : List.of(early, late)) {
      assertThat(killed.resolve("unfinished.yaml")).exists();
      Outcome outcome = Cli.good(InterruptedTraining.resume(killed).toArray());
      assertThat(outcome.out()).contains("Trained " + EPOCHS + " epochs");
      assertThat(InterruptedTraining.values(killed)).isEqualTo(InterruptedTraining.values(whole));
      assertThat(InterruptedTraining.all(killed)).isEqualTo(InterruptedTraining.all(whole));
    }
  }

  @Test
  void onAFullDiskTheRunOfBeforeIsWhole() throws Exception {
    List<String> before = InterruptedTraining.all(run);
    Path forced = temp.resolve("forced");
    copy(run, forced);
    for (Path out : List.of(temp.resolve("new"), forced)) {
      List<String> arguments = new ArrayList<>(List.of("3000"));
      arguments.addAll(onward(out, 1));
      arguments.add("--force");
      Outcome outcome =
          ChildProcess.run(
              temp,
              ChildProcess.java(
                  ChildProcess.classpath(),
                  FullDiskMain.class.getName(),
                  arguments.toArray(String[]::new)));
      assertThat(outcome.exitCode()).as("%s", outcome).isEqualTo(ScenerankCommand.BAD_INPUT);
      assertThat(outcome.errLines()).last().asString().startsWith("scenerank: ");
    }
    assertThat(InterruptedTraining.all(run)).isEqualTo(before);
    assertThat(InterruptedTraining.all(forced)).isEqualTo(before);
    assertThat(InterruptedTraining.values(forced)).isEqualTo(InterruptedTraining.values(run));
    assertThat(temp.resolve("new")).doesNotExist();
    metrics(forced, first);
  }

  private static void copy(Path from, Path to) throws IOException {
    for (String file : InterruptedTraining.all(from)) {
      Path target = to.resolve(file);
      if (Files.isDirectory(from.resolve(file))) {
        Files.createDirectories(target);
      } else {
        Files.copy(from.resolve(file), target);
      }
    }
  }

  @Test
  void aTableThatIsSplitOverServersGrows() throws Exception {
    Path grown = temp.resolve("grown");
    try (LocalClusterRun cluster =
        LocalClusterRun.start(temp, onward(grown, 2), "--local-cluster=ps=2,workers=1")) {
      Outcome outcome = cluster.command().outcome();
      assertThat(outcome.exitCode()).as("%s", outcome).isZero();
      assertThat(outcome.err()).contains(GROWN);
      cluster.requireNobodyLeft();
    }
    assertThat(SavedRun.open(grown).experiment().definition().columns())
        .extracting(column -> column.vocabSize())
        .contains(57, 23);
    metrics(grown, last);
  }
}
