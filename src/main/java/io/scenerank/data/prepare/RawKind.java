package io.scenerank.data.prepare;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * What the values of a raw column are, all of them: found when a data set is prepared, and kept for
 * the rows to predict. Its methods write SQL over the name of a {@link StagedType staged} column.
 */
enum RawKind {
  /** Integers of 64 bits, also when they are written as {@code 12.0}. */
  @JsonProperty("integer")
  INTEGER("BIGINT"),
  /** Other numbers, without zeros in front. */
  @JsonProperty("number")
  NUMBER("DOUBLE"),
  /** true or false. */
  @JsonProperty("boolean")
  BOOLEAN("BOOLEAN"),
  /** Days. */
  @JsonProperty("date")
  DATE("DATE"),
  /** Moments, in UTC; a text with an offset is converted. */
  @JsonProperty("timestamp")
  TIMESTAMP("TIMESTAMP"),
  /** Anything else. */
  @JsonProperty("text")
  TEXT("VARCHAR"),
  /** Lists, whose elements are kept as texts. */
  @JsonProperty("list")
  LIST("VARCHAR[]"),
  /** Lists of floats. */
  @JsonProperty("vector")
  VECTOR("DOUBLE[]"),
  /** Lists of lists, structs and maps, which only an expression can use. */
  @JsonProperty("nested")
  NESTED("");

  private static final String INTEGRAL = "'(0|-?[1-9][0-9]{0,18})(\\.0*)?'";
  // More than 15 digits would not survive as a number: then they are an id and stay a text.
  private static final String DECIMAL =
      "'(?i)[+-]?((0|[1-9][0-9]{0,14})(\\.[0-9]*)?|\\.[0-9]+)(e[+-]?[0-9]+)?|nan|[+-]?inf(inity)?'";
  private static final String DAY = "'[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}'";

  private final String type;

  RawKind(String type) {
    this.type = type;
  }

  /** DuckDB's type. */
  String type() {
    return type;
  }

  /**
   * Whether a text, which is not NULL, is of this kind. DuckDB tries both sides of AND on all rows,
   * but what follows THEN only where it is needed.
   */
  String fits(String text) {
    return switch (this) {
      case INTEGER ->
          String.format(
              "(CASE WHEN regexp_full_match(%1$s, %2$s)"
                  + " THEN TRY_CAST(split_part(%1$s, '.', 1) AS BIGINT) IS NOT NULL"
                  + " ELSE false END)",
              text, INTEGRAL);
      case NUMBER -> String.format("regexp_full_match(%s, %s)", text, DECIMAL);
      case BOOLEAN -> String.format("(lower(%s) IN ('true', 'false'))", text);
      case DATE ->
          String.format(
              "(CASE WHEN regexp_full_match(%1$s, %2$s) THEN TRY_CAST(%1$s AS DATE) IS NOT NULL"
                  + " ELSE false END)",
              text, DAY);
      case TIMESTAMP -> Instants.fits(text);
      case TEXT, LIST, VECTOR, NESTED -> "true";
    };
  }

  /**
   * The value as this kind's type, for expressions; NULL where it is of another kind. NaN is
   * missing too: DuckDB takes it for the greatest number, so that {@code price > 5} would be true.
   */
  String typed(String column, StagedType staged) {
    String value = value(column, staged);
    return this == NUMBER ? String.format("nullif(%s, CAST('nan' AS DOUBLE))", value) : value;
  }

  private String value(String column, StagedType staged) {
    if (staged.type().equals(type)) {
      return column;
    }
    return switch (staged) {
      case VARCHAR ->
          switch (this) {
            case TIMESTAMP ->
                String.format("CASE WHEN %s THEN %s END", fits(column), Instants.of(column));
            case INTEGER ->
                String.format(
                    "CASE WHEN %s THEN TRY_CAST(split_part(%s, '.', 1) AS BIGINT) END",
                    fits(column), column);
            default ->
                String.format(
                    "CASE WHEN %s THEN TRY_CAST(%s AS %s) END", fits(column), column, type);
          };
      case DOUBLE ->
          this == INTEGER
              ? String.format(
                  "CASE WHEN %1$s = trunc(%1$s) THEN TRY_CAST(%1$s AS BIGINT) END", column)
              : cast(column);
      case VECTOR -> String.format("CAST(%s AS %s)", column, type);
      default -> this == LIST ? String.format("[CAST(%s AS VARCHAR)]", column) : cast(column);
    };
  }

  private String cast(String column) {
    return String.format("TRY_CAST(CAST(%s AS VARCHAR) AS %s)", column, type);
  }

  /**
   * The value as the text that a vocabulary holds; a value of another kind stays as it was written,
   * so that it is in no vocabulary. NULL is missing.
   */
  String text(String column, StagedType staged) {
    String written = String.format("CAST(%s AS VARCHAR)", column);
    return switch (this) {
      case TEXT, LIST, VECTOR, NESTED -> written;
      case INTEGER ->
          switch (staged) {
            case BIGINT -> written;
            case VARCHAR -> integral(column);
            default ->
                String.format(
                    "coalesce(CAST(%s AS VARCHAR), nullif(%s, 'nan'))",
                    value(column, staged), written);
          };
      default ->
          String.format(
              "nullif(coalesce(CAST(%s AS VARCHAR), %s), 'nan')", value(column, staged), written);
    };
  }

  /** A text without {@code .0} behind an integer. */
  static String integral(String text) {
    return String.format(
        "CASE WHEN contains(%1$s, '.') THEN regexp_replace(%1$s, '^(0|-?[1-9][0-9]*)\\.0*$', '\\1')"
            + " ELSE %1$s END",
        text);
  }
}
