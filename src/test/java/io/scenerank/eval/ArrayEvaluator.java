package io.scenerank.eval;

import java.util.List;

/** An evaluator of labels in arrays, all of one scenario, for tests of other packages. */
public final class ArrayEvaluator {
  private ArrayEvaluator() {}

  /**
   * @param labels [T][n]
   */
  public static Evaluator of(List<String> tasks, float[][] labels, int... users) {
    return new Evaluator(
        EvaluationData.of(tasks, labels, users, new int[users.length], id -> "all"));
  }
}
