package io.scenerank.keras;

import io.scenerank.config.InvalidInputException;
import io.scenerank.serve.Features;
import io.scenerank.serve.Ranker;
import io.scenerank.serve.Ranker.InputSpec;
import io.scenerank.serve.RowScorer.TaskOutputs;
import io.scenerank.serve.Scores;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Rows whose scores Keras gave, to compare an imported model with: two {@code .npz}, written with
 * {@code numpy.savez(path, **arrays)}.
 *
 * @param inputs an array [rows] or [rows, width] for each feature, by its name
 * @param outputs an array [rows] or [rows, 1] for each task, by its name or the output's
 */
record KnownScores(Path inputs, Path outputs) {

  /**
   * Scores the rows.
   *
   * @param tolerance largest difference of two probabilities
   * @throws InvalidInputException naming the largest difference and its place if it is above the
   *     tolerance, or what is wrong with a file
   */
  KerasModel.Difference check(String where, Ranker ranker, List<String> tasks, double tolerance) {
    Scores found = ranker.predict(features(ranker));
    KerasModel.Difference difference = new KerasModel.Difference(0, 0, "");
    try (Npz npz = Npz.open(outputs)) {
      TaskOutputs names = TaskOutputs.find(outputs, npz.names(), tasks);
      for (String task : tasks) {
        float[] ours = found.get(task);
        double[][] theirs = npz.read(names.byTask().getOrDefault(task, task), 1);
        if (theirs.length != ours.length) {
          throw new InvalidInputException(
              String.format(
                  Locale.ROOT,
                  "%s: task '%s' has %d rows, expected the %d of %s",
                  outputs,
                  task,
                  theirs.length,
                  ours.length,
                  inputs));
        }
        difference = larger(difference, task, ours, theirs);
      }
    }
    if (difference.largest() > tolerance) {
      throw new InvalidInputException(
          String.format(
              Locale.ROOT,
              "%s: the scores differ from those of %s by %.1e at %s, expected at most %.0e: the"
                  + " model has other parameters or columns, or its variables are in another order",
              where,
              outputs,
              difference.largest(),
              difference.task(),
              tolerance));
    }
    return difference;
  }

  /** The larger difference; its place is the task and the row. */
  private static KerasModel.Difference larger(
      KerasModel.Difference before, String task, float[] ours, double[][] theirs) {
    double largest = before.largest();
    String place = before.task();
    for (int row = 0; row < ours.length; row++) {
      double difference = Math.abs(ours[row] - theirs[row][0]);
      if (!(difference <= largest)) {
        largest = Double.isNaN(difference) ? Double.POSITIVE_INFINITY : difference;
        place = String.format(Locale.ROOT, "task %s, row %d of %d", task, row + 1, ours.length);
      }
    }
    return new KerasModel.Difference(ours.length, largest, place);
  }

  private Features features(Ranker ranker) {
    Features.Builder features = Features.builder();
    try (Npz npz = Npz.open(inputs)) {
      for (InputSpec input : ranker.inputs().values()) {
        double[][] rows = npz.read(input.name(), input.width());
        if (rows.length == 0) {
          throw new InvalidInputException(
              inputs + ": array '" + input.name() + "' has no rows, expected rows to compare");
        }
        if (input.takesFloats()) {
          features.floats(input.name(), floats(rows));
        } else {
          features.ids(input.name(), ids(input.name(), rows));
        }
      }
    }
    return features.build();
  }

  private static float[][] floats(double[][] rows) {
    float[][] floats = new float[rows.length][rows[0].length];
    for (int row = 0; row < rows.length; row++) {
      for (int i = 0; i < rows[row].length; i++) {
        floats[row][i] = (float) rows[row][i];
      }
    }
    return floats;
  }

  private int[][] ids(String name, double[][] rows) {
    int[][] ids = new int[rows.length][rows[0].length];
    for (int row = 0; row < rows.length; row++) {
      for (int i = 0; i < rows[row].length; i++) {
        ids[row][i] = (int) rows[row][i];
        if (ids[row][i] != rows[row][i]) {
          throw new InvalidInputException(
              String.format(
                  Locale.ROOT,
                  "%s: array '%s' holds %s in row %d, expected ids",
                  inputs,
                  name,
                  rows[row][i],
                  row + 1));
        }
      }
    }
    return ids;
  }
}
