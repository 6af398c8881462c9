package io.scenerank.data.prepare;

import com.google.common.collect.ImmutableList;
import io.scenerank.data.DuckDb;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The few types that raw columns are kept in while they are prepared. */
enum StagedType {
  /** Integers of 64 bits. */
  BIGINT("BIGINT"),
  /** Floats and decimals. */
  DOUBLE("DOUBLE"),
  /** true or false. */
  BOOLEAN("BOOLEAN"),
  /** Days. */
  DATE("DATE"),
  /** Moments, in UTC. */
  TIMESTAMP("TIMESTAMP"),
  /** Texts, and all types without an entry here. */
  VARCHAR("VARCHAR"),
  /** Lists of single values, as texts. */
  LIST("VARCHAR[]"),
  /** Lists of floats. */
  VECTOR("DOUBLE[]"),
  /** Lists of lists, structs and maps, as they are. */
  NESTED("");

  private static final Pattern COMPOUND = Pattern.compile("(STRUCT|MAP|UNION)\\(.*|VARIANT");

  private static final Pattern WHOLE = Pattern.compile("DECIMAL\\(([0-9]+),0\\)");
  private static final int DIGITS_OF_64_BITS = 18;

  private final String type;

  StagedType(String type) {
    this.type = type;
  }

  /** DuckDB's type. */
  String type() {
    return type;
  }

  /** In what a column of DuckDB's type is kept. */
  static StagedType of(String duckDbType) {
    if (duckDbType.endsWith("]")) {
      return listOf(of(duckDbType.substring(0, duckDbType.lastIndexOf('['))));
    }
    if (COMPOUND.matcher(duckDbType).matches()) {
      return NESTED;
    }
    // Ids of databases are decimals without a fraction, which doubles would make equal.
    Matcher whole = WHOLE.matcher(duckDbType);
    if (whole.matches()) {
      return Integer.parseInt(whole.group(1)) <= DIGITS_OF_64_BITS ? BIGINT : VARCHAR;
    }
    return switch (duckDbType.replaceAll("\\(.*", "")) {
      case "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER" ->
          BIGINT;
      case "FLOAT", "DOUBLE", "DECIMAL" -> DOUBLE;
      case "BOOLEAN" -> BOOLEAN;
      case "DATE" -> DATE;
      case "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS", "TIMESTAMP WITH TIME ZONE" ->
          TIMESTAMP;
      default -> VARCHAR;
    };
  }

  private static StagedType listOf(StagedType element) {
    return switch (element) {
      case LIST, VECTOR, NESTED -> NESTED;
      case DOUBLE -> VECTOR;
      default -> LIST;
    };
  }

  /** Whether it is a list of single values. */
  boolean isList() {
    return this == LIST || this == VECTOR;
  }

  /**
   * The SQL that keeps a column. A text loses blanks at its ends, a tab or line break within it
   * becomes a blank; an empty one, and each of {@code missing}, is missing.
   */
  String keep(String column, ImmutableList<String> missing) {
    return switch (this) {
      case VARCHAR -> cleaned(String.format("CAST(%s AS VARCHAR)", column), missing);
      case LIST ->
          String.format(
              "list_filter(list_transform(CAST(%s AS VARCHAR[]), lambda x: %s),"
                  + " lambda x: x IS NOT NULL)",
              column, cleaned("x", missing));
      case NESTED -> column;
      default -> String.format("CAST(%s AS %s)", column, type);
    };
  }

  /** A text in one line, NULL where it says nothing. */
  static String cleaned(String text, ImmutableList<String> missing) {
    // Most texts have no such mark, and looking for one is quicker than replacing none.
    String line =
        String.format(
            "trim(CASE WHEN contains(%1$s, chr(9)) OR contains(%1$s, chr(10))"
                + " OR contains(%1$s, chr(13))"
                + " THEN translate(%1$s, chr(9) || chr(10) || chr(13), '   ') ELSE %1$s END)",
            text);
    if (missing.isEmpty()) {
      return String.format("nullif(%s, '')", line);
    }
    String nothing =
        missing.stream().map(DuckDb::text).collect(Collectors.joining(", ", "'', ", ""));
    return String.format("CASE WHEN %1$s NOT IN (%2$s) THEN %1$s END", line, nothing);
  }
}
