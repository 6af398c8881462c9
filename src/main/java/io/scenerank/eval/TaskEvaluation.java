package io.scenerank.eval;

import io.scenerank.eval.Metrics.Errors;
import io.scenerank.eval.Metrics.Gauc;
import io.scenerank.eval.Metrics.OfTask;
import io.scenerank.eval.Metrics.Weighted;
import io.scenerank.feature.Targets.TaskType;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * Computes the metrics of one task's scores over all rows or some of them.
 *
 * @param all all rows, those without a label among them
 * @param areSomeMissing whether one of all rows has no label
 * @param k length of the head of a list; empty where no ranking metrics are requested
 */
record TaskEvaluation(
    String task, TaskType type, TaskRows all, boolean areSomeMissing, OptionalInt k) {

  static TaskEvaluation of(EvaluationData data, int task, float[] scores) {
    TaskLabels labels = data.tasks().get(task);
    return new TaskEvaluation(
        labels.task(),
        labels.type(),
        data.rows(task, scores),
        labels.areSomeMissing(),
        data.lists().map(lists -> OptionalInt.of(lists.by().k())).orElse(OptionalInt.empty()));
  }

  OfTask overall() {
    return metrics(all);
  }

  OfTask of(int[] rows) {
    return metrics(all.pick(rows));
  }

  private OfTask metrics(TaskRows rows) {
    TaskRows labelled = areSomeMissing ? rows.labelled() : rows;
    boolean isBinary = type == TaskType.BINARY;
    return new OfTask(
        task,
        type,
        rows.rows(),
        areSomeMissing ? OptionalInt.of(labelled.labels().length) : OptionalInt.empty(),
        mean(labelled.labels()),
        isBinary ? Auc.of(labelled.scores(), labelled.labels()) : OptionalDouble.empty(),
        isBinary ? Gauc.of(labelled.scores(), labelled.labels(), labelled.users()) : Gauc.NONE,
        isBinary ? LogLoss.of(labelled.scores(), labelled.labels()) : OptionalDouble.empty(),
        isBinary
            ? Errors.NONE
            : ErrorSums.of(type, labelled.scores(), labelled.labels(), Optional.empty()),
        rows.weights().isPresent() ? Optional.of(weighted(labelled)) : Optional.empty(),
        labelled
            .groups()
            .map(
                groups ->
                    RankedLists.of(labelled.scores(), labelled.labels(), groups, k.orElseThrow())));
  }

  private Weighted weighted(TaskRows labelled) {
    float[] weights = labelled.weights().orElseThrow();
    return type == TaskType.BINARY
        ? new Weighted(
            WeightedMetrics.auc(labelled.scores(), labelled.labels(), weights),
            WeightedMetrics.logLoss(labelled.scores(), labelled.labels(), weights),
            Errors.NONE)
        : new Weighted(
            OptionalDouble.empty(),
            OptionalDouble.empty(),
            ErrorSums.of(type, labelled.scores(), labelled.labels(), labelled.weights()));
  }

  private static OptionalDouble mean(float[] labels) {
    double sum = 0;
    for (float label : labels) {
      sum += label;
    }
    return labels.length == 0 ? OptionalDouble.empty() : OptionalDouble.of(sum / labels.length);
  }
}
