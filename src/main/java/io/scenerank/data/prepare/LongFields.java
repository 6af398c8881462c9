package io.scenerank.data.prepare;

import io.scenerank.config.InvalidInputException;
import io.scenerank.data.DuckDb;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Quoted fields that run over several lines. A stray quote makes such a field too: then its lines
 * look like rows.
 */
final class LongFields {
  private LongFields() {}

  /**
   * What there is of them.
   *
   * @param fields how many
   * @param lines how many lines they span
   * @param empty how many of these are empty
   * @param likeRows how many fields hold lines that look like rows
   */
  private record Found(long fields, long lines, long empty, long likeRows) {}

  /**
   * Checks that such fields account for the lines that became no row, and tells how many there are.
   *
   * @param rows how many rows were read
   * @param expected how many rows there would be if each line were one
   * @throws InvalidInputException if they do not, or if they look like rows and the description
   *     does not say that quotes are meant
   */
  static void require(
      WorkDatabase database, CsvTable table, long rows, long expected, RawSource source)
      throws SQLException, IOException {
    String fields = fields(table);
    Found found =
        database
            .query(
                "SELECT count(*), coalesce(sum(len(p) - 1), 0),"
                    + " coalesce(sum(len(list_filter(p[2:-2], lambda x: trim(replace(x, chr(13),"
                    + " ''), ' ') = ''))), 0), count(*) FILTER (rowlike) FROM ("
                    + fields
                    + ")",
                row -> new Found(row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4)))
            .get(0);
    if (found.likeRows > 0 && table.format().quote() == null) {
      throw swallowed(database, table, fields, found.likeRows, source);
    }
    if (rows + found.lines - found.empty != expected) {
      throw new InvalidInputException(
          String.format(
              Locale.ROOT,
              "%s: has %d lines of rows, of which %d were read as rows and %d belong to quoted"
                  + " fields of several lines; expected all",
              source.label(),
              expected,
              rows,
              found.lines - found.empty));
    }
    database.note(
        String.format(
            Locale.ROOT,
            "%s: %d quoted fields run over several lines",
            source.label(),
            found.fields));
  }

  /** Of each such field its lines, with the row's number. */
  private static String fields(CsvTable table) {
    LineForm form = LineForm.of(table.first());
    int last = form.fields() - 1;
    List<String> parts = new ArrayList<>();
    List<String> any = new ArrayList<>();
    for (int i = 0; i <= last; i++) {
      String name = DuckDb.name(table.first().columns().get(i));
      any.add("contains(" + name + ", chr(10)) OR contains(" + name + ", chr(13))");
      parts.add(
          String.format(
              Locale.ROOT,
              "{'i': %d, 'p': string_split(%s, chr(10))}",
              i,
              table.mixed()
                  ? name
                  : String.format(
                      "replace(replace(%s, chr(13) || chr(10), chr(10)), chr(13), chr(10))",
                      name)));
    }
    return String.format(
        Locale.ROOT,
        "SELECT r, p, %1$d > 0 AND k[1] = %1$d - i AND k[-1] = i AND len(list_filter(k[2:-2],"
            + " lambda x: x <> %1$d)) = 0 AS rowlike FROM (SELECT r, f.i AS i, f.p AS p,"
            + " list_transform(f.p, lambda x: %2$s) AS k FROM (SELECT r, unnest([%3$s]) AS f FROM"
            + " (SELECT row_number() OVER () - 1 AS r, * FROM %4$s) WHERE %5$s) WHERE len(f.p) >"
            + " 1)",
        last,
        form.delimiters("x"),
        String.join(", ", parts),
        table.relation(),
        String.join(" OR ", any));
  }

  private static InvalidInputException swallowed(
      WorkDatabase database, CsvTable table, String fields, long number, RawSource source)
      throws SQLException, IOException {
    record First(long row, long lines, String text) {}
    First first =
        database
            .query(
                "SELECT r, len(p), p[1] FROM (" + fields + ") WHERE rowlike ORDER BY r LIMIT 1",
                row -> new First(row.getLong(1), row.getLong(2), row.getString(3)))
            .get(0);
    String quote = table.format().quoteMark();
    return new InvalidInputException(
        String.format(
            Locale.ROOT,
            "%s: a field in quotes runs over %d lines that look like rows, as %d fields do: '%s…';"
                + " in the description, 'quote: \"\"' makes quotes part of the values, 'quote:"
                + " '%s'' confirms that they quote",
            source.place(database, "quotes", first.row),
            first.lines,
            number,
            CsvFailure.shortened(first.text),
            quote));
  }
}
