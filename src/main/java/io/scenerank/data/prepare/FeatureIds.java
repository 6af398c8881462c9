package io.scenerank.data.prepare;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.data.DuckDb;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What features become in a prepared data set, in SQL over their values.
 *
 * @param columns the features
 * @param edges ends of the bins of each binned column
 * @param hashFunction by what texts become buckets
 */
record FeatureIds(
    ImmutableList<ColumnDescription> columns,
    ImmutableMap<String, ImmutableList<Double>> edges,
    HashFunction hashFunction) {
  // The largest float; a number beyond it is not a finite feature.
  private static final String LARGEST = "3.4028234663852886e38";

  /** All features, as a list of SELECT. */
  String select() {
    return columns.stream()
        .map(
            column -> {
              String ids = encoded(column) + " AS " + DuckDb.name(column.name());
              return column.isWeighted() ? ids + ", " + weights(column) : ids;
            })
        .collect(Collectors.joining(", "));
  }

  /** The weights of the last values, zeros in front of them: a number where one value is kept. */
  private static String weights(ColumnDescription column) {
    String name = DuckDb.name(column.weightsName());
    if (column.maxLen() == 1) {
      return String.format("CAST(coalesce(%1$s[-1], 0) AS FLOAT) AS %1$s", name);
    }
    return String.format(
        Locale.ROOT,
        "list_concat(list_transform(range(%1$d), lambda i: CAST(0 AS FLOAT)),"
            + " list_transform(coalesce(%2$s, []), lambda x: CAST(x AS FLOAT)))[-%1$d:] AS %2$s",
        column.maxLen(),
        name);
  }

  private String encoded(ColumnDescription column) {
    String value = DuckDb.name(column.name());
    return switch (column.type()) {
      case SPARSE ->
          String.format(
              "CAST(%s AS INTEGER)",
              column.bins() > 0
                  ? BinEdges.bin(value, requireNonNull(edges.get(column.name()), column.name()))
                  : id(column, value));
      case SEQUENCE -> padded(column, value);
      case TEXT ->
          column.isList()
              ? padded(column, value)
              : String.format("CAST(%s AS INTEGER)", id(column, value));
      case DENSE -> column.dimension() > 1 ? vector(column, value) : dense(column, value);
    };
  }

  private String id(ColumnDescription column, String text) {
    return column.hash() > 0
        ? hashFunction.bucket(text, column.hash())
        : Vocabularies.id(column.embName(), text);
  }

  /** The last ids, zeros in front of them. */
  private String padded(ColumnDescription column, String list) {
    String ids =
        String.format(
            "list_transform(coalesce(%s, []), lambda x: CAST(%s AS INTEGER))",
            list, id(column, "x"));
    String zeros =
        String.format(Locale.ROOT, "list_transform(range(%d), lambda i: 0)", column.maxLen());
    return String.format(Locale.ROOT, "list_concat(%s, %s)[-%d:]", zeros, ids, column.maxLen());
  }

  /** As many floats as the column's dimension says. */
  private static String vector(ColumnDescription column, String list) {
    return String.format(
        Locale.ROOT,
        "list_transform(coalesce(%s, list_transform(range(%d), lambda i: CAST(NULL AS DOUBLE))),"
            + " lambda x: %s)",
        list,
        column.dimension(),
        dense(column, "x"));
  }

  private static String dense(ColumnDescription column, String number) {
    return String.format(
        "CAST(CASE WHEN %s THEN %s ELSE %s END AS FLOAT)",
        isFinite(number), number, column.missing());
  }

  /** Whether a number is there and becomes a finite float. */
  static String isFinite(String number) {
    return String.format("coalesce(abs(%s) <= %s, false)", number, LARGEST);
  }

  /**
   * Of each column with a vocabulary, how many of its values in a row are not in it, as SQL in the
   * order of {@link #withVocabulary}.
   */
  ImmutableList<String> unseen() {
    return withVocabulary().stream()
        .map(FeatureIds::unseen)
        .collect(ImmutableList.toImmutableList());
  }

  private static String unseen(ColumnDescription column) {
    String value = DuckDb.name(column.name());
    return column.type() == ColumnDescription.Type.SEQUENCE
        ? String.format(
            "coalesce(len(list_filter(%s, lambda x: %s IS NULL)), 0)",
            value, Vocabularies.known(column.embName(), "x"))
        : String.format(
            "CAST(%s IS NOT NULL AND %s IS NULL AS INTEGER)",
            value, Vocabularies.known(column.embName(), value));
  }

  /** The columns whose ids come from a vocabulary. */
  ImmutableList<ColumnDescription> withVocabulary() {
    return columns.stream()
        .filter(ColumnDescription::hasVocabulary)
        .collect(ImmutableList.toImmutableList());
  }
}
