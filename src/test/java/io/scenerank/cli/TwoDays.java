package io.scenerank.cli;

import io.scenerank.testing.ParquetTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;

/**
 * The raw rows of two days with the same number of users and items; three of them differ, so that
 * each day, prepared separately, assigns other ids. Whether a row is clicked depends on the item.
 */
public final class TwoDays {
  /** Rows of a day. */
  static final int ROWS = 1500;

  private static final String CONFIG =
      """
      labels: {click: clicked = 'yes'}
      scenario: page
      user: user
      split: {by: time, column: ts, test_share: 0.2}
      columns:
        - {name: item, group: [dnn, pepnet]}
        - {name: tags, type: sequence, delimiter: "|", max_len: 3}
        - {name: price, bins: 4}
        - {name: device, hash: 5}
      """;

  private static final String COMPUTED = "  - {name: cost, source: price * 2, type: dense}\n";

  private final Path folder;

  /** Writes {@code day1.csv}, {@code day2.csv} and their description. */
  public TwoDays(Path folder) throws SQLException, IOException {
    this(folder, CONFIG + COMPUTED);
  }

  /** The same with features that a graph can encode, which an expression is not. */
  static TwoDays withoutExpressions(Path folder) throws SQLException, IOException {
    return new TwoDays(folder, CONFIG);
  }

  private TwoDays(Path folder, String config) throws SQLException, IOException {
    this.folder = folder;
    Files.writeString(folder.resolve("days.yaml"), config);
    write(1, 0);
    write(2, 3);
  }

  private void write(int day, int first) throws SQLException {
    ParquetTable.write(
        raw(day),
        String.format(
            "SELECT 'u' || i * 31 %% 20 AS user, 'i' || item AS item, ['home', 'search'][i %% 2 +"
                + " 1] AS page, 't' || item %% 5 || '|t' || i %% 3 AS tags, (i * 37 %% 100) / 4.0"
                + " AS price, 'd' || i %% 9 AS device, %2$d * 100000 + i AS ts, CASE WHEN item * 17"
                + " %% 41 > i * 7919 %% 41 THEN 'yes' ELSE 'no' END AS clicked FROM (SELECT i, (i *"
                + " 104729 // 100) %% 40 + %1$d AS item FROM range(%3$d) t(i))",
            first, day, ROWS),
        "FORMAT csv, HEADER");
  }

  public Path raw(int day) {
    return folder.resolve("day" + day + ".csv");
  }

  Path config() {
    return folder.resolve("days.yaml");
  }

  /** Prepares a day separately. */
  Path prepare(int day) {
    Path out = folder.resolve("data" + day);
    Cli.good("prepare", raw(day), "--config", config(), "--out", out);
    return out;
  }

  /** Trains a model that knows the items. */
  public Path train(Path data, String run) {
    Path out = folder.resolve(run);
    Cli.good(
        "train",
        "--data",
        data,
        "--model",
        "shared_bottom",
        "--out",
        out,
        "--device",
        "cpu",
        "--epochs",
        4,
        "--batch-size",
        64,
        "--set",
        "learning_rate=0.02");
    return out;
  }
}
