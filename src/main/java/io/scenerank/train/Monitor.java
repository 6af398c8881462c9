package io.scenerank.train;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import io.scenerank.config.InvalidInputException;
import io.scenerank.config.SpellingHint;
import io.scenerank.eval.Metrics;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/**
 * The metric of the validation rows that tells which epoch is the best: an AUC or GAUC, where more
 * is better, or a log-loss, where less is.
 *
 * @param metric its name in {@code metrics.json}
 */
record Monitor(String metric, boolean isMoreBetter) {
  private static final String MACRO = "macro";
  private static final String LOG_LOSS = "logloss";
  private static final ImmutableList<String> KINDS =
      ImmutableList.of("auc", "gauc", "gauc_weighted", LOG_LOSS);

  /**
   * The monitor of a name.
   *
   * @param name {@code auc}, {@code gauc}, {@code gauc_weighted} or {@code logloss} with {@code
   *     _<task>} or {@code _macro} behind it; a model of one task may leave that out
   * @param tasks of the model
   * @throws InvalidInputException with the nearest name if there is none of this one
   */
  public static Monitor of(String name, ImmutableList<String> tasks) {
    List<String> known = new ArrayList<>();
    for (String kind : KINDS) {
      List<String> names = names(kind, tasks);
      if (names.contains(name)) {
        return new Monitor(tasks.size() == 1 ? kind : name, !kind.equals(LOG_LOSS));
      }
      known.addAll(names);
    }
    throw new InvalidInputException(
        "training.monitor: unknown metric '" + name + "'" + SpellingHint.hint(name, known));
  }

  private static List<String> names(String kind, ImmutableList<String> tasks) {
    List<String> names = new ArrayList<>();
    names.add(kind + "_" + MACRO);
    tasks.forEach(task -> names.add(kind + "_" + task));
    if (tasks.size() == 1) {
      names.add(kind);
    }
    return names;
  }

  /** Empty where the validation rows do not have it, as an AUC of one label. */
  OptionalDouble value(Metrics metrics) {
    return requireNonNull(metrics.byName().get(metric), metric);
  }

  boolean isBetter(double value, double best) {
    return isMoreBetter ? value > best : value < best;
  }
}
