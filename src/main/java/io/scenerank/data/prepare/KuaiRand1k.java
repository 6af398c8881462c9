package io.scenerank.data.prepare;

import com.google.common.collect.ImmutableList;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * KuaiRand-1K: the standard logs of 2022-04-22 to 2022-05-08 of 1,000 users of a video app, with
 * the features of users and videos. Rows of the five tabs with the most impressions.
 *
 * <p>Source: KuaiRand (Gao et al., 2022).
 */
final class KuaiRand1k {
  static final String NAME = "kuairand-1k";

  private static final int TABS = 5;

  private KuaiRand1k() {}

  static SqlSource rows(Path folder) throws IOException {
    // The archive has the tables one folder down.
    Path tables =
        NamedSource.find(folder, List.of("data/" + log())).isPresent()
            ? folder.resolve("data")
            : folder;
    List<Path> files =
        Stream.of(
                log(),
                "user_features_1k.csv",
                "video_features_basic_1k.csv",
                "video_features_statistic_1k.csv")
            .map(name -> NamedSource.require(tables, name))
            .toList();
    return new SqlSource(
        folder.toString(), query(files), ImmutableList.copyOf(files), NamedSource.bytes(files));
  }

  private static String log() {
    return "log_standard_4_22_to_5_08_1k.csv";
  }

  private static String csv(Path file) {
    return "read_csv(" + NamedSource.quoted(file) + ", header = true, sample_size = -1)";
  }

  private static String query(List<Path> files) {
    return String.join(
        "\n",
        "WITH logs AS (SELECT * FROM " + csv(files.get(0)) + "),",
        "tabs AS (SELECT tab FROM logs GROUP BY tab ORDER BY count(*) DESC, tab LIMIT "
            + TABS
            + "),",
        "days AS (SELECT user_id, date, list_slice(coalesce(",
        "    list(video_id ORDER BY time_ms, video_id) FILTER (WHERE is_click = 1), []), -"
            + NamedSource.HISTORY
            + ", -1) AS items",
        "  FROM logs GROUP BY user_id, date),",
        "histories AS (" + NamedSource.histories("days", "user_id", "date") + ")",
        // Users and videos both have a follow_user_num: the models read the videos'.
        "SELECT l.*, h.history, u.* EXCLUDE (user_id, follow_user_num), v.* EXCLUDE (video_id, tag),",
        "  string_split(CAST(v.tag AS VARCHAR), ',')[1] AS tag, s.* EXCLUDE (video_id)",
        "FROM logs l",
        "JOIN histories h ON h.user_id = l.user_id AND h.date = l.date",
        "LEFT JOIN " + csv(files.get(1)) + " u ON u.user_id = l.user_id",
        "LEFT JOIN " + csv(files.get(2)) + " v ON v.video_id = l.video_id",
        "LEFT JOIN " + csv(files.get(3)) + " s ON s.video_id = l.video_id",
        "WHERE l.tab IN (SELECT tab FROM tabs)",
        "ORDER BY l.date, l.time_ms, l.user_id, l.video_id");
  }
}
