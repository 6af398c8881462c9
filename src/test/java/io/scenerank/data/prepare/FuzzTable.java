package io.scenerank.data.prepare;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;

/**
 * A random table and how its file is written; the seed tells everything.
 *
 * @param columns in the order of the file, those of its folders last
 * @param file how it is written if it is CSV
 * @param place in which files and folders
 */
record FuzzTable(long seed, ImmutableList<FuzzColumn> columns, Format file, Place place) {
  private static final List<String> LABELS =
      List.of(
          "click",
          "is_click",
          "clk",
          "Click",
          "purchase",
          "buy",
          "conversion",
          "is_like",
          "like",
          "label",
          "target",
          "y",
          "long_view",
          "is_buy",
          "clicked",
          "CLICK",
          "is_follow",
          "follow");
  private static final List<String> USERS =
      List.of("user_id", "uid", "userId", "USER_ID", "user", "member_id", "customer_id", "User ID");
  private static final List<String> ITEMS =
      List.of("item_id", "iid", "video_id", "movieId", "product_id", "ad_id", "item", "goods_id");
  private static final List<String> SCENARIOS =
      List.of("scenario", "tab", "page", "channel", "domain", "scene", "Tab");
  private static final List<String> TIMES =
      List.of(
          "ts",
          "time",
          "timestamp",
          "time_stamp",
          "showTime",
          "date",
          "event_time",
          "datetime",
          "created_at",
          "time_ms",
          "Timestamp",
          "log_time",
          "dt");
  private static final List<String> INDEXES =
      List.of("", "Unnamed: 0", "index", "id", "row_id", "event_id", "log_id", "rid", "no", "编号");
  private static final List<String> LISTS =
      List.of("tags", "genres", "history", "hist_items", "keywords", "categories", "标签列表", "kw");
  private static final List<String> NUMBERS =
      List.of(
          "price",
          "age",
          "duration",
          "watch time",
          "weight",
          "Größe",
          "价格",
          "prix (€)",
          "height",
          "width",
          "n",
          "x1",
          "views",
          "order",
          "play_seconds",
          "ctr_7d");
  private static final List<String> CATEGORIES =
      List.of(
          "city",
          "brand_id",
          "gender",
          "category",
          "group",
          "select",
          "os",
          "device",
          "a.b",
          "it's",
          "x%",
          "{k}",
          "a: b",
          "# c",
          "true",
          "null",
          "123",
          "Item-Category",
          "país",
          "город",
          "a/b",
          "level",
          "say \"hi\"",
          "values",
          "table",
          "-",
          "user name",
          "f1",
          "lang");

  private static final List<String> VECTORS =
      List.of("embedding", "emb", "vec", "features", "вектор", "payload", "info");
  private static final List<String> PARTITIONS =
      List.of("region", "lang", "país", "город", "p", "hour", "country", "bucket", "渠道");
  private static final List<String> FILES =
      List.of("log", "log", "log", "данные", "ログ 2022", "größe", "a'b", "x#1", "50%", "[v1]", "😀");

  private static final List<String> MARKS =
      List.of("", "", "", "", "NULL", "NA", "\\N", "None", "nan", "NaN", "null", "N/A", "-", "?");

  /** How a file is written. */
  record Format(
      String delimiter,
      Quoting quoting,
      String escape,
      String end,
      String missing,
      boolean header,
      boolean mark,
      int blankLines,
      boolean lastEnd) {
    /** What of it a Parquet file has: a mark for missing texts. */
    Format ofParquet() {
      return new Format(",", Quoting.MINIMAL, "\"", "\n", missing, true, false, 0, true);
    }
  }

  /**
   * In which files and folders it is.
   *
   * @param name of the file or of the outer folder
   * @param partitions how many columns are in the names of folders
   * @param allEncoded whether letters outside ASCII are encoded in them
   */
  record Place(boolean parquet, String name, int partitions, boolean allEncoded) {
    /** Which of four kinds of tables it is. */
    String kind() {
      return (parquet ? "Parquet" : "CSV") + (partitions > 0 ? " in partitions" : "");
    }
  }

  private static Place place(Random random) {
    return new Place(
        random.nextInt(5) < 2,
        FILES.get(random.nextInt(FILES.size())),
        random.nextInt(3) == 0 ? 1 + random.nextInt(2) : 0,
        random.nextBoolean());
  }

  /** Which fields have quotes. */
  enum Quoting {
    /** Those that need some. */
    MINIMAL,
    /** Those that are no numbers. */
    NO_NUMBERS,
    /** All. */
    ALL
  }

  static FuzzTable of(long seed) {
    Random random = new Random(seed * 0x9e3779b97f4a7c15L + 1);
    random.nextInt();
    int rows = 60 + random.nextInt(100);
    FuzzValues values = new FuzzValues(random, rows);
    Names names = new Names(random);
    List<FuzzColumn> columns = new ArrayList<>();
    columns.add(values.category(names.of(USERS), 20, true));
    if (random.nextInt(5) > 0) {
      columns.add(values.category(names.of(ITEMS), 25, true));
    }
    if (random.nextInt(5) > 0) {
      columns.add(values.category(names.of(SCENARIOS), 5, true));
    }
    for (int i = random.nextInt(3); i >= 0; i--) {
      columns.add(values.label(names.of(LABELS)));
    }
    for (int i = random.nextInt(3); i > 0; i--) {
      columns.add(values.category(names.of(CATEGORIES), 12, false));
    }
    for (int i = random.nextInt(3); i > 0; i--) {
      columns.add(values.number(names.of(NUMBERS)));
    }
    for (int i = random.nextInt(3); i > 0; i--) {
      columns.add(values.list(names.of(LISTS)));
    }
    for (int i = random.nextInt(3); i > 0; i--) {
      columns.add(values.time(names.of(TIMES)));
    }
    Collections.shuffle(columns, random);
    FuzzColumn index = values.index(names.of(INDEXES));
    columns.add(index.name().isEmpty() ? 0 : random.nextInt(columns.size() + 1), index);
    Format format = format(random);
    Place place = place(random);
    if (place.parquet) {
      format = format.ofParquet();
      FuzzTyped typed = new FuzzTyped(random, format.missing);
      columns.replaceAll(typed::of);
      columns.replaceAll(c -> c.name().isEmpty() ? c.called("__index_level_0__") : c);
      if (random.nextInt(3) == 0) {
        columns.add(typed.vector(names.of(VECTORS), rows));
      }
      if (random.nextInt(6) == 0) {
        columns.add(typed.nested(names.of(VECTORS), rows));
      }
    }
    for (int i = 0; i < place.partitions; i++) {
      columns.add(
          random.nextBoolean()
              ? values.days(names.of(List.of("dt", "day", "date", "event_date")))
              : values.partition(names.of(PARTITIONS)));
    }
    return new FuzzTable(seed, named(columns, format), format, place);
  }

  /** With a backslash before quotes in names alone, no reader can know what it is for. */
  private static ImmutableList<FuzzColumn> named(List<FuzzColumn> columns, Format format) {
    return columns.stream()
        .map(c -> format.escape.equals("\\") ? c.called(c.name().replace('"', '\'')) : c)
        .collect(ImmutableList.toImmutableList());
  }

  /** Names that are unique even if case is ignored. */
  private record Names(Random random, Set<String> taken) {
    Names(Random random) {
      this(random, new HashSet<>());
    }

    String of(List<String> pool) {
      List<String> shuffled = new ArrayList<>(pool);
      Collections.shuffle(shuffled, random);
      String unique =
          shuffled.stream()
              .filter(name -> !taken.contains(name.toLowerCase(Locale.ROOT)))
              .findFirst()
              .orElseThrow();
      taken.add(unique.toLowerCase(Locale.ROOT));
      return unique;
    }
  }

  private static Format format(Random random) {
    List<String> usual = List.of(",", ",", ",", "\t", ";", "|");
    List<String> all = List.of(",", "\t", ";", "|", "\u0001", "^", "::", " ");
    List<String> delimiters = random.nextInt(6) == 0 ? all : usual;
    return new Format(
        delimiters.get(random.nextInt(delimiters.size())),
        Quoting.values()[random.nextInt(4) == 0 ? random.nextInt(3) : 0],
        random.nextInt(12) == 0 ? "\\" : "\"",
        random.nextInt(4) == 0 ? "\r\n" : "\n",
        MARKS.get(random.nextInt(MARKS.size())),
        random.nextInt(20) > 0,
        random.nextInt(10) == 0,
        random.nextInt(20) == 0 ? 1 + random.nextInt(2) : 0,
        random.nextInt(6) > 0);
  }

  int rows() {
    return columns.get(0).truth().size();
  }

  /** The columns that folders are called after. */
  ImmutableList<FuzzColumn> partitions() {
    return columns.subList(columns.size() - place.partitions, columns.size());
  }

  /** The columns that the files have themselves. */
  ImmutableList<FuzzColumn> inFiles() {
    return columns.subList(0, columns.size() - place.partitions);
  }

  /** The name that a reader gives a column: without blanks at its ends, numbered if it has none. */
  String nameOf(FuzzColumn column) {
    int number = inFiles().indexOf(column);
    return number >= 0 && (!file.header || column.name().isBlank())
        ? "column" + number
        : column.name().strip();
  }
}
