package io.scenerank.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.io.MoreFiles;
import io.scenerank.cli.Cli;
import io.scenerank.cli.InterruptedTraining;
import io.scenerank.cli.RunCommandTest;
import io.scenerank.cli.SmallDataset;
import io.scenerank.cli.SyntheticDays;
import io.scenerank.data.StableRandom;
import io.scenerank.testing.ChildProcess.Outcome;
import io.scenerank.testing.ChildProcess.Running;
import io.scenerank.testing.ParquetTable;
import io.scenerank.train.experiment.SavedRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Commands that are killed at random moments: what they leave is either complete or absent, and a
 * resumed run has the result that it would have had without the kill. {@code -Dscenerank.kills=50}
 * is the long form.
 */
@EnabledOnOs(value = OS.LINUX, disabledReason = "sends signals")
@Tag("slow")
class KillTest {
  private static final int KILLS = Integer.getInteger("scenerank.kills", 4);
  private static final int EPOCHS = 40;

  /** 128 and the number of SIGKILL. */
  private static final int KILLED = 137;

  @TempDir private static Path shared;
  private static Path data;
  private static Path whole;

  @TempDir private Path temp;
  private StableRandom random;
  private Path logs;

  @BeforeAll
  static void trainOnce() throws IOException {
    data = SmallDataset.write(shared.resolve("data"));
    whole = shared.resolve("whole");
    Cli.good(InterruptedTraining.arguments(data, whole, EPOCHS).toArray());
  }

  @BeforeEach
  void begin() throws IOException {
    random = StableRandom.of(7);
    logs = Files.createDirectory(temp.resolve("logs"));
  }

  @Test
  void aTrainingByDaysGoesOnToTheSameDays() throws Exception {
    Path days = SyntheticDays.write(temp.resolve("by"), 3, 300);
    Path timed = temp.resolve("timed");
    long span = time(SyntheticDays.arguments(days, timed));
    Map<String, List<Float>> expected = InterruptedTraining.values(timed.resolve("days/day3"));
    List<String> files = InterruptedTraining.all(timed);
    Path out = temp.resolve("out");
    int kills = 0;
    while (kills < KILLS) {
      boolean goesOn = Files.exists(out.resolve("days.json"));
      List<String> arguments =
          goesOn ? SyntheticDays.resume(days, out) : SyntheticDays.arguments(days, out);
      kills += kill(arguments, goesOn ? span / 2 : span) ? 1 : 0;
      if (Files.exists(out.resolve("days/day3/metrics.json"))) {
        Cli.good(SyntheticDays.resume(days, out).toArray());
        requireSameDays(timed, out, expected, files);
        MoreFiles.deleteRecursively(out);
      }
    }
    if (!Files.exists(out)) {
      Cli.good(SyntheticDays.arguments(days, out).toArray());
    }
    Cli.good(SyntheticDays.resume(days, out).toArray());
    requireSameDays(timed, out, expected, files);
    assertThat(RunCommandTest.children(temp)).containsExactly("by", "logs", "out", "timed");
  }

  private static void requireSameDays(
      Path timed, Path out, Map<String, List<Float>> expected, List<String> files)
      throws IOException {
    assertThat(InterruptedTraining.values(out.resolve("days/day3"))).isEqualTo(expected);
    assertThat(withoutEvents(InterruptedTraining.all(out))).isEqualTo(withoutEvents(files));
    assertThat(measured(out)).hasSize(2).isEqualTo(measured(timed));
  }

  private static List<String> withoutEvents(List<String> files) {
    return files.stream().filter(file -> !file.contains("/events/")).toList();
  }

  private static List<JsonNode> measured(Path out) throws IOException {
    return SyntheticDays.json(out.resolve("days.json")).get("days").findValues("before");
  }

  /** A command to kill. */
  private List<String> command(Object... words) {
    return Stream.of(words).map(Object::toString).toList();
  }

  /** How long a command takes, ms. */
  private long time(List<String> arguments) throws Exception {
    long begin = System.nanoTime();
    try (Running child = InterruptedTraining.start(logs, arguments)) {
      Outcome outcome = child.outcome();
      assertThat(outcome.exitCode()).as("%s", outcome).isZero();
    }
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
  }

  /** Kills a command within the later part of its time; false if it was quicker, and succeeded. */
  private boolean kill(List<String> arguments, long span) throws Exception {
    long delay = (long) ((0.25 + 0.75 * random.nextDouble()) * span);
    try (Running child = InterruptedTraining.start(logs, arguments)) {
      child.process().waitFor(delay, TimeUnit.MILLISECONDS);
      // SIGKILL; nothing where it has ended by itself.
      child.process().destroyForcibly();
      Outcome outcome = child.outcome();
      assertThat(outcome.exitCode()).as("%s", outcome).isIn(0, KILLED);
      return outcome.exitCode() == KILLED;
    }
  }

  @Test
  void aTrainingGoesOnToTheSameWeights() throws Exception {
    Map<String, List<Float>> expected = InterruptedTraining.values(whole);
    List<String> files = InterruptedTraining.all(whole);
    Path run = temp.resolve("run");
    List<String> arguments = InterruptedTraining.arguments(data, run, EPOCHS);
    long span = time(InterruptedTraining.arguments(data, temp.resolve("timed"), EPOCHS));
    int kills = 0;
    while (kills < KILLS) {
      boolean goesOn = Files.exists(run);
      kills += kill(goesOn ? InterruptedTraining.resume(run) : arguments, span) ? 1 : 0;
      if (!Files.exists(run)) {
        continue;
      }
      if (SavedRun.isUnfinished(run)) {
        SavedRun.checkpoints(run).latest();
        Cli.invalid(run + ": an unfinished run", "evaluate", run, "--data", data);
      } else {
        assertThat(InterruptedTraining.values(run)).isEqualTo(expected);
        MoreFiles.deleteRecursively(run);
      }
    }
    if (!Files.exists(run)) {
      Cli.good(arguments.toArray());
    }
    Cli.good(InterruptedTraining.resume(run).toArray());
    assertThat(InterruptedTraining.values(run)).isEqualTo(expected);
    assertThat(InterruptedTraining.all(run)).isEqualTo(files);
    Cli.good("evaluate", run, "--data", data);
    assertThat(RunCommandTest.children(temp)).containsExactly("logs", "run", "timed");
  }

  @Test
  void aPreparedDataSetIsWholeOrNotThere() throws Exception {
    prepareUnderKills("synthetic", "--rows", 30000);
  }

  @Test
  void aFileIsPreparedWhollyOrNotAtAll() throws Exception {
    Path ratings = shared.resolve("ratings.csv");
    ParquetTable.write(
        ratings,
        "SELECT i % 311 AS user_id, i * 7 % 2003 AS item_id, i % 5 + 1 AS rating, i % 3 AS page"
            + " FROM range(30000) t(i)",
        "FORMAT csv, HEADER");
    prepareUnderKills(ratings, "--guess");
  }

  private void prepareUnderKills(Object... source) throws Exception {
    Path timed = temp.resolve("timed");
    long span = time(prepare(timed, source));
    Map<String, String> expected = Fingerprint.ofData(timed);
    Path out = temp.resolve("data");
    List<String> arguments = prepare(out, source);
    int kills = 0;
    while (kills < (KILLS + 1) / 2) {
      kills += kill(arguments, span) ? 1 : 0;
      if (Files.exists(out)) {
        assertThat(Fingerprint.ofData(out)).isEqualTo(expected);
        MoreFiles.deleteRecursively(out);
      }
    }
    Cli.good(arguments.toArray());
    assertThat(Fingerprint.ofData(out)).isEqualTo(expected);
    assertThat(RunCommandTest.children(temp))
        .as("what the killed ones left is gone")
        .containsExactly("data", "logs", "timed");
  }

  private List<String> prepare(Path out, Object... source) {
    Stream<Object> words = Stream.concat(Stream.of("prepare"), Stream.of(source));
    return command(Stream.concat(words, Stream.of("--out", out)).toArray());
  }

  @Test
  void anExportIsTheOldOneOrTheNew() throws Exception {
    Path models = temp.resolve("models");
    List<String> arguments =
        command(
            "export", whole, "--format", "saved_model", "--version", 1, "--out", models, "--force");
    long span = time(arguments);
    List<String> files = InterruptedTraining.all(models.resolve("1"));
    int kills = 0;
    while (kills < (KILLS + 1) / 2) {
      kills += kill(arguments, span) ? 1 : 0;
      // Between the two steps of the exchange it does not exist, until the next export.
      if (Files.exists(models.resolve("1"))) {
        assertThat(InterruptedTraining.all(models.resolve("1"))).isEqualTo(files);
      }
    }
    Cli.good(arguments.toArray());
    assertThat(RunCommandTest.children(models)).containsExactly("1");
    assertThat(InterruptedTraining.all(models.resolve("1"))).isEqualTo(files);
    Cli.good("evaluate", models.resolve("1"), "--data", data);
  }
}
