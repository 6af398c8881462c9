package io.scenerank.data;

import com.google.common.collect.ImmutableList;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.RowSource.RowFormat;
import io.scenerank.feature.Targets.Target;
import java.util.Locale;

/** Checks the labels and the weights of rows that are handed in one by one. */
final class LabelChecks {
  private final String where;
  private final ImmutableList<String> tasks;
  private final ImmutableList<Target> targets;
  private final ImmutableList<String> weightColumns;

  /**
   * @param where how messages call the place of the rows
   */
  LabelChecks(String where, RowFormat format) {
    this.where = where;
    this.tasks = format.tasks();
    this.targets =
        tasks.stream().map(format.targets()::of).collect(ImmutableList.toImmutableList());
    this.weightColumns = format.weightColumns();
  }

  /** Number of columns of weights. */
  int weightCount() {
    return weightColumns.size();
  }

  /**
   * @param labels [T], NaN where the row has none
   * @throws InvalidInputException naming the task of a label that is not as its target says
   */
  void requireLabels(long row, float[] labels) {
    for (int i = 0; i < labels.length; i++) {
      if (!targets.get(i).takes(labels[i])) {
        throw wrong("label", tasks.get(i), row, labels[i], targets.get(i).expected());
      }
    }
  }

  /**
   * @param probabilities [T], or empty
   * @throws InvalidInputException naming the task of a probability outside [0, 1]
   */
  void requireProbabilities(long row, float[] probabilities) {
    for (int i = 0; i < probabilities.length; i++) {
      if (!(probabilities[i] >= 0 && probabilities[i] <= 1)) {
        String expected = "a probability in [0, 1]";
        throw wrong("probability", tasks.get(i), row, probabilities[i], expected);
      }
    }
  }

  /**
   * @param weights one for each column of weights
   * @throws InvalidInputException naming the column of a weight that is negative or not finite
   */
  void requireWeights(long row, float[] weights) {
    for (int i = 0; i < weights.length; i++) {
      if (!Target.WEIGHT.takes(weights[i])) {
        throw wrong("weight", weightColumns.get(i), row, weights[i], Target.WEIGHT.expected());
      }
    }
  }

  private InvalidInputException wrong(
      String what, String name, long row, float found, String expected) {
    return new InvalidInputException(
        String.format(
            Locale.ROOT,
            "%s: %s '%s', row %d: found %s, expected %s",
            where,
            what,
            name,
            row,
            found,
            expected));
  }
}
