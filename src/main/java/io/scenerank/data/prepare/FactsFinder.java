package io.scenerank.data.prepare;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.data.DuckDb;
import java.sql.Array;
import java.sql.SQLException;
import java.sql.Struct;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/** Looks at all values of a table's columns, at those of many columns in each statement. */
record FactsFinder(WorkDatabase database, RawTable table) {
  private static final double MOST = 0.9;
  private static final double SEVERAL = 0.2;
  private static final int EXAMPLES = 3;

  // 10/31/2021, 31.10.21 12:00, 12:31:09 AM, 2021-10-31T10:00
  private static final String CLOCK =
      "'(\\d{1,4}[-/.]\\d{1,2}[-/.]\\d{1,4}|\\d{1,2}:\\d{2}(:\\d{2})?)(\\D.*)?'";

  // Of words no one makes a sequence, but of ids with a digit in each.
  private static final ImmutableMap<String, String> DELIMITERS =
      ImmutableMap.<String, String>builder()
          .put("|", "[|]")
          .put(";", ";")
          .put(",", ",[^ ]|^[0-9]+(, *[0-9]+)+$")
          .put("^", "\\^")
          .put("#", "[^ ]#[^ ]")
          .put("\u0001", "\\x01")
          .put("\u0002", "\\x02")
          .put(" ", "^([^ ,(\\[{]*[0-9][^ ,)\\]}]*)( +[^ ,]*[0-9][^ ,)\\]}]*)+$")
          .buildOrThrow();

  /** What all columns look like. */
  ImmutableList<ColumnFacts> find() throws SQLException {
    ImmutableMap<String, RowOrder> orders = RowOrder.of(database, table);
    long rows = database.number("SELECT count(*) FROM " + WorkDatabase.rows(table.file()));
    ImmutableList.Builder<ColumnFacts> facts = ImmutableList.builder();
    int done = 0;
    for (List<RawTable.Column> group : Cells.groups(table.columns(), rows)) {
      for (Values values : values(group)) {
        facts.add(
            new ColumnFacts(
                values.profile,
                NameWords.of(values.profile.name()),
                new SqlColumnNames(database).inSql(values.profile.name()),
                orders.getOrDefault(values.profile.name(), RowOrder.NONE),
                values.all,
                values.clock));
      }
      done += group.size();
      database.at("look at columns", done, table.columns().size(), "columns");
    }
    return facts.build();
  }

  /**
   * What the values of a column say.
   *
   * @param all the different ones where they are few, the most frequent first
   * @param clock whether most look like a time
   */
  private record Values(ColumnProfile profile, ImmutableList<String> all, boolean clock) {}

  private List<Values> values(List<RawTable.Column> group) throws SQLException {
    String rows = "(" + table.values(group) + ")";
    List<String> texts = group.stream().map(RawTable::textName).toList();
    List<String> numbers = group.stream().map(FactsFinder::number).toList();
    try (Cells.Distinct cells = Cells.Distinct.of(database, texts, numbers, rows)) {
      return values(group, cells);
    }
  }

  private static String number(RawTable.Column column) {
    String name = DuckDb.name(column.name());
    return switch (column.kind()) {
      case INTEGER, NUMBER, BOOLEAN -> "CAST(" + name + " AS DOUBLE)";
      case DATE, TIMESTAMP -> "CAST(epoch(" + name + ") AS DOUBLE)";
      case LIST, VECTOR -> "CAST(len(" + name + ") AS DOUBLE)";
      case TEXT, NESTED -> "CAST('nan' AS DOUBLE)";
    };
  }

  /** What is to be known of texts besides. */
  private record Texts(String delimiter, boolean clock) {
    static final Texts NONE = new Texts("", false);
  }

  private List<Values> values(List<RawTable.Column> group, Cells.Distinct cells)
      throws SQLException {
    Map<Integer, Texts> texts = texts(group, cells);
    return database.query(
        String.format(
            Locale.ROOT,
            "SELECT c, CAST(sum(n) AS BIGINT),"
                + " CAST(coalesce(sum(n) FILTER (t IS NOT NULL), 0) AS BIGINT), count(t), min(low),"
                + " max(high), min(ROW(-n, t), %d) FILTER (t IS NOT NULL) FROM %s"
                + " GROUP BY c ORDER BY c",
            ColumnFacts.FEW,
            cells.sql()),
        row -> {
          RawTable.Column column = group.get(row.getInt(1));
          Texts more = texts.getOrDefault(row.getInt(1), Texts.NONE);
          ImmutableList<String> first = firstOf(row.getArray(7));
          long distinct = row.getLong(4);
          return new Values(
              new ColumnProfile(
                  column.name(),
                  column.kind(),
                  row.getLong(2),
                  row.getLong(3),
                  distinct,
                  row.getDouble(5),
                  row.getDouble(6),
                  more.delimiter,
                  first.subList(0, Math.min(EXAMPLES, first.size()))),
              distinct <= ColumnFacts.FEW ? first : ImmutableList.of(),
              more.clock);
        });
  }

  /** The texts of pairs of a number and a text; NULL are none. */
  private static ImmutableList<String> firstOf(Array pairs) throws SQLException {
    ImmutableList.Builder<String> texts = ImmutableList.builder();
    if (pairs != null) {
      for (Object pair : (Object[]) pairs.getArray()) {
        texts.add((String) ((Struct) pair).getAttributes()[1]);
      }
    }
    return texts.build();
  }

  private Map<Integer, Texts> texts(List<RawTable.Column> group, Cells.Distinct cells)
      throws SQLException {
    List<Integer> columns =
        IntStream.range(0, group.size())
            .filter(i -> group.get(i).kind() == RawKind.TEXT)
            .boxed()
            .toList();
    Map<Integer, Texts> texts = new HashMap<>();
    if (columns.isEmpty()) {
      return texts;
    }
    StringBuilder select = new StringBuilder();
    for (String pattern : DELIMITERS.values()) {
      select.append(
          String.format(", count(*) FILTER (regexp_matches(t, %s))", DuckDb.text(pattern)));
    }
    record Marked(int column, boolean clock, long distinct, List<String> marks) {}
    List<Marked> found =
        database.query(
            String.format(
                "SELECT c, sum(n) FILTER (regexp_full_match(t, %s)) > %s * sum(n), count(*)%s FROM"
                    + " %s WHERE t IS NOT NULL AND %s GROUP BY c",
                CLOCK, MOST, select, cells.sql(), Cells.isIn(columns)),
            row -> {
              long distinct = row.getLong(3);
              List<String> marks = new ArrayList<>();
              for (int i = 0; i < DELIMITERS.size(); i++) {
                if (row.getLong(4 + i) >= Math.max(2, SEVERAL * distinct)) {
                  marks.add(DELIMITERS.keySet().asList().get(i));
                }
              }
              return new Marked(row.getInt(1), row.getBoolean(2), distinct, marks);
            });
    for (Marked marked : found) {
      texts.put(
          marked.column,
          new Texts(delimiter(cells, marked.column, marked.distinct, marked.marks), marked.clock));
    }
    return texts;
  }

  /**
   * A mark between parts that come again in other values.
   *
   * @param marks those that occur in many values
   */
  private String delimiter(Cells.Distinct cells, int column, long distinct, List<String> marks)
      throws SQLException {
    for (String mark : marks) {
      long parts =
          database.number(
              String.format(
                  Locale.ROOT,
                  "SELECT count(DISTINCT e) FROM (SELECT unnest(string_split(t, %s)) AS e FROM %s"
                      + " WHERE c = %d AND t IS NOT NULL)",
                  DuckDb.text(mark),
                  cells.sql(),
                  column));
      if (parts < distinct) {
        return mark;
      }
    }
    return "";
  }
}
