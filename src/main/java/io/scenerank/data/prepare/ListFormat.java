package io.scenerank.data.prepare;

import java.util.Locale;

/** Forms of texts that hold several values, in SQL; a single mark between them needs none. */
enum ListFormat {
  /** In brackets, with commas or semicolons between. */
  LIST("VARCHAR[]", "a list such as [1,2,3], (1, 2), {1,2} or ['a', 'b']"),
  /** In brackets, with blanks between, as NumPy prints it. */
  SPACED_LIST("VARCHAR[]", "a list such as [1 2 3]"),
  /** Numbers, perhaps in brackets, with commas, semicolons, bars or blanks between. */
  VECTOR("DOUBLE[]", "numbers such as [0.5, -1, 2e-3] or 0.5 -1 2e-3");

  private static final String INNER = "regexp_replace(%s, '^ *[\\[({]|[\\])}] *$', '', 'g')";
  private final String type;
  private final String example;

  ListFormat(String type, String example) {
    this.type = type;
    this.example = example;
  }

  /** What messages say is expected. */
  String example() {
    return example;
  }

  /** Whether a text is in brackets. */
  static String isBracketed(String text) {
    return String.format(
        "regexp_full_match(%s, '(?s) *(\\[.*\\]|\\(.*\\)|\\{[^:{}]*\\}) *')", text);
  }

  /** Whether a text is in brackets within brackets. */
  static String isNested(String text) {
    return String.format("regexp_full_match(%s, '(?s) *[\\[(] *[\\[({].*[\\])}] *[\\])] *')", text);
  }

  /** The values; NULL where a text has another form. */
  String of(String text) {
    return switch (this) {
      case LIST -> bracketed(text, "[^,;]+", "[\\[\\]()]");
      case SPACED_LIST -> bracketed(text, "[^ ]+", "[\\[\\](),;]");
      case VECTOR -> numbers(text);
    };
  }

  /**
   * @param element a pattern of an element without quotes
   * @param never what no element without quotes has
   */
  private String bracketed(String text, String element, String never) {
    String elements =
        String.format(
            "regexp_extract_all(%s, ' *\"(?:[^\"\\\\]|\\\\.)*\" *| *''(?:[^''\\\\]|\\\\.)*'' *|%s')",
            String.format(Locale.ROOT, INNER, text), element);
    String value =
        "CASE WHEN regexp_matches(trim(x), '^[\"'']') THEN regexp_replace(trim(x)[2:-2],"
            + " '\\\\(.)', '\\1', 'g') WHEN lower(trim(x)) IN ('null', 'none', 'nan') THEN NULL"
            + " ELSE trim(x) END";
    return String.format(
        "CASE WHEN contains(%6$s, '\\u') AND json_valid(%6$s) THEN from_json(%6$s, '[\"VARCHAR\"]')"
            + " WHEN %1$s AND NOT list_bool_or(list_transform(%2$s, lambda x:"
            + " NOT regexp_matches(trim(x), '^[\"'']') AND regexp_matches(x, '%3$s')))"
            + " IS TRUE THEN CAST(list_transform(%2$s, lambda x: %4$s) AS %5$s) END",
        isBracketed(text), elements, never, value, type, text);
  }

  private static String numbers(String text) {
    String elements =
        String.format(
            "list_transform(regexp_extract_all(%s, '[^,;| ]+'), lambda x: TRY_CAST(x AS DOUBLE))",
            String.format(Locale.ROOT, INNER, text));
    return String.format(
        "CASE WHEN len(list_filter(%1$s, lambda x: x IS NULL)) = 0 THEN %1$s END", elements);
  }
}
