package io.scenerank.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.scenerank.config.ConfigMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Prepared data sets of a few synthetic days, {@code day1}, {@code day2}, each extending the last.
 */
public final class SyntheticDays {
  private SyntheticDays() {}

  /** Writes {@code logs} and {@code days} into a folder; gives the latter. */
  public static Path write(Path folder, int number, long rows) throws IOException {
    Path logs = folder.resolve("logs");
    Cli.good("prepare", "synthetic", "--days", number, "--rows", rows, "--out", logs);
    Path days = folder.resolve("days");
    for (int day = 1; day <= number; day++) {
      Path out = days.resolve("day" + day);
      if (day == 1) {
        Cli.good("prepare", log(logs, day), "--config", logs.resolve("prepare.yaml"), "--out", out);
      } else {
        Path before = days.resolve("day" + (day - 1));
        Cli.good("prepare", log(logs, day), "--extend", before, "--out", out);
      }
    }
    return days;
  }

  private static Path log(Path logs, int day) {
    return logs.resolve("2026-01-0" + day + ".parquet");
  }

  /** A training by days of a small model, with dropout and a checkpoint every other step. */
  public static List<String> arguments(Path days, Path out) {
    return Stream.concat(
            Stream.of("train", "--days", days, "--model", "pepnet", "--out", out, "--keep", 2),
            InterruptedTraining.settings(2).stream())
        .map(Object::toString)
        .toList();
  }

  /** Continues with it. */
  public static List<String> resume(Path days, Path out) {
    return List.of("train", "--days", days.toString(), "--resume", "--out", out.toString());
  }

  /** What a file of JSON holds. */
  public static JsonNode json(Path file) {
    return new ConfigMapper().readTree(file);
  }
}
