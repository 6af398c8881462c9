package io.scenerank.train;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.scenerank.config.InvalidInputException;
import io.scenerank.config.SpellingHint;
import io.scenerank.eval.Metrics;
import io.scenerank.feature.Targets;
import io.scenerank.feature.Targets.Target;
import io.scenerank.feature.Targets.TaskType;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/**
 * The metric of the validation rows that tells which epoch is the best: one such as an AUC, of
 * which more is better, or one such as a log-loss, of which less is.
 *
 * @param metric its name in {@code metrics.json}
 */
record Monitor(String metric, boolean isMoreBetter) {
  private static final String MACRO = "macro";
  private static final String SPEARMAN = "spearman";
  private static final ImmutableSet<String> MORE_IS_BETTER =
      ImmutableSet.of("auc", "gauc", "gauc_weighted", SPEARMAN);

  /** Those that are means over tasks too, as they are on one scale. */
  private static final ImmutableSet<String> COMPARABLE =
      ImmutableSet.of("auc", "gauc", "gauc_weighted", "logloss", SPEARMAN);

  /** Those that tasks with sample weights also have weighted. */
  private static final ImmutableSet<String> WEIGHTED =
      ImmutableSet.of("auc", "logloss", "rmse", "mae", "poisson_deviance");

  private static final ImmutableList<String> OF_NUMBERS = ImmutableList.of("rmse", "mae", SPEARMAN);
  private static final ImmutableMap<TaskType, ImmutableList<String>> KINDS =
      ImmutableMap.of(
          TaskType.BINARY,
          ImmutableList.of("auc", "gauc", "gauc_weighted", "logloss"),
          TaskType.REGRESSION,
          OF_NUMBERS,
          TaskType.COUNT,
          ImmutableList.<String>builder().addAll(OF_NUMBERS).add("poisson_deviance").build());

  /**
   * The monitor of a name.
   *
   * @param name a metric of the tasks' types with {@code _<task>} or, where tasks can be compared,
   *     {@code _macro} behind it; a model of one task may leave that out. The default, {@code
   *     auc_macro}, is {@code spearman_macro} where no task is binary
   * @param tasks of the model
   * @param targets what their labels are
   * @throws InvalidInputException with the nearest name if there is none of this one
   */
  public static Monitor of(String name, ImmutableList<String> tasks, Targets targets) {
    boolean binary = tasks.stream().anyMatch(task -> targets.typeOf(task) == TaskType.BINARY);
    String wanted = !binary && name.equals(TrainingConfig.MONITOR) ? SPEARMAN + "_" + MACRO : name;
    Map<String, Monitor> known = new LinkedHashMap<>();
    for (String task : tasks) {
      kinds(targets.of(task)).forEach(kind -> add(known, kind, task, tasks.size() == 1));
    }
    Monitor found = known.get(wanted);
    if (found == null) {
      throw new InvalidInputException(
          "training.monitor: unknown metric '"
              + name
              + "'"
              + SpellingHint.hint(name, known.keySet()));
    }
    return found;
  }

  private static void add(Map<String, Monitor> known, String kind, String task, boolean only) {
    boolean more = MORE_IS_BETTER.contains(kind.replaceFirst("^weighted_", ""));
    if (COMPARABLE.contains(kind) || (only && !kind.startsWith("weighted_"))) {
      String macro = kind + "_" + MACRO;
      known.put(macro, new Monitor(only ? kind : macro, more));
    }
    known.put(kind + "_" + task, new Monitor(only ? kind : kind + "_" + task, more));
    if (only) {
      known.put(kind, new Monitor(kind, more));
    }
  }

  private static ImmutableList<String> kinds(Target target) {
    ImmutableList<String> kinds = requireNonNull(KINDS.get(target.type()), target.type().key());
    if (target.weight() == null) {
      return kinds;
    }
    return Stream.concat(
            kinds.stream(),
            kinds.stream().filter(WEIGHTED::contains).map(kind -> "weighted_" + kind))
        .collect(ImmutableList.toImmutableList());
  }

  /** Empty where the validation rows do not have it, as an AUC of one label. */
  OptionalDouble value(Metrics metrics) {
    return requireNonNull(metrics.byName().get(metric), metric);
  }

  boolean isBetter(double value, double best) {
    return isMoreBetter ? value > best : value < best;
  }
}
