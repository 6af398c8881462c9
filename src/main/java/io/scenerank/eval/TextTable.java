package io.scenerank.eval;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.common.base.Strings;
import com.google.common.collect.ImmutableList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.StringJoiner;
import java.util.regex.Pattern;

/**
 * A table of text: {@code +----+} borders with {@code +====+} under the header, or Markdown. A
 * column whose cells are all numbers (or {@code n/a}) stands to the right. Immutable.
 */
public final class TextTable {
  /** What stands for a figure that does not exist. */
  public static final String MISSING = "n/a";

  private static final Pattern NUMBER =
      Pattern.compile("[-+]?[\\d,]*\\.?\\d+(e[-+]?\\d+)?( ± [\\d.]+)?%?|n/a|-|");

  private final ImmutableList<String> header;
  private final ImmutableList<ImmutableList<String>> rows;

  private TextTable(ImmutableList<String> header, ImmutableList<ImmutableList<String>> rows) {
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
    checkArgument(row.size() == header.size(), "%s cells, expected %s", row.size(), header.size());
    return new TextTable(
        header,
        ImmutableList.<ImmutableList<String>>builderWithExpectedSize(rows.size() + 1)
            .addAll(rows)
            .add(ImmutableList.copyOf(row))
            .build());
  }

  /** This table with one more row. */
  public TextTable plus(String... row) {
    return plus(List.of(row));
  }

  /** A figure with 4 decimals, or {@link #MISSING}. */
  public static String figure(OptionalDouble value) {
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
    text.append(rule("+", '-')).append(line(header)).append(rule("+", '='));
    rows.forEach(row -> text.append(line(row)).append(rule("+", '-')));
    return text.toString();
  }

  /** The table in Markdown; every line ends in a newline. */
  public String markdown() {
    StringBuilder text = new StringBuilder();
    text.append(line(header)).append(rule("|", '-'));
    rows.forEach(row -> text.append(line(row)));
    return text.toString();
  }

  private String rule(String joint, char dash) {
    boolean markdown = joint.equals("|");
    StringJoiner rule = new StringJoiner(joint, joint, joint + "\n");
    for (int i = 0; i < header.size(); i++) {
      int dashes = width(i) + (markdown && isNumeric(i) ? 1 : 2);
      rule.add(
          Strings.repeat(String.valueOf(dash), dashes) + (markdown && isNumeric(i) ? ":" : ""));
    }
    return rule.toString();
  }

  private String line(List<String> cells) {
    StringJoiner line = new StringJoiner(" | ", "| ", " |\n");
    for (int i = 0; i < cells.size(); i++) {
      line.add(
          isNumeric(i)
              ? Strings.padStart(cells.get(i), width(i), ' ')
              : Strings.padEnd(cells.get(i), width(i), ' '));
    }
    return line.toString();
  }

  private int width(int column) {
    return rows.stream()
        .mapToInt(row -> row.get(column).length())
        .reduce(header.get(column).length(), Math::max);
  }

  private boolean isNumeric(int column) {
    return !rows.isEmpty()
        && rows.stream().allMatch(row -> NUMBER.matcher(row.get(column)).matches());
  }
}
