package io.scenerank.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.io.MoreFiles;
import io.scenerank.files.LockFile;
import io.scenerank.testing.ChildProcess.Outcome;
import io.scenerank.testing.ParquetTable;
import io.scenerank.train.experiment.SavedRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Training by days: each day measured, trained on, exported; continued where it stopped. */
@Tag("slow")
class TrainDaysTest {
  @TempDir private static Path shared;
  private static Path days;
  private static Path whole;
  private static Outcome trained;

  @TempDir private Path temp;

  @BeforeAll
  static void trainThreeDays() throws IOException {
    days = SyntheticDays.write(shared, 3, 400);
    whole = shared.resolve("whole");
    trained = Cli.good(SyntheticDays.arguments(days, whole).toArray());
  }

  /** The first days alone. */
  private Path some(int number) throws IOException {
    Path some = temp.resolve("some");
    for (int day = 1; day <= number; day++) {
      link(some, day);
    }
    return some;
  }

  private static void link(Path folder, int day) throws IOException {
    Path copy = Files.createDirectories(folder.resolve("day" + day));
    try (Stream<Path> files = Files.walk(days.resolve("day" + day))) {
      for (Path file : files.toList()) {
        Path target = copy.resolve(days.resolve("day" + day).relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target);
        }
      }
    }
  }

  private static JsonNode json(Path out) throws IOException {
    return SyntheticDays.json(out.resolve("days.json"));
  }

  @Test
  void aTableAPageAndTheVersionsOfTheLastDays() throws IOException {
    assertThat(trained.out())
        .contains("| day  | version | rows | auc_click |", "| day1 |       1 |    0 |       n/a |")
        .contains("| day3 |       3 |  ", "Days: " + whole);
    assertThat(trained.err())
        .contains("day day1 (1 of 3): the first of a new model", "day day2 (2 of 3), ")
        .contains("day day3 is version 3; its test rows: auc_click ");
    assertThat(RunCommandTest.children(whole))
        .contains("days", "days.json", "first.yaml", "report.html", "saved_model");
    assertThat(RunCommandTest.children(whole.resolve("days"))).containsExactly("day2", "day3");
    assertThat(RunCommandTest.children(whole.resolve("saved_model"))).containsExactly("2", "3");
    assertThat(Files.readString(whole.resolve("report.html")))
        .contains("auc_click by day", "day3: 0.", "</html>");
  }

  @Test
  void aDayIsMeasuredWithTheModelBeforeIt() throws IOException {
    JsonNode day = json(whole).get("days").get(2);
    assertThat(day.get("day").asText()).isEqualTo("day3");
    JsonNode measured =
        RunCommandTest.json(
            Cli.good(
                "evaluate",
                whole.resolve("days/day2"),
                "--data",
                days.resolve("day3"),
                "--rows",
                "train",
                "--threads",
                1,
                "--json"));
    assertThat(day.at("/before/metrics")).isEqualTo(measured.get("metrics"));
    assertThat(day.at("/before/per_scenario")).isEqualTo(measured.get("per_scenario"));
    assertThat(day.get("rows").asInt()).isEqualTo(measured.at("/metrics/rows").asInt());
    JsonNode after = SyntheticDays.json(whole.resolve("days/day3/metrics.json"));
    assertThat(day.at("/after/metrics")).isEqualTo(after.get("metrics"));
    // The newest version is what the folder of the days serves.
    assertThat(
            RunCommandTest.json(
                    Cli.good(
                        "evaluate",
                        whole.resolve("saved_model"),
                        "--data",
                        days.resolve("day3"),
                        "--json"))
                .get("metrics"))
        .isEqualTo(after.get("metrics"));
  }

  @Test
  void aDayThatComesLaterIsTrainedLikeTheOthers() throws IOException {
    Path data = some(2);
    Path out = temp.resolve("out");
    Cli.good(SyntheticDays.arguments(data, out).toArray());
    Outcome none = Cli.good(SyntheticDays.resume(data, out).toArray());
    assertThat(none.err()).contains("all days of " + data + " are trained");
    link(data, 3);
    Cli.good(SyntheticDays.resume(data, out).toArray());
    assertThat(InterruptedTraining.values(out.resolve("days/day3")))
        .isEqualTo(InterruptedTraining.values(whole.resolve("days/day3")));
    assertThat(measured(out)).isEqualTo(measured(whole));

    // By hand, a day after the other, it is the same.
    Path byHand = temp.resolve("byHand");
    Cli.good(
        "train",
        "--from",
        whole.resolve("days/day2"),
        "--data",
        days.resolve("day3"),
        "--out",
        byHand,
        "--threads",
        1,
        "--device",
        "cpu");
    assertThat(InterruptedTraining.values(byHand))
        .isEqualTo(InterruptedTraining.values(whole.resolve("days/day3")));
  }

  private static List<JsonNode> measured(Path out) throws IOException {
    return json(out).get("days").findValues("before");
  }

  @Test
  void aRunIsContinuedFromAndItsSettingsHold() throws IOException {
    Path run = temp.resolve("run");
    Cli.good(
        "train",
        "--model",
        "mmoe",
        "--data",
        days.resolve("day1"),
        "--out",
        run,
        "--epochs",
        1,
        "--set",
        "learning_rate=0.01");
    Path later = temp.resolve("later");
    link(later, 2);
    link(later, 3);
    Path out = temp.resolve("out");
    JsonNode json =
        RunCommandTest.json(
            Cli.good(
                "train",
                "--days",
                later,
                "--from",
                run,
                "--out",
                out,
                "--epochs",
                2,
                "--keep",
                1,
                "--json"));
    assertThat(json.get("days")).hasSize(2);
    assertThat(json.at("/days/0/before/metrics/auc_click").isNumber()).isTrue();
    assertThat(RunCommandTest.children(out.resolve("days"))).containsExactly("day3");
    SavedRun last = SavedRun.open(out.resolve("days/day3"));
    assertThat(last.experiment().training().epochs()).isEqualTo(2);
    assertThat(Files.readString(out.resolve("days/day3/config.yaml")))
        .contains("learning_rate: 0.01");
    Cli.good("train", "--days", later, "--resume", "--out", out, "--keep", 4);
    assertThat(json(out).get("keep").asInt()).isEqualTo(4);
  }

  private static Object[] first(Path data, Path out, Object... more) {
    Object[] words = {"train", "--days", data, "--model", "mmoe", "--out", out};
    return Stream.concat(Stream.of(words), Stream.of(more)).toArray();
  }

  @Test
  void daysThatDoNotFitAreRefusedBeforeAnyIsTrained() throws Exception {
    Path out = temp.resolve("out");
    Path data = some(2);
    Cli.invalid(
        "empty: holds no folder, expected a prepared data set for each day",
        first(Files.createDirectory(temp.resolve("empty")), out));
    Path raw = Files.createDirectory(data.resolve("day3"));
    Cli.invalid(
        raw + ": not a prepared data set (no schema.json), expected one for each day",
        first(data, out));
    MoreFiles.deleteRecursively(raw);
    Path other = data.resolve("day3");
    Cli.good(
        "prepare",
        shared.resolve("logs/2026-01-03.parquet"),
        "--config",
        shared.resolve("logs/prepare.yaml"),
        "--out",
        other);
    Cli.invalid(
        other + ": encoded otherwise than the day before, day2: table 'user_id'", first(data, out));
    Path test = other.resolve("train.parquet");
    Cli.good(
        "prepare",
        shared.resolve("logs/2026-01-03.parquet"),
        "--extend",
        data.resolve("day2"),
        "--out",
        other,
        "--force");
    ParquetTable.write(test, "SELECT * FROM '" + test + "' WHERE false", "FORMAT parquet");
    Cli.invalid(test + ": ", first(data, out));
    assertThat(out).doesNotExist();
  }

  @Test
  void daysThatWereTrainedStay() throws IOException {
    Path data = some(3);
    Path out = temp.resolve("out");
    MoreFiles.deleteRecursively(data.resolve("day1"));
    MoreFiles.deleteRecursively(data.resolve("day2"));
    Cli.good(first(data, out, "--epochs", 1));
    Cli.invalid(
        out + ": holds days that are trained already; continue with them (--resume)",
        first(data, out));
    link(data, 2);
    Cli.invalid(
        data.resolve("day2") + ": is before the day day3, which is trained already",
        SyntheticDays.resume(data, out).toArray());
    MoreFiles.deleteRecursively(data.resolve("day2"));
    Cli.good(
        "prepare",
        shared.resolve("logs/2026-01-02.parquet"),
        "--extend",
        days.resolve("day2"),
        "--out",
        data.resolve("day3"),
        "--force");
    Cli.invalid(
        data.resolve("day3") + ": this day is trained already, with other files",
        SyntheticDays.resume(data, out).toArray());
    LockFile lock = LockFile.tryLock(whole.resolve(".lock")).orElseThrow();
    try {
      Cli.invalid(
          whole + ": another process works on these days",
          SyntheticDays.resume(days, whole).toArray());
    } finally {
      lock.close();
    }
    Cli.invalid(
        "nowhere/days.json: no such file, expected in a folder that 'train --days' has begun",
        SyntheticDays.resume(days, temp.resolve("nowhere")).toArray());
  }

  @Test
  void optionsThatDoNotFitAreNamed() {
    Path out = temp.resolve("out");
    Cli.invalid(
        "--data and --days exclude each other",
        "train",
        "--days",
        days,
        "--data",
        days.resolve("day1"),
        "--model",
        "mmoe",
        "--out",
        out);
    Cli.invalid("--force and --days exclude each other", first(days, out, "--force"));
    Cli.invalid(
        "--epochs and --days exclude each other: --days --resume continues with the settings",
        "train",
        "--days",
        days,
        "--resume",
        "--out",
        whole,
        "--epochs",
        3);
    Cli.invalid(
        "--days is for one process, not for a cluster",
        first(days, out, "--local-cluster", "ps=1,workers=1"));
    Cli.invalid(
        "--days needs the folder to write: name it with --out DIR",
        "train",
        "--days",
        days,
        "--model",
        "mmoe");
    Cli.invalid("keep (--keep) is 0, expected at least 1", first(days, out, "--keep", 0));
    Cli.invalid(
        "days is 0, expected at least 1", "prepare", "synthetic", "--days", 0, "--out", out);
    Cli.invalid(
        "--keep is for --days",
        "train",
        "--data",
        days.resolve("day1"),
        "--model",
        "mmoe",
        "--out",
        out,
        "--keep",
        2);
    assertThat(out).doesNotExist();
  }
}
