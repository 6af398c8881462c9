package io.scenerank.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.io.MoreFiles;
import io.scenerank.cli.Cli;
import io.scenerank.cli.InterruptedTraining;
import io.scenerank.cli.RunCommandTest;
import io.scenerank.cli.ScenerankCommand;
import io.scenerank.cli.SmallDataset;
import io.scenerank.data.synthetic.SyntheticSource.SyntheticOptions;
import io.scenerank.testing.ChildProcess.Outcome;
import io.scenerank.testing.ChildProcess.Running;
import io.scenerank.train.experiment.SavedRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Interrupted runs, on a real command line. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "sends signals and sets limits")
@Tag("slow")
class InterruptedRunTest {
  /** So many that a signal comes before the end: 120 checkpoints are left after the first. */
  private static final int EPOCHS = 40;

  @TempDir private static Path shared;
  private static Path data;
  private static Map<String, List<Float>> expected;
  private static List<String> files;

  @TempDir private Path temp;

  @BeforeAll
  static void trainOnce() throws IOException {
    data = SmallDataset.write(shared.resolve("data"));
    Path whole = shared.resolve("whole");
    Cli.good(InterruptedTraining.arguments(data, whole, EPOCHS).toArray());
    expected = InterruptedTraining.values(whole);
    files = InterruptedTraining.all(whole);
  }

  private Running begin(Path run) throws Exception {
    Running child =
        InterruptedTraining.start(temp, InterruptedTraining.arguments(data, run, EPOCHS));
    InterruptedTraining.waitForCheckpoint(run, child);
    return child;
  }

  private static Object[] resume(Path run, Object... more) {
    return Stream.concat(Stream.of(InterruptedTraining.resume(run).toArray()), Stream.of(more))
        .toArray();
  }

  private static void requireWhole(Path run) throws IOException {
    assertThat(InterruptedTraining.values(run)).isEqualTo(expected);
    assertThat(InterruptedTraining.all(run)).isEqualTo(files);
  }

  @ParameterizedTest
  @CsvSource({"INT,130", "TERM,143"})
  void aSignalWritesACheckpointAndSaysHowToGoOn(String signal, int code) throws Exception {
    Path run = temp.resolve("a run");
    Outcome outcome;
    try (Running child = begin(run)) {
      child.signal(signal);
      outcome = child.outcome();
    }
    assertThat(outcome.exitCode()).as("%s", outcome).isEqualTo(code);
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.err())
        .contains("stopping after this step")
        .endsWith(
            run + " is unfinished; to resume it: scenerank train --resume --out '" + run + "'\n");
    assertThat(run.resolve("unfinished.yaml"))
        .content()
        .startsWith("# This run is not finished. To resume it: scenerank train --resume --out '");
    assertThat(run.resolve("metrics.json")).doesNotExist();
    String unfinished =
        run + ": an unfinished run; resume it with 'scenerank train --resume --out '";
    Cli.invalid(unfinished, "evaluate", run, "--data", data);
    Cli.invalid(unfinished, "export", run, "--format", "keras", "--out", temp.resolve("x.keras"));
    Cli.invalid(
        unfinished,
        "predict",
        run,
        "--input",
        data.resolve("test.parquet"),
        "--output",
        temp.resolve("scores.parquet"));
    Cli.invalid(unfinished, "inspect", run);
    Cli.invalid(unfinished, "train", "--from", run, "--data", data, "--out", temp.resolve("on"));
    Cli.invalid(
        ", or replace it with force (--force)",
        InterruptedTraining.arguments(data, run, EPOCHS).toArray());
    Outcome resumed = Cli.good(resume(run));
    assertThat(resumed.err()).contains("resuming after ");
    assertThat(resumed.out()).contains("Trained " + EPOCHS + " epochs", "Run folder: " + run);
    requireWhole(run);
    assertThat(Cli.good(resume(run)).out()).contains(run + " is finished: nothing to do");
    assertThat(RunCommandTest.json(Cli.good(resume(run, "--json"))).get("epochs").asInt())
        .isEqualTo(EPOCHS);
  }

  @Test
  void onlyOneProcessWorksOnARunAndItsLockGoesWithIt() throws Exception {
    Path run = temp.resolve("run");
    try (Running child = begin(run)) {
      child.signal("STOP");
      String busy = run + ": another process works on this run";
      Cli.invalid(busy, resume(run));
      Cli.invalid(
          busy,
          Stream.concat(
                  InterruptedTraining.arguments(data, run, EPOCHS).stream(), Stream.of("--force"))
              .toArray());
      child.signal("KILL");
      child.process().waitFor();
    }
    Cli.good(resume(run));
    requireWhole(run);
  }

  @Test
  void onAFullDiskTheEarlierCheckpointStands() throws Exception {
    Path run = temp.resolve("run");
    Outcome outcome;
    try (Running child = begin(run)) {
      Process limit =
          new ProcessBuilder("prlimit", "--pid=" + child.process().pid(), "--fsize=1000").start();
      assertThat(limit.waitFor()).isZero();
      outcome = child.outcome();
    }
    assertThat(outcome.exitCode()).as("%s", outcome).isEqualTo(ScenerankCommand.BAD_INPUT);
    List<String> lines = outcome.errLines();
    assertThat(lines.get(lines.size() - 1))
        .startsWith("scenerank: ")
        .containsAnyOf("the checkpoint cannot be written (", "File too large");
    assertThat(lines.get(lines.size() - 2)).startsWith(run + " is unfinished; to resume it: ");
    assertThat(outcome.err()).doesNotContain("at io.scenerank");
    assertThat(InterruptedTraining.checkpoints(run)).isNotEmpty();
    Cli.good(resume(run));
    requireWhole(run);
  }

  @Test
  void aDamagedCheckpointIsNamedAndATrainingUsesTheOneBeforeIt() throws Exception {
    Path run = temp.resolve("run");
    List<String> begun =
        InterruptedTraining.keepingTwo(InterruptedTraining.arguments(data, run, EPOCHS));
    try (Running child = InterruptedTraining.start(temp, begun)) {
      while (InterruptedTraining.checkpoints(run).size() < 2) {
        assertThat(child.process().isAlive()).isTrue();
        Thread.sleep(5);
      }
      child.signal("KILL");
      child.process().waitFor();
    }
    Path newest = newest(run);
    Files.write(newest.resolve("variables.data-00000-of-00001"), new byte[100]);
    Outcome resumed = Cli.good(resume(run));
    assertThat(resumed.err())
        .contains("warning: " + newest + ": the checkpoint is damaged (")
        .contains("; an older one is used")
        .contains("resuming after ");
    assertThat(InterruptedTraining.values(run)).isEqualTo(expected);

    String damaged = newest(run) + ": the checkpoint is damaged (";
    Files.write(newest(run).resolve("variables.data-00000-of-00001"), new byte[100]);
    requireRefused(damaged, "evaluate", run, "--data", data);
    requireRefused(damaged, "report", run, "--data", data);
    requireRefused(damaged, "export", run, "--format", "keras", "--out", temp.resolve("x.keras"));
    requireRefused(damaged, "train", "--from", run, "--data", data, "--out", temp.resolve("on"));
    Files.writeString(newest(run).resolve("state.json"), "{");
    Cli.invalid(damaged + "state.json: not well formed", "inspect", run);
    Cli.invalid(damaged + "state.json: not well formed", resume(run));
  }

  /**
   * After any number of other lines: another checkpoint is not taken unless somebody asks for it.
   */
  private static void requireRefused(String message, Object... command) {
    Outcome outcome = Cli.run(command);
    assertThat(outcome.exitCode()).as("%s", outcome).isEqualTo(ScenerankCommand.BAD_INPUT);
    assertThat(outcome.err())
        .contains(message)
        .contains("); delete it to use the checkpoint before it, epoch-00039-step-0000004");
  }

  private static Path newest(Path run) throws IOException {
    List<String> names = InterruptedTraining.checkpoints(run);
    return run.resolve("checkpoint").resolve(names.get(names.size() - 1));
  }

  @Test
  void aForcedRunReplacesTheOldOneInTheEndAndCanBeGoneOnWith() throws Exception {
    Path run = Files.createDirectory(temp.resolve("run"));
    Files.writeString(run.resolve("note.txt"), "old");
    Path beside = temp.resolve("run.new");
    List<String> forced =
        Stream.concat(
                InterruptedTraining.arguments(data, run, EPOCHS).stream(), Stream.of("--force"))
            .toList();
    for (String signal : List.of("KILL", "INT")) {
      try (Running child = InterruptedTraining.start(temp, forced)) {
        InterruptedTraining.waitForTraining(child);
        InterruptedTraining.waitForCheckpoint(beside, child);
        child.signal("STOP");
        Cli.invalid(beside + ": another process works on this run", resume(run));
        child.signal(signal);
        child.signal("CONT");
        child.process().waitFor();
      }
      assertThat(run.resolve("note.txt")).hasContent("old");
      assertThat(RunCommandTest.children(temp)).containsExactly("run", "run.new");
    }
    Cli.good(resume(run));
    requireWhole(run);
    assertThat(RunCommandTest.children(temp)).containsExactly("run");
  }

  @Test
  void whatIsOtherThanAtTheBeginningIsRefused() throws Exception {
    Path run = temp.resolve("run");
    Path own = SmallDataset.write(temp.resolve("own"));
    try (Running child =
        InterruptedTraining.start(temp, InterruptedTraining.arguments(own, run, EPOCHS))) {
      InterruptedTraining.waitForCheckpoint(run, child);
      child.signal("TERM");
      child.outcome();
    }
    List<String> before = InterruptedTraining.all(run);
    String begun =
        " in the run " + run + ", and a run resumes with the settings that it began with";
    Cli.invalid("seed (--seed) is 6 but 5" + begun, resume(run, "--seed", 6));
    Cli.invalid("training.epochs is 9 but 40" + begun, resume(run, "--epochs", 9));
    Cli.invalid("training.batch_size is 32 but 64" + begun, resume(run, "--batch-size", 32));
    Cli.invalid(
        "model_params.pepnet_dropout is 0.1 but 0.3 in the run " + run,
        resume(run, "--set", "pepnet_dropout=0.1"));
    SmallDataset.rewrite(
        own.resolve("train.parquet"), "SELECT * EXCLUDE (n) FROM rows WHERE n <> 7 ORDER BY n");
    String changed = "train.parquet: not the file with which the run " + run + " began";
    Cli.invalid(own.toRealPath() + "/" + changed, resume(run));
    Cli.invalid(own + "/" + changed, resume(run, "--data", own));
    Cli.invalid("--resume continues a run: name the run with --out RUN", "train", "--resume");
    Cli.invalid("--resume continues a run and --force", resume(run, "--force"));
    Cli.invalid(temp.resolve("none") + ": no run to resume", resume(temp.resolve("none")));
    Cli.invalid("config.yaml: no such file, expected in a run folder", resume(own));
    Cli.misused("mutually exclusive", resume(run, "--model", "pepnet"));
    assertThat(InterruptedTraining.all(run)).as("nothing was changed").isEqualTo(before);
    Cli.good(resume(run, "--data", data, "--seed", 5, "--epochs", EPOCHS));
    requireWhole(run);
  }

  private static void copy(Path from, Path to) throws IOException {
    for (String name : InterruptedTraining.all(from)) {
      Files.copy(from.resolve(name), to.resolve(name));
    }
  }

  /** All epochs are done; what comes after them was cut off at different places. */
  @ParameterizedTest
  @CsvSource({"saved_model", "metrics.json", "nothing"})
  void whatIsLeftAfterTheTrainingIsDone(String missing) throws Exception {
    Path run = temp.resolve("run");
    copy(shared.resolve("whole"), run);
    RunOrigin.Source source =
        new RunOrigin.Source(data.toAbsolutePath().toString(), Fingerprint.ofData(data));
    new RunOrigin(source, SyntheticOptions.DEFAULT, null, 5, 1, "cpu", null, null).write(run, run);
    Files.createDirectories(run.resolve("saved_model/2.tmp-0a0a0a0a-0b0b0b0b/new"));
    if (missing.equals("saved_model")) {
      MoreFiles.deleteRecursively(run.resolve(missing));
      Files.delete(run.resolve("metrics.json"));
    } else {
      Files.deleteIfExists(run.resolve(missing));
    }
    Cli.invalid(run + ": an unfinished run", "evaluate", run, "--data", data);
    Outcome resumed = Cli.good(resume(run));
    assertThat(resumed.out()).contains("the same predictions, largest difference ");
    requireWhole(run);
  }

  @Test
  void anEarlierRunIsTakenOverOnce() throws Exception {
    Path first = temp.resolve("first");
    Cli.good(InterruptedTraining.arguments(data, first, 2).toArray());
    List<String> from =
        List.of(
            "train",
            "--from",
            first.toString(),
            "--data",
            data.toString(),
            "--threads",
            "1",
            "--device",
            "cpu",
            "--epochs",
            Integer.toString(EPOCHS),
            "--out");
    Path whole = temp.resolve("on");
    Cli.good(Stream.concat(from.stream(), Stream.of(whole)).toArray());
    Path run = temp.resolve("run");
    try (Running child =
        InterruptedTraining.start(
            temp, Stream.concat(from.stream(), Stream.of(run.toString())).toList())) {
      InterruptedTraining.waitForCheckpoint(run, child);
      child.signal("KILL");
      child.process().waitFor();
    }
    Cli.good(resume(run));
    assertThat(InterruptedTraining.values(run)).isEqualTo(InterruptedTraining.values(whole));
    assertThat(SavedRun.open(run).state().step()).isEqualTo(5 * (2 + EPOCHS));
  }

  @Test
  void aFolderThatCannotBeWrittenIsOneLine() throws Exception {
    // Nobody may make a folder in /sys, root neither.
    Outcome outcome =
        Cli.run(InterruptedTraining.arguments(data, Path.of("/sys/run"), 1).toArray());
    assertThat(outcome.exitCode()).as("%s", outcome).isEqualTo(ScenerankCommand.BAD_INPUT);
    List<String> lines = outcome.errLines();
    assertThat(lines.get(lines.size() - 1)).startsWith("scenerank: /sys/run");
    assertThat(outcome.err()).doesNotContain("Exception");
  }

  @Test
  void twoRunsWithOneSeedAreIdentical() throws Exception {
    Path first = temp.resolve("first");
    Path second = temp.resolve("second");
    Path other = temp.resolve("other");
    for (Path run : List.of(first, second)) {
      try (Running child =
          InterruptedTraining.start(temp, InterruptedTraining.arguments(data, run, 3))) {
        assertThat(child.outcome().exitCode()).isZero();
      }
    }
    for (String file : List.of("variables.index", "variables.data-00000-of-00001", "state.json")) {
      assertThat(second.resolve("checkpoint/epoch-00003").resolve(file))
          .hasSameBinaryContentAs(first.resolve("checkpoint/epoch-00003").resolve(file));
    }
    Cli.good(
        InterruptedTraining.arguments(data, other, 3).stream()
            .map(argument -> argument.equals("5") ? "6" : argument)
            .toArray());
    assertThat(InterruptedTraining.values(other))
        .as("another seed")
        .isNotEqualTo(InterruptedTraining.values(first));
  }
}
