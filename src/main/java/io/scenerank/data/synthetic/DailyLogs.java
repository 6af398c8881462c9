package io.scenerank.data.synthetic;

import io.scenerank.data.DuckDb;
import io.scenerank.data.DuckDb.Access;
import io.scenerank.data.DuckDb.DuckDbOptions;
import io.scenerank.data.synthetic.SyntheticSource.LogOptions;
import io.scenerank.files.AtomicFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.Locale;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.duckdb.DuckDBConnection;

/**
 * Raw logs of several days, a Parquet file each, and a description of them. Every day brings new
 * users and new items, and recent items are shown more often.
 *
 * <p>Planted, as terms of the logit of a click: a bias of the scenario; the item's quality, whose
 * weight differs by scenario; the taste of the user's group for the item's category, which turns to
 * another one, a twentieth of a full turn a day; a bias of the user. A like has the same terms with
 * other weights. All numbers follow from hashes of the seed and the row, user or item.
 */
final class DailyLogs {
  private static final LocalDate FIRST = LocalDate.of(2026, 1, 1);
  private static final String DESCRIPTION =
      """
      # Describes the raw logs of this folder for prepare.
      labels:
        click: click = 1
        like: liked = 1
      scenario: tab
      user: user_id
      split: {by: random, test_share: 0.1, seed: 1}
      emb_dim: 8
      columns:
        - {name: user_id}
        - {name: item_id}
        - {name: tab}
        - {name: user_group}
        - {name: category}
        - {name: hour}
      """;

  private final LogOptions options;

  DailyLogs(LogOptions options) {
    this.options = options;
  }

  /** Writes the logs, all of them or none. */
  void write(Path out, boolean force, LongConsumer progress) throws IOException {
    AtomicFolder.write(
        out,
        force,
        folder -> {
          Files.writeString(folder.resolve("prepare.yaml"), DESCRIPTION);
          Access access = Access.NONE.withFolder(folder);
          try (DuckDBConnection connection =
              DuckDb.open(DuckDbOptions.DEFAULT, Optional.empty(), access)) {
            for (int day = 0; day < options.days(); day++) {
              DuckDb.copyToParquet(
                  connection, day(day), folder.resolve(FIRST.plusDays(day) + ".parquet"));
              progress.accept((day + 1) * options.rows());
            }
          } catch (SQLException e) {
            throw new IOException(out + ": " + DuckDb.reason(e), e);
          }
        });
  }

  /** In [0, 1), from these values. MD5 is the same everywhere, and its parts are independent. */
  private String uniform(String values, String what) {
    return String.format(
        Locale.ROOT,
        "((md5_number_lower(concat_ws('|', %d, '%s', %s)) %% 16777216)::DOUBLE / 16777216)",
        options.seed(),
        what,
        values);
  }

  /** About normal with mean 0 and variance 1: a sum of uniform ones. */
  private String normal(String values, String what) {
    return String.format(
        "((%s + %s + %s + %s - 2) * 1.7320508)",
        uniform(values, what + "1"),
        uniform(values, what + "2"),
        uniform(values, what + "3"),
        uniform(values, what + "4"));
  }

  private String day(int day) {
    long users = options.users() + (long) day * options.newUsers();
    long items = options.items() + (long) day * options.newItems();
    String row = day + ", i";
    String ids =
        String.format(
            Locale.ROOT,
            "SELECT i, floor(%s * %d)::BIGINT AS u,"
                // Half of the rows show the items of the last days.
                + " CASE WHEN %s < 0.5 THEN %d - 1 - floor(pow(%s, 2) * %d)::BIGINT"
                + " ELSE floor(%s * %d)::BIGINT END AS v,"
                + " floor(%s * 3)::INT AS s FROM range(%d) t(i)",
            uniform(row, "user"),
            users,
            uniform(row, "recent"),
            items,
            uniform(row, "age"),
            Math.max(1, Math.min(items, 3L * options.newItems())),
            uniform(row, "item"),
            items,
            uniform(row, "tab"),
            options.rows());
    String latents =
        String.format(
            "SELECT *, floor(%s * 8)::INT AS g, floor(%s * 20)::INT AS c, %s AS quality, %s AS bias"
                + " FROM (%s)",
            uniform("u", "group"),
            uniform("v", "category"),
            normal("v", "quality"),
            normal("u", "bias"),
            ids);
    double turn = 2 * Math.PI / 20 * day;
    String taste =
        String.format(
            Locale.ROOT,
            "(%.6f * %s + %.6f * %s)",
            Math.cos(turn),
            normal("g, c", "taste"),
            Math.sin(turn),
            normal("g, c", "later"));
    String logits =
        String.format(
            "SELECT *, [-0.6, 0, 0.5][s + 1] + [1.2, 0.8, -0.6][s + 1] * quality + 1.1 * %1$s + 0.5 *"
                + " bias AS click_logit, [-1.6, -1.2, -1.4][s + 1] + [0.5, 1.1, 0.7][s + 1] *"
                + " quality + 0.8 * %1$s - 0.4 * bias AS like_logit FROM (%2$s)",
            taste, latents);
    return String.format(
        "SELECT 'u' || u AS user_id, 'v' || v AS item_id, ['home', 'follow', 'search'][s + 1] AS tab,"
            + " 'g' || g AS user_group, 'c' || c AS category, floor(%s * 24)::INT AS hour,"
            + " (%s < 1 / (1 + exp(-click_logit)))::INT AS click,"
            + " (%s < 1 / (1 + exp(-like_logit)))::INT AS liked FROM (%s) ORDER BY i",
        uniform(row, "hour"), uniform(row, "click"), uniform(row, "like"), logits);
  }
}
