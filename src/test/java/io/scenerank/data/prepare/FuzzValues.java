package io.scenerank.data.prepare;

import io.scenerank.data.prepare.FuzzColumn.Kind;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Random columns, each with its truth. */
final class FuzzValues {
  private static final List<String> WORDS =
      List.of(
          "home",
          "search",
          "feed",
          "red shoes",
          "Café",
          "naïve",
          "größe",
          "北京",
          "上海",
          "видео",
          "العربية",
          "日本語",
          "e\u0301te\u0301",
          "a&b",
          "100% wool",
          "O'Neil",
          "x=y",
          "#1",
          "B/W",
          "C++",
          "v1.2",
          "n.a. name",
          "Sci-Fi",
          "two  blanks",
          "{brace}",
          "😀");

  private final Random random;
  private final int rows;

  FuzzValues(Random random, int rows) {
    this.random = random;
    this.rows = rows;
  }

  private <T> T pick(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  /** A column whose rows come from a function of the row, some of them missing. */
  private <T> FuzzColumn column(
      String name,
      Kind kind,
      String form,
      double missing,
      Function<Integer, T> value,
      Function<T, String> text) {
    List<T> truth = new ArrayList<>();
    List<String> texts = new ArrayList<>();
    for (int row = 0; row < rows; row++) {
      T here = value.apply(row);
      boolean none = here == null || random.nextDouble() < missing;
      truth.add(none ? null : here);
      texts.add(none ? null : text.apply(here));
    }
    return new FuzzColumn(name, kind, form, truth, texts);
  }

  /** How a label is spelled. */
  private record Spelling(String no, String yes) {}

  private static final List<Spelling> SPELLINGS =
      List.of(
          new Spelling("0", "1"),
          new Spelling("0", "1"),
          new Spelling("0", "1"),
          new Spelling("0.0", "1.0"),
          new Spelling("false", "true"),
          new Spelling("False", "True"),
          new Spelling("FALSE", "TRUE"),
          new Spelling("no", "yes"),
          new Spelling("No", "Yes"),
          new Spelling("N", "Y"),
          new Spelling("n", "y"),
          new Spelling("-1", "1"),
          new Spelling("1", "2"),
          new Spelling("F", "T"),
          new Spelling("nein", "ja"),
          new Spelling("noclick", "click"),
          new Spelling("0", "1.0"));

  FuzzColumn label(String name) {
    Spelling spelling = pick(SPELLINGS);
    double missing = random.nextInt(4) == 0 ? 0.05 + random.nextDouble() * 0.6 : 0;
    double rate = 0.1 + random.nextDouble() * 0.8;
    return column(
        name,
        Kind.LABEL,
        spelling.no + "/" + spelling.yes,
        missing,
        // The first rows have both values.
        row -> row < 2 ? row : random.nextDouble() < rate ? 1 : 0,
        value -> value == 1 ? spelling.yes : spelling.no);
  }

  /** Numbers of rows: in their order, backwards, or shuffled. */
  FuzzColumn index(String name) {
    int form = random.nextInt(4);
    List<Long> numbers =
        IntStream.range(0, rows)
            .mapToObj(
                i ->
                    switch (form) {
                      case 0 -> (long) i;
                      case 1 -> i + 1L;
                      case 2 -> (long) (rows - i);
                      default -> 10_000_000L + i * 37L;
                    })
            .collect(Collectors.toCollection(ArrayList::new));
    if (form == 3) {
      Collections.shuffle(numbers, random);
    }
    return column(name, Kind.INDEX, "form " + form, 0, numbers::get, String::valueOf);
  }

  private double missing() {
    return random.nextInt(3) == 0 ? 0.02 + random.nextDouble() * 0.4 : 0;
  }

  FuzzColumn category(String name, int most, boolean complete) {
    int different = 2 + random.nextInt(most - 1);
    int form = random.nextInt(8);
    Function<Integer, String> value =
        i ->
            switch (form) {
              case 0, 1 -> Integer.toString(i + 1);
              case 2 -> "u" + i * 7;
              case 3 -> String.format(Locale.ROOT, "%05d", i * 31);
              case 4 -> Long.toString(7_000_000_000_000_000_000L + i);
              case 5 -> String.format(Locale.ROOT, "%08x-%04x", i * 0x9e3779b1, i * 7919 % 65536);
              case 6 -> Integer.toString(-5 + i * 3);
              default -> WORDS.get(i % WORDS.size()) + (i < WORDS.size() ? "" : " " + i);
            };
    return column(
        name,
        Kind.CATEGORY,
        "category " + form,
        complete ? 0 : missing(),
        row -> value.apply(row < different ? row : random.nextInt(different)),
        text -> text);
  }

  private record NumberForm(String name, Function<Double, String> text, double scale, int digits) {}

  private static String format(String form, Object value) {
    return String.format(Locale.ROOT, form, value);
  }

  private static final List<NumberForm> NUMBERS =
      List.of(
          new NumberForm("integer", v -> format("%.0f", v), 100, 0),
          new NumberForm("large integer", v -> format("%.0f", v), 1e9, 0),
          new NumberForm("two decimals", v -> format("%.2f", v), 100, 2),
          new NumberForm("shortest", v -> Double.toString(v), 1, 6),
          new NumberForm("scientific", v -> format("%.3e", v), 1, -1),
          new NumberForm("plus", v -> format("%+.1f", v), 50, 1),
          new NumberForm("no zero", v -> format("%.2f", v).replaceFirst("^(-?)0\\.", "$1."), 1, 2),
          new NumberForm("grouped", v -> format("%,.0f", v), 1e6, 0),
          new NumberForm("grouped decimals", v -> format("%,.2f", v), 1e5, 2),
          new NumberForm("decimal comma", v -> format("%.2f", v).replace('.', ','), 100, 2),
          new NumberForm("comma grouped by points", FuzzValues::german, 1e5, 2),
          new NumberForm("money", v -> "$" + format("%.2f", v), 100, 2),
          new NumberForm("percent", v -> format("%.1f", v) + "%", 100, 1),
          new NumberForm("with unit", v -> format("%.1f", v) + " kg", 100, 1),
          new NumberForm("grouped by blanks", v -> format("%,.0f", v).replace(',', ' '), 1e6, 0));

  private static String german(double value) {
    return format("%,.2f", value).replace('.', '_').replace(',', '.').replace('_', ',');
  }

  FuzzColumn number(String name) {
    NumberForm form = random.nextInt(3) == 0 ? pick(NUMBERS) : pick(NUMBERS.subList(0, 4));
    boolean negative = random.nextInt(4) == 0 && !form.name.equals("money");
    return column(
        name,
        Kind.NUMBER,
        form.name,
        missing(),
        row -> {
          double value =
              random.nextDouble() * form.scale * (negative && random.nextBoolean() ? -1 : 1);
          return form.digits < 0
              ? Double.valueOf(format("%.3e", value))
              : Double.valueOf(format("%." + form.digits + "f", value));
        },
        form.text);
  }

  private static final List<String> ELEMENTS =
      List.of("red", "blue", "Drama", "Sci-Fi", "北京", "größe", "a1", "x_y", "видео", "TV");

  /** How a list is written: around it, between elements, around each. */
  private record ListForm(String open, String between, String quote, String close) {}

  private static final List<ListForm> LISTS =
      List.of(
          new ListForm("", "|", "", ""),
          new ListForm("", ";", "", ""),
          new ListForm("", ",", "", ""),
          new ListForm("", ", ", "", ""),
          new ListForm("", " ", "", ""),
          new ListForm("", "^", "", ""),
          new ListForm("", "#", "", ""),
          new ListForm("", "&", "", ""),
          new ListForm("", ":", "", ""),
          new ListForm("", "_", "", ""),
          new ListForm("", "\u0002", "", ""),
          new ListForm("[", ",", "", "]"),
          new ListForm("[", ", ", "", "]"),
          new ListForm("[", " ", "", "]"),
          new ListForm("[", ", ", "'", "]"),
          new ListForm("[", ",", "\"", "]"),
          new ListForm("{", ",", "", "}"),
          new ListForm("(", ", ", "", ")"));

  FuzzColumn list(String name) {
    ListForm form = pick(LISTS);
    boolean integers = random.nextBoolean();
    int most = 2 + random.nextInt(6);
    int different = 4 + random.nextInt(12);
    return column(
        name,
        Kind.LIST,
        (integers ? "integers " : "texts ") + form,
        0,
        row -> elements(random.nextInt(most + 1), integers, different, form.between),
        list ->
            list.isEmpty() && random.nextBoolean()
                ? null
                : list.stream()
                    .map(e -> integers ? e : form.quote + e + form.quote)
                    .collect(Collectors.joining(form.between, form.open, form.close)));
  }

  private List<String> elements(int length, boolean integers, int different, String between) {
    return IntStream.range(0, length)
        .map(i -> random.nextInt(different))
        .mapToObj(e -> integers ? Integer.toString(e + 1) : ELEMENTS.get(e % ELEMENTS.size()))
        .map(e -> e.replace(between, ""))
        .toList();
  }

  /**
   * How a time is written.
   *
   * @param unit to which it is exact, in microseconds
   */
  private record TimeForm(String name, long unit, Function<Long, String> text) {}

  private static LocalDateTime utc(long micros) {
    return LocalDateTime.ofInstant(
        Instant.ofEpochSecond(micros / 1_000_000, micros % 1_000_000 * 1000), ZoneOffset.UTC);
  }

  private static TimeForm pattern(String pattern, long unit) {
    DateTimeFormatter formatter = DateTimeFormatter.ofPattern(pattern, Locale.ROOT);
    return new TimeForm(pattern, unit, micros -> formatter.format(utc(micros)));
  }

  private static String inZone(long micros) {
    int hours = (int) (micros / 1_000_000 % 3) * 4;
    return DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ssxxx", Locale.ROOT)
        .format(
            utc(micros).atOffset(ZoneOffset.UTC).withOffsetSameInstant(ZoneOffset.ofHours(hours)));
  }

  private static final long SECOND = 1_000_000;
  private static final long DAY = 86_400 * SECOND;

  private static final List<TimeForm> TIMES =
      List.of(
          new TimeForm("epoch s", SECOND, t -> Long.toString(t / SECOND)),
          new TimeForm("epoch ms", 1000, t -> Long.toString(t / 1000)),
          new TimeForm("epoch us", 1, t -> Long.toString(t)),
          new TimeForm("epoch s.0", SECOND, t -> t / SECOND + ".0"),
          new TimeForm("epoch ms/1000", 1000, t -> format("%.3f", t / 1e6)),
          new TimeForm("epoch E", SECOND, t -> format("%.9E", (double) (t / SECOND))),
          pattern("yyyy-MM-dd HH:mm:ss", SECOND),
          pattern("yyyy-MM-dd'T'HH:mm:ss", SECOND),
          pattern("yyyy-MM-dd'T'HH:mm:ss'Z'", SECOND),
          pattern("yyyy-MM-dd HH:mm:ss.SSS", 1000),
          pattern("yyyy-MM-dd", DAY),
          pattern("yyyy/MM/dd HH:mm:ss", SECOND),
          pattern("yyyy/MM/dd", DAY),
          pattern("yyyyMMdd", DAY),
          pattern("yyyyMMddHHmmss", SECOND),
          pattern("MM/dd/yyyy", DAY),
          pattern("MM/dd/yyyy HH:mm", 60 * SECOND),
          pattern("MM/dd/yyyy hh:mm:ss a", SECOND),
          pattern("dd.MM.yyyy", DAY),
          pattern("dd.MM.yyyy HH:mm:ss", SECOND),
          pattern("dd/MM/yyyy", DAY),
          pattern("d MMM yyyy HH:mm:ss", SECOND),
          pattern("EEE MMM dd HH:mm:ss yyyy", SECOND),
          new TimeForm("offset", SECOND, FuzzValues::inZone),
          pattern("yyyy-MM-dd HH:mm:ss 'UTC'", SECOND));

  FuzzColumn time(String name) {
    TimeForm form = pick(TIMES);
    long start =
        Instant.parse("2021-01-03T00:00:00Z").getEpochSecond() + random.nextInt(40_000_000);
    long span = form.unit == DAY ? 60 * 86_400 : 600 + random.nextInt(3_000_000);
    List<Long> moments = new ArrayList<>();
    for (int row = 0; row < rows; row++) {
      long micros = start * SECOND + (long) (random.nextDouble() * span * SECOND);
      moments.add(micros / form.unit * form.unit);
    }
    if (random.nextBoolean()) {
      Collections.sort(moments);
    }
    double missing = random.nextInt(12) == 0 ? 0.1 : 0;
    return column(name, Kind.TIME, form.name, missing, moments::get, form.text);
  }

  /** A few days, as the folders of partitions are called. */
  FuzzColumn days(String name) {
    int days = 2 + random.nextInt(3);
    long start = (18_700 + random.nextInt(400)) * DAY;
    TimeForm form = pick(List.of(pattern("yyyy-MM-dd", DAY), pattern("yyyyMMdd", DAY)));
    return column(
        name, Kind.TIME, form.name, 0, row -> start + random.nextInt(days) * DAY, form.text);
  }

  /** A few values in names of folders: numbers, perhaps with zeros in front, or texts. */
  FuzzColumn partition(String name) {
    int different = 2 + random.nextInt(2);
    int form = random.nextInt(3);
    Function<Integer, String> value =
        i ->
            switch (form) {
              case 0 -> Integer.toString(i + 1);
              case 1 -> format("%02d", i);
              default -> WORDS.get((i * 7 + name.length() * 5) % WORDS.size());
            };
    return column(
        name,
        Kind.CATEGORY,
        "partition " + form,
        random.nextInt(4) == 0 ? 0.1 : 0,
        row -> value.apply(row < different ? row : random.nextInt(different)),
        text -> text);
  }
}
