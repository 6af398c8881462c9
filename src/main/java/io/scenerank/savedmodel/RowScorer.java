package io.scenerank.savedmodel;

import com.google.common.collect.ImmutableList;
import io.scenerank.data.PackedRows;
import io.scenerank.feature.ColumnType;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.InvalidInputException;
import io.scenerank.feature.PackedLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

/** Scores the rows of a data set with a model whose inputs are one a feature. */
public final class RowScorer {
  private final Ranker ranker;
  private final int batchSize;

  /**
   * @param batchSize rows a call
   */
  public RowScorer(Ranker ranker, int batchSize) {
    this.ranker = ranker;
    this.batchSize = batchSize;
  }

  /** Names of the scores, in the order of {@link #score}. */
  public ImmutableList<String> outputs() {
    return ranker.outputs().asList();
  }

  /**
   * The columns that the model asks for. It tells names, types and widths; ids are checked by the
   * model.
   *
   * @throws InvalidInputException if an input is no matrix of one row a sample, or takes no numbers
   */
  public static PackedLayout layout(Ranker ranker) {
    List<FeatureColumn> columns = new ArrayList<>();
    for (InputSpec input : ranker.inputs().values()) {
      if (!input.hasRows() || input.width() < 1) {
        throw new InvalidInputException(
            String.format(
                "input '%s' has the shape %s, expected [rows, width]",
                input.name(), input.shape().isUnknown() ? "unknown" : input.shape()));
      }
      if (!input.takesIds() && !input.takesFloats()) {
        throw new InvalidInputException(
            String.format(
                "input '%s' is %s, expected ids or floats", input.name(), input.dataType()));
      }
      int width = Math.toIntExact(input.width());
      columns.add(
          !input.takesIds()
              ? FeatureColumn.dense(input.name(), width)
              : width == 1
                  ? FeatureColumn.sparse(input.name(), Integer.MAX_VALUE, 1)
                  : FeatureColumn.sequence(
                      input.name(), input.name(), Integer.MAX_VALUE, 1, width));
    }
    return PackedLayout.of(columns);
  }

  /**
   * Scores every row in order.
   *
   * @param progress hears the number of rows scored so far
   * @return [output][row]
   */
  public float[][] score(PackedRows rows, LongConsumer progress) {
    float[][] scores = new float[outputs().size()][rows.size()];
    for (int from = 0; from < rows.size(); from += batchSize) {
      int count = Math.min(batchSize, rows.size() - from);
      Scores batch = predict(rows, from, count);
      for (int output = 0; output < scores.length; output++) {
        float[] values = batch.get(outputs().get(output));
        if (values.length != count) {
          throw new InvalidInputException(
              String.format(
                  "output '%s' has %d values for %d rows, expected one a row",
                  outputs().get(output), values.length, count));
        }
        System.arraycopy(values, 0, scores[output], from, count);
      }
      progress.accept(from + count);
    }
    return scores;
  }

  private Scores predict(PackedRows rows, int from, int count) {
    try {
      return ranker.predict(features(rows, from, count));
    } catch (InvalidInputException e) {
      throw from == 0
          ? e
          : new InvalidInputException(e.getMessage() + " (in the batch from row " + from + ")", e);
    }
  }

  private Features features(PackedRows rows, int from, int count) {
    Features.Builder features = Features.builder();
    for (InputSpec input : ranker.inputs().values()) {
      FeatureColumn column = rows.layout().column(input.name());
      int offset = rows.layout().offset(column);
      if (column.type() == ColumnType.DENSE) {
        float[][] values = new float[count][column.width()];
        for (int i = 0; i < count; i++) {
          rows.copyDense(from + i, offset, values[i], 0, column.width());
        }
        features.floats(input.name(), values);
      } else {
        int[][] values = new int[count][column.width()];
        for (int i = 0; i < count; i++) {
          rows.copyIds(from + i, offset, values[i], 0, column.width());
        }
        features.ids(input.name(), values);
      }
    }
    return features.build();
  }
}
