package io.scenerank.data.prepare;

/**
 * Reads texts such as {@code 2022-05-01T10:00:00+08:00} as instants, in SQL. DuckDB's own cast to
 * TIMESTAMP drops the offset. A text without an offset is taken for UTC.
 */
final class Instants {
  private static final String DAY = "[0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2}";
  private static final String CLOCK = "[0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?";
  private static final String ZONE = "( UTC| GMT| ?Z| ?[+-][0-9]{2}(:?[0-9]{2})?)";
  private static final String SHAPE = "'" + DAY + "([T ]" + CLOCK + ZONE + "?)?'";

  private Instants() {}

  /** Whether a text, which is not NULL, is an instant. */
  static String fits(String text) {
    return String.format(
        "(CASE WHEN regexp_full_match(%s, %s) THEN %s IS NOT NULL ELSE false END)",
        text, SHAPE, of(text));
  }

  /** The instant as a TIMESTAMP in UTC; NULL where the text is none. */
  static String of(String text) {
    // The blank before an offset is more than DuckDB takes.
    return String.format(
        "(CASE WHEN %1$s THEN CAST(TRY_CAST(regexp_replace(%2$s, ' ([Z+-][0-9:]*)$', '\\1')"
            + " AS TIMESTAMP WITH TIME ZONE) AS TIMESTAMP) ELSE TRY_CAST(%2$s AS TIMESTAMP) END)",
        hasZone(text), text);
  }

  /** Whether a text says its zone. */
  static String hasZone(String text) {
    return String.format("regexp_matches(%s, ':[0-9.]+%s$')", text, ZONE);
  }
}
