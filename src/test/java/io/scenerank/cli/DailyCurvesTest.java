package io.scenerank.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.scenerank.testing.ParquetTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Seven days with new users and items and tastes that turn: the model that is trained day by day,
 * compared with the first day's and with one that is trained from nothing on all days so far. Each
 * is measured on the next day's rows before it is trained on them. {@code -Dscenerank.days.rows=N}
 * is the number of rows of a day, {@code -Dscenerank.days.out=FILE} keeps the curves.
 */
@Tag("slow")
class DailyCurvesTest {
  private static final long ROWS = Long.getLong("scenerank.days.rows", 1500);
  private static final int DAYS = 7;
  private static final List<String> SETTINGS = List.of("--epochs", "3", "--device", "cpu");

  @TempDir private Path temp;

  private static Object[] words(Object... words) {
    return Stream.of(words)
        .flatMap(word -> word instanceof List<?> list ? list.stream() : Stream.of(word))
        .toArray();
  }

  private List<Path> logs() throws IOException {
    Path logs = temp.resolve("logs");
    Cli.good("prepare", "synthetic", "--days", DAYS, "--rows", ROWS, "--out", logs);
    try (Stream<Path> files = Files.list(logs)) {
      return files.filter(file -> file.toString().endsWith(".parquet")).sorted().toList();
    }
  }

  private static double auc(JsonNode report) {
    return report.at("/metrics/auc_macro").asDouble();
  }

  @Test
  void theDailyModelIsAtLeastHalfWayFromTheFrozenOneToRetraining() throws Exception {
    List<Path> logs = logs();
    Path config = temp.resolve("logs/prepare.yaml");
    Path days = temp.resolve("days");
    Path before = null;
    for (int day = 0; day < DAYS; day++) {
      Path out = days.resolve("day" + (day + 1));
      Cli.good(
          before == null
              ? words("prepare", logs.get(day), "--config", config, "--out", out)
              : words("prepare", logs.get(day), "--extend", before, "--out", out));
      before = out;
    }
    Path trained = temp.resolve("trained");
    JsonNode daily =
        RunCommandTest.json(
                Cli.good(
                    words(
                        "train", "--days", days, "--model", "mmoe", "--out", trained, "--keep", 7,
                        SETTINGS, "--json")))
            .get("days");
    List<Double> frozen = new ArrayList<>();
    List<Double> byDay = new ArrayList<>();
    List<Double> retrained = new ArrayList<>();
    for (int day = 1; day < DAYS; day++) {
      Path first = trained.resolve("days/day1");
      Path next = days.resolve("day" + (day + 1));
      frozen.add(
          auc(
              RunCommandTest.json(
                  Cli.good("evaluate", first, "--data", next, "--rows", "train", "--json"))));
      byDay.add(auc(daily.get(day).get("before")));
      retrained.add(retrained(logs, config, day));
    }
    String curves =
        String.format(Locale.ROOT, "frozen %s%ndaily %s%nretrained %s", frozen, byDay, retrained);
    String file = System.getProperty("scenerank.days.out");
    if (file != null) {
      Files.writeString(Path.of(file), curves);
    }
    assertThat(mean(byDay))
        .as(curves)
        .isGreaterThan((mean(frozen) + mean(retrained)) / 2)
        .isGreaterThan(mean(frozen) + 0.01);
  }

  private static double mean(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
  }

  /** On all days before, measured on this one's rows to train on. */
  private double retrained(List<Path> logs, Path config, int day) throws Exception {
    Path all = temp.resolve("all" + day + ".parquet");
    ParquetTable.write(
        all,
        "SELECT * FROM read_parquet("
            + logs.subList(0, day).stream().map(file -> "'" + file + "'").toList()
            + ")",
        "FORMAT parquet");
    Path data = temp.resolve("data" + day);
    Path run = temp.resolve("run" + day);
    Path encoded = temp.resolve("encoded" + day);
    Cli.good("prepare", all, "--config", config, "--out", data);
    Cli.good(words("train", "--model", "mmoe", "--data", data, "--out", run, SETTINGS));
    Cli.good("prepare", logs.get(day), "--encoding", run, "--out", encoded);
    return auc(
        RunCommandTest.json(
            Cli.good("evaluate", run, "--data", encoded, "--rows", "train", "--json")));
  }
}
