package io.scenerank.data;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.scenerank.config.InvalidInputException;
import io.scenerank.config.SpellingHint;
import io.scenerank.data.RowSource.RowFormat;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.FeatureColumn.ColumnType;
import io.scenerank.feature.PackedLayout;
import java.util.List;
import java.util.Map;

/** Which columns of a Parquet file become which values of a packed row; checks their types. */
final class ParquetPlan {
  /** Prefix of the columns of true probabilities. */
  static final String PROBABILITY_PREFIX = "p_";

  private static final ImmutableSet<String> INTEGERS =
      ImmutableSet.of(
          "TINYINT",
          "SMALLINT",
          "INTEGER",
          "BIGINT",
          "UTINYINT",
          "USMALLINT",
          "UINTEGER",
          "UBIGINT");
  private static final String TASK = "task";
  private static final ImmutableSet<String> FLOATS = ImmutableSet.of("FLOAT", "DOUBLE");

  /** What a selected column holds. */
  enum Kind {
    LENGTH,
    ID,
    DENSE,
    LABEL,
    WEIGHT,
    PROBABILITY
  }

  /**
   * One selected column.
   *
   * @param expression its SQL, of type BIGINT for a length or an id, else DOUBLE
   * @param name the feature, task or column of weights
   * @param position of an id or a dense value in a packed row, of a task, or of a column of
   *     weights; a length's expectation
   */
  record Selection(Kind kind, String expression, String name, int position) {}

  private final String file;
  private final Map<String, String> types;
  private final ImmutableList.Builder<Selection> selections = ImmutableList.builder();

  private ParquetPlan(String file, Map<String, String> types) {
    this.file = file;
    this.types = types;
  }

  /**
   * @param types DuckDB's type of each column of the file
   * @throws InvalidInputException naming a column that is missing or of a wrong type
   */
  static ImmutableList<Selection> of(String file, Map<String, String> types, RowFormat format) {
    ParquetPlan plan = new ParquetPlan(file, types);
    PackedLayout layout = format.layout();
    layout.columns().forEach(column -> plan.addFeature(column, layout.offset(column)));
    plan.addTasks(format.tasks(), "", Kind.LABEL);
    plan.addTasks(format.weightColumns(), "", Kind.WEIGHT);
    if (hasProbabilities(types, format)) {
      plan.addTasks(format.tasks(), PROBABILITY_PREFIX, Kind.PROBABILITY);
    }
    return plan.selections.build();
  }

  /** Whether the file has a probability for every task. */
  static boolean hasProbabilities(Map<String, String> types, RowFormat format) {
    return !format.tasks().isEmpty()
        && format.tasks().stream().allMatch(t -> types.containsKey(PROBABILITY_PREFIX + t));
  }

  private void addFeature(FeatureColumn column, int offset) {
    boolean categorical = column.isCategorical();
    boolean list = column.type() == ColumnType.VARLEN_SPARSE || column.width() > 1;
    String type = require("feature", column.name(), column.name(), list, !categorical);
    String source = DuckDb.name(column.name());
    Kind kind = categorical ? Kind.ID : Kind.DENSE;
    if (!list) {
      add(kind, value(source, type, categorical), column.name(), offset);
      return;
    }
    String element = type.substring(0, type.length() - 2);
    add(Kind.LENGTH, "len(" + source + ")::BIGINT", column.name(), column.width());
    for (int i = 0; i < column.width(); i++) {
      String item = source + "[" + (i + 1) + "]";
      add(kind, value(item, element, categorical), column.name(), offset + i);
    }
  }

  private void addTasks(List<String> tasks, String prefix, Kind kind) {
    for (int i = 0; i < tasks.size(); i++) {
      String column = prefix + tasks.get(i);
      String what = kind == Kind.WEIGHT ? "sample weight" : TASK;
      require(what, tasks.get(i), column, false, true);
      add(kind, DuckDb.name(column) + "::DOUBLE", tasks.get(i), i);
    }
  }

  private void add(Kind kind, String expression, String name, int position) {
    selections.add(new Selection(kind, expression, name, position));
  }

  private static String value(String source, String type, boolean id) {
    if (!id) {
      return source + "::DOUBLE";
    }
    // An unsigned id beyond BIGINT is out of every vocabulary; the limit keeps it readable.
    return type.equals("UBIGINT")
        ? "least(" + source + ", 9223372036854775807)::BIGINT"
        : source + "::BIGINT";
  }

  /** The type of the file's column, checked. */
  private String require(
      String what, String name, String column, boolean list, boolean numberWillDo) {
    String type = types.get(column);
    if (type == null) {
      throw new InvalidInputException(
          String.format(
              "%s: %s '%s' has no column '%s' in the file%s",
              file, what, name, column, SpellingHint.hint(column, types.keySet())));
    }
    // DuckDB writes a list as INTEGER[] and an array of a fixed length as INTEGER[20].
    String normal = type.replaceAll("\\[\\d+\\]$", "[]");
    String element = normal.endsWith("[]") ? normal.substring(0, normal.length() - 2) : normal;
    boolean number =
        INTEGERS.contains(element)
            || (numberWillDo
                && (FLOATS.contains(element)
                    || element.startsWith("DECIMAL")
                    || (what.equals(TASK) && element.equals("BOOLEAN"))));
    if (list != normal.endsWith("[]") || !number) {
      throw new InvalidInputException(
          String.format(
              "%s: %s '%s' has type %s, expected %s",
              file, what, name, type, expected(list, numberWillDo)));
    }
    return normal;
  }

  private static String expected(boolean list, boolean numberWillDo) {
    if (list) {
      return numberWillDo ? "a list of numbers" : "a list of integers";
    }
    return numberWillDo ? "a number" : "an integer";
  }
}
