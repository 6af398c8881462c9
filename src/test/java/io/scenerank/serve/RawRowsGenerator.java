package io.scenerank.serve;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Random descriptions, and random raw rows that fit them. */
public final class RawRowsGenerator {
  static final String DELIMITER = ";";

  /** What separates the elements of a list while it is a text; no element holds it. */
  public static final String LIST = "\u0001";

  private static final List<String> PIECES =
      List.of(
          "a", "b", "'", "\"", "\\", " ", "  ", ",", "\n", "\t", "\r", "0", ".", "é", "北", "😀",
          "\u00a0", "\u3000", "\u200b", "NULL", "nan", "true", "\\E", "$", "(", "\u000b");
  private static final List<String> INTEGERS =
      List.of(
          "0",
          "1",
          "2",
          "3",
          "12",
          "-7",
          "9007199254740992",
          "9007199254740993",
          "-9223372036854775808",
          "9223372036854775807",
          "123456789012");
  private static final List<String> NUMBERS =
      List.of(
          "0.1",
          "0.10",
          "1e2",
          "100.0",
          "-0.0",
          "0.0",
          "+.5",
          "1E-7",
          "16777217.5",
          "1e16",
          "0.3",
          "-2.5",
          "123456.789",
          "1e300",
          "inf",
          "-inf",
          "NaN");
  private static final List<String> FINITE =
      List.of("0", "0.1", "1e2", "-0.0", "+.5", "16777217.5");
  private static final List<String> MARKS = List.of("NULL", "-", "12", "0.3", "a b", "$", "\\E(");

  private final Random random;
  private final boolean parquet;
  private final List<String> marks;
  private final List<String> columns = new ArrayList<>();

  /**
   * @param parquet whether numbers are numbers and lists are lists in the raw rows
   */
  public RawRowsGenerator(Random random, boolean parquet) {
    this.random = random;
    this.parquet = parquet;
    this.marks = MARKS.stream().filter(mark -> random.nextInt(3) == 0).toList();
    maybe("{name: word}", "{name: word, hash: 7}");
    maybe("{name: word2, source: word, hash: 3}", "{name: word2, source: '\"WORD\"'}");
    maybe("{name: count}", "{name: count, hash: 1000}");
    maybe("{name: count_word, source: count, emb_name: mixed}");
    maybe("{name: word_count, source: word, emb_name: mixed}");
    maybe("{name: count_bin, source: count, bins: " + (2 + random.nextInt(4)) + "}");
    maybe("{name: count_float, source: count, type: dense, missing: 0.25}");
    maybe("{name: number}");
    maybe("{name: number_bin, source: number, bins: " + (2 + random.nextInt(4)) + "}");
    maybe("{name: number_float, source: number, type: dense, missing: -1.5}");
    maybe("{name: finite, type: dense}");
    maybe("{name: flag}", "{name: flag, hash: 5}", "{name: flag, bins: 2}");
    maybe(
        sequence("words", ""),
        sequence("words", ", hash: 9"),
        sequence("words", ", emb_name: word"));
    maybe(
        sequence("counts", ""),
        sequence("counts", ", hash: 9"),
        sequence("counts", ", emb_name: count"));
    if (parquet) {
      maybe(list("texts", ""), list("texts", ", hash: 4"));
      maybe(
          list("integers", ""),
          list("integers", ", hash: 4"),
          list("integers", ", emb_name: count"));
    }
  }

  private String sequence(String name, String more) {
    return list(name, ", delimiter: '" + DELIMITER + "'" + more);
  }

  private String list(String name, String more) {
    return String.format(
        "{name: %s, type: sequence, max_len: %d%s}", name, 1 + random.nextInt(4), more);
  }

  private void maybe(String... columnForms) {
    if (random.nextInt(4) > 0) {
      columns.add(columnForms[random.nextInt(columnForms.length)]);
    }
  }

  /** The YAML of a description. */
  public String description() {
    List<String> fitting = columns.stream().filter(this::tablesAgree).toList();
    return "labels: {long: row = 'odd'}\n"
        + "scenario: place\nuser: user\nemb_dim: 2\nquote: '\"'\n"
        + "split: {by: random, test_share: 0.2, seed: 5}\n"
        + "min_count: "
        + (1 + random.nextInt(2))
        + "\n"
        + "missing_values: "
        + marks.stream().map(mark -> "'" + mark + "'").collect(Collectors.joining(", ", "[", "]"))
        + "\ncolumns:\n"
        + fitting.stream().map(column -> "  - " + column + "\n").collect(Collectors.joining());
  }

  /** A sequence cannot share the table of a column that is hashed. */
  private boolean tablesAgree(String column) {
    return !(column.contains("emb_name: word") && hashed("word"))
        && !(column.contains("emb_name: count") && hashed("count"));
  }

  private boolean hashed(String name) {
    return columns.stream().anyMatch(c -> c.startsWith("{name: " + name + ", hash"));
  }

  /** Adds columns that a graph takes otherwise than as texts: weights, vectors, days and times. */
  public RawRowsGenerator withMore() {
    String tags = ", delimiter: '" + DELIMITER + "', weight_delimiter: '::'";
    maybe(
        list("tags", tags),
        list("tags", tags + ", hash: 5"),
        list("tags", tags + ", combiner: sum"));
    maybe("{name: day, type: dense, missing: 0}", "{name: day, bins: 3}");
    maybe("{name: time, type: dense, missing: -1}", "{name: time, bins: 3}");
    if (parquet) {
      maybe("{name: vector, type: dense, dimension: 2, missing: 0.5}");
      maybe(list("tag_list", ", weight_delimiter: ':'"));
    }
    return this;
  }

  /** Raw rows, texts by column. */
  public List<Map<String, String>> rows(int count) {
    List<Map<String, String>> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Map<String, String> row = new LinkedHashMap<>();
      row.put("row", i % 2 == 0 ? "even" : "odd");
      row.put("user", "u" + random.nextInt(5));
      row.put("place", "p" + random.nextInt(2));
      row.put("word", orNothing(this::word));
      row.put("count", orNothing(this::integer));
      row.put("number", orNothing(() -> number(NUMBERS)));
      row.put("finite", number(FINITE));
      row.put("flag", orNothing(() -> any(List.of("true", "false", "True", "FALSE"))));
      row.put("words", elements(DELIMITER, this::word));
      row.put("counts", elements(DELIMITER, this::integer));
      row.put("tags", elements(DELIMITER, () -> weighted("::")));
      row.put("tag_list", elements(LIST, () -> weighted(":")));
      row.put("day", orNothing(() -> day("-")));
      row.put("time", orNothing(this::time));
      row.put(
          "vector",
          any(List.of("", "1" + LIST + "2.5", "" + LIST + "nan", "1e300" + LIST + "-0.0")));
      row.put("texts", elements(LIST, this::word));
      row.put("integers", elements(LIST, this::integer));
      rows.add(row);
    }
    return rows;
  }

  /** A letter in front, so that no column happens to hold only numbers. */
  private String word() {
    StringBuilder word = new StringBuilder();
    for (int i = random.nextInt(4); i > 0; i--) {
      word.append(any(PIECES));
    }
    return word.isEmpty() || random.nextInt(3) > 0 ? word.toString() : "w" + word;
  }

  private String integer() {
    String integer = any(INTEGERS);
    // A mark is a text: 12.0 is none where 12 is one.
    return parquet || isMark(integer)
        ? integer
        : any(List.of("", "", " ", "\t")) + integer + any(List.of("", "", ".0", ".", ".00 "));
  }

  /** A value with its weight, which no mark of a missing value takes away. */
  private String weighted(String mark) {
    return any(List.of("", "w", " w ", "w" + mark, "12", "12.0"))
        + mark
        + any(List.of("0", "1", "0.25", " 1e-3 ", "+2", "16777217"));
  }

  private String day(String mark) {
    return any(List.of("2024", "1969", "2000"))
        + mark
        + any(List.of("1", "02", "12"))
        + mark
        + any(List.of("3", "09", "28"));
  }

  private String time() {
    String day = day(any(List.of("-", "/")));
    return random.nextInt(5) == 0
        ? day + any(List.of("", " 7:05"))
        : day
            + any(List.of(" ", "T"))
            + any(List.of("00:00:00", "24:00:00", "23:59:59.5", "12:30:01.123456789"))
            + any(List.of("", "Z", " UTC", "+08:00", "-0530", " +01"));
  }

  private String number(List<String> numbers) {
    return random.nextInt(3) == 0 ? Double.toString(random.nextGaussian()) : any(numbers);
  }

  private boolean isMark(String integer) {
    return marks.contains(integer);
  }

  private String orNothing(Supplier<String> value) {
    int chance = random.nextInt(10);
    if (chance == 0) {
      return "";
    }
    return chance == 1 && !parquet && !marks.isEmpty() ? any(marks) : value.get();
  }

  private String elements(String delimiter, Supplier<String> element) {
    List<String> elements = new ArrayList<>();
    for (int i = random.nextInt(7); i > 0; i--) {
      elements.add(random.nextInt(6) == 0 ? "" : element.get());
    }
    return String.join(delimiter, elements);
  }

  private <T> T any(List<T> values) {
    return values.get(random.nextInt(values.size()));
  }
}
