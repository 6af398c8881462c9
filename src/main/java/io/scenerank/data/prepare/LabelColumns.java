package io.scenerank.data.prepare;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
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
import java.util.Optional;
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
    weights().forEach(weight -> all.put(weight.what, weight.expression));
    return ImmutableMap.copyOf(all);
  }

  private static String named(String task) {
    return "label '" + task + "'";
  }

  /**
   * A column of weights.
   *
   * @param column its name in the data set
   * @param what how messages call it
   */
  private record Weight(String column, String what, String expression) {}

  private ImmutableList<Weight> weights() {
    return labels.keySet().stream()
        .flatMap(task -> weight(task).stream())
        .distinct()
        .collect(ImmutableList.toImmutableList());
  }

  /** How much rows count for a task; empty where all count alike. */
  private Optional<Weight> weight(String task) {
    String own = requireNonNull(labels.get(task), task).sampleWeight();
    if (!own.isEmpty()) {
      return Optional.of(new Weight(WEIGHT + "_" + task, named(task) + ": " + WEIGHT, own));
    }
    return sampleWeight.isEmpty()
        ? Optional.empty()
        : Optional.of(new Weight(WEIGHT, WEIGHT, sampleWeight));
  }

  /** Names of the columns of weights in the data set. */
  Set<String> weightColumns() {
    return weights().stream().map(Weight::column).collect(ImmutableSet.toImmutableSet());
  }

  /** What the labels are, for the schema. */
  Targets targets() {
    Map<String, Target> targets = new LinkedHashMap<>();
    labels.forEach(
        (task, label) ->
            targets.put(
                task,
                new Target(label.type(), label.transform(), label.mayMiss(), weightColumn(task))));
    return Targets.of(targets);
  }

  private @Nullable String weightColumn(String task) {
    return weight(task).map(Weight::column).orElse(null);
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
    for (Weight weight : weights()) {
      columns
          .append(values.weight(weight.what, weight.expression, checks))
          .append(" AS ")
          .append(DuckDb.name(weight.column))
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
      if (label.getValue().mayMiss() && values.number(labelled(task), SplitValues.TRAIN) == 0) {
        throw new InvalidInputException(
            String.format(
                "%s: %s: no row to train on has one%s, expected at least one",
                source.label(),
                named(task),
                label.getValue().hasSpace() ? " (where '" + label.getValue().where() + "')" : ""));
      }
      String weight = weightColumn(task);
      if (weight != null
          && values.number(
                  labelled(task) + " FILTER (" + DuckDb.name(weight) + " > 0)", SplitValues.TRAIN)
              == 0) {
        throw new InvalidInputException(
            String.format(
                "%s: %s: %s is 0 in every row to train on, expected a number above 0 in some",
                source.label(), named(task), WEIGHT));
      }
    }
  }

  /** SQL of the number of rows that have a label of a task. */
  private static String labelled(String task) {
    return "count(" + DuckDb.name(task) + ")";
  }

  /** A line for each task whose label some rows lack. */
  ImmutableList<String> counts(SplitValues values) throws SQLException {
    ImmutableList.Builder<String> lines = ImmutableList.builder();
    for (Map.Entry<String, LabelDescription> label : labels.entrySet()) {
      if (label.getValue().mayMiss()) {
        lines.add(
            String.format(
                Locale.ROOT,
                "%s: %,d of %,d rows to train on have one, %,d of %,d rows to test on",
                named(label.getKey()),
                values.number(labelled(label.getKey()), SplitValues.TRAIN),
                values.count(SplitValues.TRAIN),
                values.number(labelled(label.getKey()), SplitValues.TEST),
                values.count(SplitValues.TEST)));
      }
    }
    return lines.build();
  }
}
