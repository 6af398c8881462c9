package io.scenerank.data.prepare;

import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Decides between the forms that all values of a column have.
 *
 * @param rows what follows FROM
 * @param text the column in SQL
 */
record FormatChooser(WorkDatabase database, String rows, String text) {
  // 1,034 and 39,05: a list of ids has no zero in front.
  private static final String ZERO = "regexp_matches(%s, '[ ,''_]0[0-9]')";

  FormatChoice choose(List<FormTest> fitting) throws SQLException {
    if (fitting.contains(FormTest.NESTED)) {
      return FormatChoice.refused(
          "its values are lists of lists or of objects, such as " + example());
    }
    Optional<FormatChoice> choice = time(fitting);
    if (choice.isEmpty()) {
      choice = list(fitting);
    }
    if (choice.isEmpty()) {
      choice = number(fitting);
    }
    return choice.orElseGet(
        () ->
            fitting.contains(FormTest.UNITS)
                ? FormatChoice.noted(
                    "holds numbers with a unit or a currency, which are treated as texts; an"
                        + " expression can convert them to numbers")
                : FormatChoice.NONE);
  }

  private Optional<FormatChoice> time(List<FormTest> fitting) throws SQLException {
    boolean month = fitting.contains(FormTest.MONTH_FIRST);
    boolean day = fitting.contains(FormTest.DAY_FIRST);
    if (month && day) {
      return Optional.of(
          FormatChoice.noted(
              String.format(
                  "holds dates such as %s, and no row shows whether the month or the day is first;"
                      + " add it to formats as month_first or day_first",
                  example())));
    }
    return fitting.stream()
        .filter(
            test ->
                test.isPattern()
                    || test.equals(FormTest.YEAR_FIRST)
                    || test.equals(FormTest.COMPACT)
                    || (month && test.equals(FormTest.MONTH_FIRST))
                    || (day && test.equals(FormTest.DAY_FIRST)))
        .findFirst()
        .map(FormatChoice::of);
  }

  private Optional<FormatChoice> list(List<FormTest> fitting) throws SQLException {
    boolean number = fitting.contains(FormTest.GROUPED) || fitting.contains(FormTest.DECIMAL_COMMA);
    if (!number && fitting.contains(FormTest.VECTOR) && isVector()) {
      return Optional.of(FormatChoice.of(FormTest.VECTOR));
    }
    boolean spaced =
        fitting.contains(FormTest.SPACED_LIST)
            && isThere("regexp_matches(trim(%s), '[^ \\[(] +[^ \\])]')");
    return spaced
        ? Optional.of(FormatChoice.of(FormTest.SPACED_LIST))
        : fitting.contains(FormTest.LIST)
            ? Optional.of(FormatChoice.of(FormTest.LIST))
            : Optional.empty();
  }

  /** Whether all rows have the same number of numbers, several ones, and not integers alone. */
  private boolean isVector() throws SQLException {
    String vector = new ValueFormat(FormTest.VECTOR.format()).of(text);
    return database.number(
            String.format(
                "SELECT CASE WHEN min(len(v)) > 1 AND min(len(v)) = max(len(v)) AND"
                    + " bool_or(len(list_filter(v, lambda x: x <> trunc(x))) > 0) THEN 1 ELSE 0 END"
                    + " FROM (SELECT %s AS v FROM %s WHERE %s IS NOT NULL)",
                vector, rows, text))
        == 1;
  }

  private Optional<FormatChoice> number(List<FormTest> fitting) throws SQLException {
    boolean grouped = fitting.contains(FormTest.GROUPED);
    boolean comma = fitting.contains(FormTest.DECIMAL_COMMA);
    if (!grouped && !comma) {
      return Optional.empty();
    }
    boolean commas = isThere("contains(%s, ',')");
    if (grouped && !commas) {
      return Optional.of(
          isThere(ZERO)
              ? FormatChoice.of(FormTest.GROUPED)
              : FormatChoice.noted(
                  "holds texts such as "
                      + example()
                      + ": if they are numbers, add it to formats as grouped"));
    }
    if (grouped && comma) {
      return Optional.of(
          FormatChoice.of(FormTest.GROUPED)
              .and(
                  String.format(
                      "holds numbers such as %s, whose comma is treated as a thousands separator;"
                          + " if it is a decimal comma, the format is decimal_comma",
                      example())));
    }
    FormTest form = grouped ? FormTest.GROUPED : FormTest.DECIMAL_COMMA;
    FormatChoice choice = FormatChoice.of(form);
    return Optional.of(
        isThere(ZERO) || (grouped && isThere("contains(%s, '.')"))
            ? choice
            : choice.and(
                String.format(
                    "holds %s; if %s are two values, it is a sequence with the delimiter ','"
                        + " without a format",
                    form.what(), example())));
  }

  private boolean isThere(String condition) throws SQLException {
    return database.number(
            String.format(
                "SELECT count(*) FROM %s WHERE %s",
                rows, String.format(Locale.ROOT, condition, text)))
        > 0;
  }

  private String example() throws SQLException {
    return database
        .query(
            String.format(
                "SELECT %1$s FROM %2$s WHERE %1$s IS NOT NULL GROUP BY 1"
                    + " ORDER BY length(%1$s) DESC, 1 LIMIT 1",
                text, rows),
            row -> "'" + CsvFailure.shortened(row.getString(1)) + "'")
        .get(0);
  }
}
