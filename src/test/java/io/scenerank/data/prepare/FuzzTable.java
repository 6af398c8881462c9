package io.scenerank.data.prepare;

import com.google.common.collect.ImmutableList;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A random table and how its file is written; the seed tells everything.
 *
 * @param columns in the order of the file
 * @param file how it is written
 */
record FuzzTable(long seed, ImmutableList<FuzzColumn> columns, Format file) {
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
      boolean lastEnd) {}

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
    return new FuzzTable(seed, named(columns, format), format);
  }

  /** With a backslash before quotes in names alone, no reader can know what it is for. */
  private static ImmutableList<FuzzColumn> named(List<FuzzColumn> columns, Format format) {
    return columns.stream()
        .map(
            c ->
                format.escape.equals("\\")
                    ? new FuzzColumn(
                        c.name().replace('"', '\''), c.kind(), c.form(), c.truth(), c.texts())
                    : c)
        .collect(ImmutableList.toImmutableList());
  }

  /** Names that stand once, whatever their case. */
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

  /** The name that a reader gives a column: without blanks at its ends, numbered if it has none. */
  String nameOf(FuzzColumn column) {
    return !file.header || column.name().isBlank()
        ? "column" + columns.indexOf(column)
        : column.name().strip();
  }

  /** Writes the file. */
  Path write(Path folder) throws IOException {
    StringBuilder text = new StringBuilder(file.mark ? "\ufeff" : "");
    text.append(file.end.repeat(file.blankLines));
    if (file.header) {
      text.append(line(columns.stream().map(FuzzColumn::name).toList()));
    }
    for (int row = 0; row < rows(); row++) {
      int at = row;
      text.append(line(columns.stream().map(column -> column.texts().get(at)).toList()));
    }
    if (!file.lastEnd) {
      text.setLength(text.length() - file.end.length());
    }
    String name = file.delimiter.equals("\t") ? "log.tsv" : "log.csv";
    return Files.writeString(folder.resolve(name), text, StandardCharsets.UTF_8);
  }

  private String line(List<String> fields) {
    return fields.stream()
        .map(field -> field == null ? file.missing : quoted(field))
        .collect(Collectors.joining(file.delimiter, "", file.end));
  }

  private static final Pattern NUMBER = Pattern.compile("[-+]?[0-9.]+([eE][-+]?[0-9]+)?");

  private String quoted(String field) {
    boolean needs = field.contains(file.delimiter) || field.contains("\"") || field.contains("\n");
    boolean has =
        switch (file.quoting) {
          case MINIMAL -> needs;
          case NO_NUMBERS -> needs || !NUMBER.matcher(field).matches();
          case ALL -> true;
        };
    return has ? '"' + field.replace("\"", file.escape + '"') + '"' : field;
  }
}
