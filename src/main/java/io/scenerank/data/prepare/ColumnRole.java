package io.scenerank.data.prepare;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Sets;
import java.util.Locale;
import java.util.regex.Pattern;

/** What a column is most likely for, by its name and its values. */
enum ColumnRole {
  /** A label. */
  LABEL,
  /** The users. */
  USER,
  /** The items. */
  ITEM,
  /** The scenarios. */
  SCENARIO,
  /** The time of a row. */
  TIME,
  /** Known only after the fact, so that a model that reads it would cheat. */
  OUTCOME,
  /** The same in all rows. */
  CONSTANT,
  /** Another value in nearly every row. */
  UNIQUE,
  /** Several values. */
  SEQUENCE,
  /** A number to cut into bins. */
  BINNED,
  /** A small number. */
  DENSE,
  /** One of some values. */
  SPARSE;

  private static final ImmutableSet<String> LABELS =
      ImmutableSet.of(
          "click",
          "clicked",
          "like",
          "liked",
          "follow",
          "followed",
          "forward",
          "share",
          "shared",
          "comment",
          "commented",
          "hate",
          "purchase",
          "purchased",
          "buy",
          "bought",
          "conversion",
          "converted",
          "order",
          "ordered",
          "pay",
          "paid",
          "cart",
          "favorite",
          "favourite",
          "label",
          "target",
          "long_view",
          "valid_play",
          "install",
          "download",
          "finish",
          "subscribe");
  private static final ImmutableSet<String> RATINGS =
      ImmutableSet.of("rating", "ratings", "score", "stars", "rate", "grade");
  private static final ImmutableSet<String> USERS =
      ImmutableSet.of(
          "user", "uid", "userid", "member", "customer", "visitor", "viewer", "account");
  private static final ImmutableSet<String> ITEMS =
      ImmutableSet.of(
          "item",
          "itemid",
          "iid",
          "video",
          "movie",
          "film",
          "product",
          "goods",
          "ad",
          "article",
          "news",
          "song",
          "track",
          "photo",
          "doc",
          "sku",
          "book",
          "shop",
          "creative");
  private static final ImmutableSet<String> SCENARIOS =
      ImmutableSet.of(
          "tab",
          "domain",
          "scenario",
          "scene",
          "channel",
          "page",
          "surface",
          "section",
          "site",
          "market",
          "country",
          "placement",
          "slot");
  private static final ImmutableSet<String> TIMES =
      ImmutableSet.of(
          "timestamp",
          "time",
          "ts",
          "time_ms",
          "datetime",
          "date",
          "event_time",
          "event_date",
          "unix_timestamp",
          "log_time",
          "impression_time",
          "request_time",
          "created_at",
          "dt",
          "day");
  private static final ImmutableSet<String> CATEGORIES =
      ImmutableSet.of(
          "id",
          "feat",
          "code",
          "type",
          "cat",
          "category",
          "tag",
          "level",
          "range",
          "degree",
          "status",
          "bin",
          "bucket",
          "class",
          "group");
  private static final Pattern OUTCOMES =
      Pattern.compile(
          ".*(play|stay|watch|view|dwell|read|listen)(ed|ing)?_?(time|ms|sec|duration|ratio).*");

  private static final int MOST_SCENARIOS = 100;
  private static final int FEW = 20;
  private static final int SMALL = 10;
  private static final int ENOUGH_ROWS = 50;
  private static final double NEARLY_ALL = 0.9;

  static ColumnRole of(ColumnProfile column) {
    String name = column.name().toLowerCase(Locale.ROOT);
    String bare = name.replaceFirst("^(is|has|did)_", "").replaceFirst("_flag$", "");
    ImmutableSet<String> words = words(column.name());
    if (column.distinct() < 2) {
      return column.distinct() == 1 && isScenario(column, words) ? SCENARIO : CONSTANT;
    }
    if ((LABELS.contains(bare) && column.isBinary())
        || (RATINGS.contains(bare)
            && (column.isBinary()
                || column.kind() == RawKind.INTEGER
                || column.kind() == RawKind.NUMBER)
            && !column.hasMissing())) {
      return LABEL;
    }
    if (OUTCOMES.matcher(name).matches()) {
      return OUTCOME;
    }
    if (column.kind() == RawKind.LIST || !column.delimiter().isEmpty()) {
      return SEQUENCE;
    }
    boolean id = words.contains("id") || words.size() == 1;
    if (id && !Sets.intersection(words, USERS).isEmpty()) {
      return USER;
    }
    if (id && !Sets.intersection(words, ITEMS).isEmpty()) {
      return ITEM;
    }
    if (isScenario(column, words)) {
      return SCENARIO;
    }
    if (TIMES.contains(name) && isOrdered(column.kind())) {
      return TIME;
    }
    return feature(column, words);
  }

  private static boolean isScenario(ColumnProfile column, ImmutableSet<String> words) {
    return column.distinct() <= MOST_SCENARIOS
        && !Sets.intersection(words, SCENARIOS).isEmpty()
        && (column.kind() == RawKind.TEXT || column.kind() == RawKind.INTEGER);
  }

  private static boolean isOrdered(RawKind kind) {
    return kind != RawKind.TEXT && kind != RawKind.BOOLEAN && kind != RawKind.LIST;
  }

  private static ColumnRole feature(ColumnProfile column, ImmutableSet<String> words) {
    boolean category = !Sets.intersection(words, CATEGORIES).isEmpty();
    boolean few = column.distinct() <= FEW;
    return switch (column.kind()) {
      case DATE, TIMESTAMP -> few ? SPARSE : BINNED;
      case INTEGER -> category || few ? SPARSE : BINNED;
      case NUMBER ->
          few
              ? SPARSE
              : Math.abs(column.min()) <= SMALL && Math.abs(column.max()) <= SMALL ? DENSE : BINNED;
      default ->
          !category
                  && column.rows() >= ENOUGH_ROWS
                  && column.distinct() > NEARLY_ALL * column.present()
              ? UNIQUE
              : SPARSE;
    };
  }

  /** The words of a name, without digits: {@code onehotFeat3} is onehot, feat. */
  private static ImmutableSet<String> words(String name) {
    String parted = name.replaceAll("([a-z])([A-Z])", "$1_$2").toLowerCase(Locale.ROOT);
    return Splitter.onPattern("[^\\p{L}]+")
        .omitEmptyStrings()
        .splitToStream(parted)
        .collect(ImmutableSet.toImmutableSet());
  }
}
