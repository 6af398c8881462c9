package io.scenerank.data.prepare;

import java.util.Locale;

/** Forms of numbers besides those that are recognised by themselves, in SQL. */
enum NumberFormat {
  /** Groups of digits, and a point before the fraction. */
  GROUPED(",", "[.]", "1,234 or 1,234.5"),
  /** A comma before the fraction, perhaps groups of digits. */
  DECIMAL_COMMA(".", ",", "3,14 or 1.234,5");

  // An apostrophe and the blanks that do not break a line group digits too.
  private static final String OTHER_GROUPS = " ''_\\x{a0}\\x{202f}\\x{2009}";

  private final String group;
  private final String point;
  private final String example;

  NumberFormat(String group, String point, String example) {
    this.group = group;
    this.point = point;
    this.example = example;
  }

  /** What messages say is expected. */
  String example() {
    return example;
  }

  /** The number as a DOUBLE; NULL where a text has another form. */
  String of(String text) {
    String groups = "[" + group + OTHER_GROUPS + "]";
    // Two digits a group but the last: 12,34,567 is how India writes it.
    String whole = "([0-9]{1,3}(" + groups + "[0-9]{2,3})*" + groups + "[0-9]{3}|[0-9]+)";
    return String.format(
        Locale.ROOT,
        "CASE WHEN regexp_full_match(%1$s, '[+-]?(%2$s(%3$s[0-9]*)?|%3$s[0-9]+)') THEN TRY_CAST("
            + "replace(regexp_replace(%1$s, '%4$s', '', 'g'), ',', '.') AS DOUBLE) END",
        text,
        whole,
        point,
        groups);
  }

  /** Whether a text cannot be a number of the other form, nor one without any mark. */
  String isOnly(String text) {
    return switch (this) {
      case GROUPED ->
          String.format(
              "regexp_full_match(%s, '[+-]?[1-9][0-9]{0,2}(,[0-9]{2,3})*(,[0-9]{3}){2}([.][0-9]*)?"
                  + "|[+-]?[1-9][0-9]{0,2}(,[0-9]{2,3})*,[0-9]{3}[.][0-9]*')",
              text);
      case DECIMAL_COMMA ->
          String.format(
              "regexp_full_match(%s, '[+-]?([0-9]{1,3}([.][0-9]{3})+|[0-9]*),([0-9]{1,2}|[0-9]{4,})"
                  + "|[+-]?(0|[0-9]{4,}|[0-9]{1,3}([.][0-9]{3})+),[0-9]{3}')",
              text);
    };
  }
}
