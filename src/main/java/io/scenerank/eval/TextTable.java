package io.scenerank.eval;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.common.base.Strings;
import com.google.common.collect.ImmutableList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.StringJoiner;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * A table of text: {@code +----+} borders with {@code +====+} under the header, or Markdown. A
 * column whose cells are all numbers (or {@code n/a}) is right-aligned. The best of several cells
 * carries a star, or is bold in Markdown. Immutable.
 */
public final class TextTable {
  /** Shown for a metric that does not exist. */
  public static final String MISSING = "n/a";

  private static final Pattern NUMBER =
      Pattern.compile("[-+]?[\\d,]*\\.?\\d+(e[-+]?\\d+)?( ± [\\d.]+)?%?|n/a|-|");

  private final ImmutableList<String> header;
  private final ImmutableList<ImmutableList<Cell>> rows;

  /** A text, and whether it is the best one of its row or column. */
  public record Cell(String text, boolean best) {
    /** A cell without a mark. */
    public static Cell of(String text) {
      return new Cell(text, false);
    }
  }

  private TextTable(ImmutableList<String> header, ImmutableList<ImmutableList<Cell>> rows) {
    this.header = header;
    this.rows = rows;
  }

  /** A table without rows. */
  public static TextTable withHeader(List<String> header) {
    checkArgument(!header.isEmpty(), "no columns");
    return new TextTable(ImmutableList.copyOf(header), ImmutableList.of());
  }

  /** A table without rows. */
  public static TextTable withHeader(String... header) {
    return withHeader(List.of(header));
  }

  /** This table with one more row. */
  public TextTable plus(List<String> row) {
    return plusCells(row.stream().map(Cell::of).toList());
  }

  /** This table with one more row. */
  public TextTable plusCells(List<Cell> row) {
    checkArgument(row.size() == header.size(), "%s cells, expected %s", row.size(), header.size());
    return new TextTable(
        header,
        ImmutableList.<ImmutableList<Cell>>builderWithExpectedSize(rows.size() + 1)
            .addAll(rows)
            .add(ImmutableList.copyOf(row))
            .build());
  }

  /** This table with one more row. */
  public TextTable plus(String... row) {
    return plus(List.of(row));
  }

  /** A metric with 4 decimals, or {@link #MISSING}. */
  public static String metric(OptionalDouble value) {
    return value.isPresent() && Double.isFinite(value.getAsDouble())
        ? String.format(Locale.ROOT, "%.4f", value.getAsDouble())
        : MISSING;
  }

  /** A whole number, or {@link #MISSING}. */
  public static String count(OptionalDouble value) {
    return value.isPresent() ? Long.toString(Math.round(value.getAsDouble())) : MISSING;
  }

  /** The table with borders; every line ends in a newline. */
  public String render() {
    StringBuilder text = new StringBuilder();
    text.append(rule(false, '-')).append(line(header, false)).append(rule(false, '='));
    rows.forEach(row -> text.append(line(texts(row, false), false)).append(rule(false, '-')));
    return text.toString();
  }

  /** The table in Markdown; every line ends in a newline. */
  public String markdown() {
    StringBuilder text = new StringBuilder();
    text.append(line(header, true)).append(rule(true, '-'));
    rows.forEach(row -> text.append(line(texts(row, true), true)));
    return text.toString();
  }

  private String rule(boolean markdown, char dash) {
    String joint = markdown ? "|" : "+";
    StringJoiner rule = new StringJoiner(joint, joint, joint + "\n");
    for (int i = 0; i < header.size(); i++) {
      boolean colon = markdown && isNumeric(i);
      int dashes = width(i, markdown) + (colon ? 1 : 2);
      rule.add(String.valueOf(dash).repeat(dashes) + (colon ? ":" : ""));
    }
    return rule.toString();
  }

  private String line(List<String> cells, boolean markdown) {
    StringJoiner line = new StringJoiner(" | ", "| ", " |\n");
    for (int i = 0; i < cells.size(); i++) {
      int width = width(i, markdown);
      line.add(
          isNumeric(i)
              ? Strings.padStart(cells.get(i), width, ' ')
              : Strings.padEnd(cells.get(i), width, ' '));
    }
    return line.toString();
  }

  private int width(int column, boolean markdown) {
    return rows.stream()
        .mapToInt(row -> text(row.get(column), column, markdown).length())
        .reduce(header.get(column).length(), Math::max);
  }

  private List<String> texts(List<Cell> row, boolean markdown) {
    return IntStream.range(0, row.size()).mapToObj(i -> text(row.get(i), i, markdown)).toList();
  }

  private String text(Cell cell, int column, boolean markdown) {
    if (markdown) {
      String escaped = cell.text().replace("|", "\\|");
      return cell.best() ? "**" + escaped + "**" : escaped;
    }
    // The metrics above and below a star keep its place free, so that all stay in line.
    boolean besideStar = isNumeric(column) && rows.stream().anyMatch(row -> row.get(column).best());
    return cell.text() + (cell.best() ? " *" : besideStar ? "  " : "");
  }

  private boolean isNumeric(int column) {
    return !rows.isEmpty()
        && rows.stream().allMatch(row -> NUMBER.matcher(row.get(column).text()).matches());
  }
}
