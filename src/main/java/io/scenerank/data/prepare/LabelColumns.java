package io.scenerank.data.prepare;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.DuckDb;
import io.scenerank.feature.Targets;
import io.scenerank.feature.Targets.Target;
import java.io.IOException;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The labels of a data set's rows and their weights, as a description says.
 *
 * @param labels by task
 * @param sampleWeight SQL, how much a row counts for the tasks that say nothing themselves; or
 *     empty
 */
record LabelColumns(ImmutableMap<String, LabelDescription> labels, String sampleWeight) {
  private static final String WEIGHT = LabelDescription.SAMPLE_WEIGHT;

  static LabelColumns of(Description description) {
    return new LabelColumns(description.labels(), description.sampleWeight());
  }

  /** Those of some tasks. */
  LabelColumns only(Set<String> tasks) {
    return new LabelColumns(
        ImmutableMap.copyOf(Maps.filterKeys(labels, tasks::contains)), sampleWeight);
  }

  /** Every expression, by what messages call it. */
  ImmutableMap<String, String> expressions() {
    Map<String, String> all = new LinkedHashMap<>();
    labels.forEach(
        (task, label) -> {
          all.put(named(task), label.expression());
          if (label.hasSpace()) {
            all.put(named(task) + ": where", label.where());
          }
        });
    weights().forEach((column, weight) -> all.put(weight.what, weight.expression));
    return ImmutableMap.copyOf(all);
  }

  private static String named(String task) {
    return "label '" + task + "'";
  }

  /** A column of weights. */
  private record Weight(String what, String expression) {}

  /** By the names that they get in the data set. */
  private Map<String, Weight> weights() {
    Map<String, Weight> weights = new LinkedHashMap<>();
    labels.forEach(
        (task, label) -> {
          if (!label.sampleWeight().isEmpty()) {
            weights.put(
                WEIGHT + "_" + task, new Weight(named(task) + ": " + WEIGHT, label.sampleWeight()));
          } else if (!sampleWeight.isEmpty()) {
            weights.put(WEIGHT, new Weight(WEIGHT, sampleWeight));
          }
        });
    return weights;
  }

  /** Names of the columns of weights in the data set. */
  Set<String> weightColumns() {
    return weights().keySet();
  }

  /** What the labels are, for the schema. */
  Targets targets() {
    Map<String, Target> targets = new LinkedHashMap<>();
    labels.forEach(
        (task, label) ->
            targets.put(
                task,
                new Target(
                    label.type(), label.transform(), label.mayMiss(), weightOf(task, label))));
    return Targets.of(targets);
  }

  private @Nullable String weightOf(String task, LabelDescription label) {
    if (!label.sampleWeight().isEmpty()) {
      return WEIGHT + "_" + task;
    }
    return sampleWeight.isEmpty() ? null : WEIGHT;
  }

  /**
   * The columns as a list of SELECT that ends in a comma.
   *
   * @param checks gets checks of what they hold
   */
  String select(Expressions expressions, RawSource source, RowChecks checks)
      throws SQLException, IOException {
    StringBuilder columns = new StringBuilder();
    LabelValue values = new LabelValue(expressions, source);
    for (Map.Entry<String, LabelDescription> label : labels.entrySet()) {
      columns
          .append(values.plan(label.getKey(), label.getValue(), checks))
          .append(" AS ")
          .append(DuckDb.name(label.getKey()))
          .append(", ");
    }
    for (Map.Entry<String, Weight> weight : weights().entrySet()) {
      columns
          .append(values.weight(weight.getValue().what, weight.getValue().expression, checks))
          .append(" AS ")
          .append(DuckDb.name(weight.getKey()))
          .append(", ");
    }
    return columns.toString();
  }

  /**
   * Checks that there is something to train each task on.
   *
   * @throws InvalidInputException naming the task that no row to train on has a label for, or that
   *     all of them count nothing for
   */
  void requireSome(SplitValues values, RawSource source) throws SQLException {
    for (Map.Entry<String, LabelDescription> label : labels.entrySet()) {
      String task = label.getKey();
      String name = DuckDb.name(task);
      if (label.getValue().mayMiss() && values.number("count(" + name + ")") == 0) {
        throw new InvalidInputException(
            String.format(
                "%s: %s: no row to train on has one%s, expected at least one",
                source.label(),
                named(task),
                label.getValue().hasSpace() ? " (where '" + label.getValue().where() + "')" : ""));
      }
      String weight = weightOf(task, label.getValue());
      if (weight != null
          && values.number(String.format("count(%s) FILTER (%s > 0)", name, DuckDb.name(weight)))
              == 0) {
        throw new InvalidInputException(
            String.format(
                "%s: %s: %s is 0 in every row to train on, expected a number above 0 in some",
                source.label(), named(task), WEIGHT));
      }
    }
  }

  /** A line for each task whose label some rows lack. */
  ImmutableList<String> counts(SplitValues values) throws SQLException {
    ImmutableList.Builder<String> lines = ImmutableList.builder();
    for (Map.Entry<String, LabelDescription> label : labels.entrySet()) {
      if (label.getValue().mayMiss()) {
        String name = DuckDb.name(label.getKey());
        lines.add(
            String.format(
                Locale.ROOT,
                "%s: %,d of %,d rows to train on have one, %,d of %,d rows to test on",
                named(label.getKey()),
                values.number("count(" + name + ")"),
                values.count(SplitValues.TRAIN),
                values.test("count(" + name + ")"),
                values.count(SplitValues.TEST)));
      }
    }
    return lines.build();
  }
}
