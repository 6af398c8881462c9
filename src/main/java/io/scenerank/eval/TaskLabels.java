package io.scenerank.eval;

import static com.google.common.base.Preconditions.checkArgument;

import io.scenerank.config.InvalidInputException;
import io.scenerank.feature.Targets.Target;
import io.scenerank.feature.Targets.TaskType;
import java.util.Locale;
import java.util.Optional;

/**
 * The labels of one task. The arrays are not copied.
 *
 * @param labels [n], NaN where a row has no label
 * @param weights [n], how much each row counts in the weighted metrics; empty for a task without
 *     weights
 */
record TaskLabels(String task, TaskType type, float[] labels, Optional<float[]> weights) {

  /**
   * @throws InvalidInputException naming the task and the row of a label that is not as the type
   *     says, or of a weight that is negative or not finite
   */
  TaskLabels {
    Target target = new Target(type, null, true, null);
    for (int row = 0; row < labels.length; row++) {
      if (!target.takes(labels[row])) {
        throw wrong("label", task, row, labels[row], target.expected());
      }
    }
    weights.ifPresent(
        values -> {
          checkArgument(
              values.length == labels.length,
              "%s weights, %s labels",
              values.length,
              labels.length);
          for (int row = 0; row < values.length; row++) {
            if (!Target.WEIGHT.takes(values[row])) {
              throw wrong("sample weight", task, row, values[row], Target.WEIGHT.expected());
            }
          }
        });
  }

  private static InvalidInputException wrong(
      String what, String task, int row, float found, String expected) {
    return new InvalidInputException(
        String.format(
            Locale.ROOT,
            "%s of task '%s', row %d: found %s, expected %s",
            what,
            task,
            row,
            found,
            expected));
  }

  /** A task of clicks without weights. */
  static TaskLabels binary(String task, float[] labels) {
    return new TaskLabels(task, TaskType.BINARY, labels, Optional.empty());
  }

  /** Whether some row has no label. */
  boolean areSomeMissing() {
    for (float label : labels) {
      if (Float.isNaN(label)) {
        return true;
      }
    }
    return false;
  }
}
