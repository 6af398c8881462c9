package io.scenerank.testing;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.scenerank.data.DatasetWriter;
import io.scenerank.data.StableRandom;
import io.scenerank.feature.EncodingFingerprint;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.Schema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;

/**
 * Prepared data sets of the same columns on several days, as if each were an extension of the one
 * before: from day to day there are more users and items, and ids of items that are gone mean other
 * items.
 */
public final class GrowingDays {
  /** Ids of items of the days. */
  public static final ImmutableList<Integer> ITEMS = ImmutableList.of(30, 41, 57);

  /** Ids of users of the days. */
  public static final ImmutableList<Integer> USERS = ImmutableList.of(20, 20, 23);

  /** Ids of items that were given to others on a day. */
  public static final ImmutableList<ImmutableSet<Integer>> REUSED =
      ImmutableList.of(ImmutableSet.of(), ImmutableSet.of(3, 17), ImmutableSet.of(3, 5, 35));

  private GrowingDays() {}

  /** Digest of a table's vocabulary; that of users is the same on the first two days. */
  private static String digest(String table, int day) {
    return table + (table.equals("user") && day == 1 ? 0 : day);
  }

  /** What the data of a day holds. */
  public static Schema schema(int day) {
    int items = ITEMS.get(day);
    ImmutableList<FeatureColumn> columns =
        ImmutableList.of(
            FeatureColumn.sparse("user", USERS.get(day), 4, "dnn", "pepnet", "linear"),
            FeatureColumn.sequence("history", "item", items, 4, 3, "dnn", "linear"),
            FeatureColumn.sparse("scene", 3, 4, "epnet"),
            FeatureColumn.dense("age", 1, "dnn"),
            FeatureColumn.sparse("item", items, 4, "dnn", "pepnet", "linear"));
    ImmutableMap.Builder<String, EncodingFingerprint.Column> fingerprint = ImmutableMap.builder();
    for (FeatureColumn column : columns) {
      if (column.isCategorical() && !column.name().equals("scene")) {
        String table = column.embName();
        ImmutableList.Builder<String> earlier = ImmutableList.builder();
        for (int before = 0; before < day; before++) {
          earlier.add(digest(table, before));
        }
        fingerprint.put(
            column.name(),
            new EncodingFingerprint.Column(table, digest(table, day), "code", earlier.build()));
      }
    }
    return new Schema(
            "days",
            "day " + day,
            columns.stream()
                .map(column -> new Schema.Column(column, ImmutableMap.of()))
                .collect(ImmutableList.toImmutableList()),
            ImmutableList.of("click", "like"),
            new Schema.Scenario("scene", ImmutableList.of("home", "search", "quiet")),
            "user",
            ImmutableMap.of("user", "vocab/user.parquet", "item", "vocab/item.parquet"))
        .withFingerprint(new EncodingFingerprint(fingerprint.buildOrThrow()));
  }

  /** Writes the data set of a day. */
  public static Path write(Path out, int day) throws IOException {
    return write(out, day, schema(day));
  }

  /** Writes a data set with rows and vocabularies of a day and a schema. */
  public static Path write(Path out, int day, Schema schema) throws IOException {
    DatasetWriter.write(
        out,
        false,
        schema,
        writer -> {
          fill(writer.train(), 300, day);
          fill(writer.test(), 90, day);
          Files.createDirectory(writer.folder().resolve("vocab"));
          vocabulary(writer.folder(), "user", USERS, List.of(ImmutableSet.of()), day);
          vocabulary(writer.folder(), "item", ITEMS, REUSED, day);
        });
    return out;
  }

  private static void fill(DatasetWriter.Rows rows, int count, int day) throws IOException {
    StableRandom random = StableRandom.of(day);
    int items = ITEMS.get(day);
    for (int i = 0; i < count; i++) {
      int user = random.nextInt(USERS.get(day));
      int item = random.nextInt(items);
      rows.add(
          new int[] {user, 0, random.nextInt(items), random.nextInt(items), i % 3, item},
          new float[] {i % 10 / 10f},
          new float[] {(user + item) % 2, random.nextInt(2)});
    }
  }

  /** The values with their ids, each with the day since which it has the id. */
  private static void vocabulary(
      Path folder, String table, List<Integer> sizes, List<ImmutableSet<Integer>> reused, int day)
      throws IOException {
    StringBuilder rows = new StringBuilder();
    for (int id = 1; id < sizes.get(day); id++) {
      int since = 0;
      while (id >= sizes.get(since)) {
        since++;
      }
      for (int later = since + 1; later <= day; later++) {
        since = later < reused.size() && reused.get(later).contains(id) ? later : since;
      }
      rows.append(rows.isEmpty() ? "" : ", ")
          .append("('")
          .append(table)
          .append(id)
          .append('.')
          .append(since)
          .append("', ")
          .append(id)
          .append(", 1, 0, ")
          .append(since)
          .append(")");
    }
    try {
      ParquetTable.write(
          folder.resolve("vocab/" + table + ".parquet"),
          "SELECT value, id::INTEGER AS id, count::BIGINT AS count, last_seen::BIGINT AS last_seen,"
              + " since::INTEGER AS since FROM (VALUES "
              + rows
              + ") t(value, id, count, last_seen, since)");
    } catch (SQLException e) {
      throw new IOException(e);
    }
  }
}
