package io.scenerank.serve;

import com.google.common.collect.ImmutableList;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.PackedRows;
import io.scenerank.data.RowFormat;
import io.scenerank.data.RowSource;
import io.scenerank.data.RowSource.RowCursor;
import io.scenerank.feature.ColumnType;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.PackedLayout;
import io.scenerank.serve.Ranker.InputSpec;
import io.scenerank.serve.Scores.OutputSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
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

  /**
   * Names of the scores, in the order of {@link #score}: the model's outputs that are numbers, one
   * a row. Others are left out.
   */
  public ImmutableList<String> outputs() {
    return ranker.outputSpecs().values().stream()
        .filter(output -> output.isRead() && output.isNumeric() && output.isOneARow())
        .map(OutputSpec::name)
        .collect(ImmutableList.toImmutableList());
  }

  /**
   * The columns that the model asks for. It tells names, types and widths; ids are checked by the
   * model.
   *
   * @throws InvalidInputException if an input is not a matrix of one row a sample, or takes no
   *     numbers
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
      if (!input.takesIds() && !input.takesFloats() && !input.takesTexts()) {
        throw new InvalidInputException(
            String.format(
                "input '%s' is %s, expected ids, floats or texts", input.name(), input.dataType()));
      }
      int width = Math.toIntExact(input.width());
      columns.add(
          input.takesTexts()
              ? FeatureColumn.text(input.name(), width, Integer.MAX_VALUE)
              : !input.takesIds()
                  ? FeatureColumn.dense(input.name(), width)
                  : width == 1
                      ? FeatureColumn.sparse(input.name(), Integer.MAX_VALUE, 1)
                      : FeatureColumn.sequence(
                          input.name(), input.name(), Integer.MAX_VALUE, 1, width));
    }
    return PackedLayout.of(columns);
  }

  /**
   * Scores every row in order. Of rows that are streamed, one batch is held besides the scores.
   *
   * @param progress hears the number of rows scored so far
   * @return [output][row]
   */
  public float[][] score(RowSource rows, LongConsumer progress) {
    ImmutableList<String> outputs = outputs();
    float[][] scores = new float[outputs.size()][rows.size()];
    try (RowCursor cursor = rows.cursor()) {
      for (int from = 0; from < rows.size(); from += batchSize) {
        int count = Math.min(batchSize, rows.size() - from);
        Scores batch = predict(features(rows.format(), cursor, count), from);
        for (int output = 0; output < scores.length; output++) {
          float[] values = batch.get(outputs.get(output));
          if (values.length != count) {
            throw new InvalidInputException(
                String.format(
                    Locale.ROOT,
                    "output '%s' has %d values for %d rows, expected one for each row",
                    outputs.get(output),
                    values.length,
                    count));
          }
          System.arraycopy(values, 0, scores[output], from, count);
        }
        progress.accept(from + count);
      }
    }
    return scores;
  }

  private Scores predict(Features features, int from) {
    try {
      return ranker.predict(features);
    } catch (InvalidInputException e) {
      throw from == 0
          ? e
          : new InvalidInputException(e.getMessage() + " (in the batch from row " + from + ")", e);
    }
  }

  /** The next rows of the cursor. */
  private Features features(RowFormat format, RowCursor cursor, int count) {
    List<InputValues> inputs =
        ranker.inputs().keySet().stream()
            .map(name -> InputValues.of(format, format.layout().column(name), count))
            .toList();
    for (int i = 0; i < count; i++) {
      cursor.next();
      for (InputValues input : inputs) {
        input.copy(cursor.rows(), cursor.row(), i);
      }
    }
    Features.Builder features = Features.builder();
    inputs.forEach(input -> input.addTo(features));
    return features.build();
  }

  /**
   * The values of one input.
   *
   * @param offset where they lie in a row
   * @param ids a row a sample; of a dense column, no values
   * @param dense a row a sample; of another column, no values
   * @param texts of the ids, of a column of texts
   */
  private record InputValues(
      FeatureColumn column, int offset, int[][] ids, float[][] dense, ImmutableList<String> texts) {
    static InputValues of(RowFormat format, FeatureColumn column, int count) {
      boolean isDense = column.type() == ColumnType.DENSE;
      return new InputValues(
          column,
          format.layout().offset(column),
          new int[count][isDense ? 0 : column.width()],
          new float[count][isDense ? column.width() : 0],
          column.isText() ? format.textsOf(column.name()) : ImmutableList.of());
    }

    void copy(PackedRows rows, int row, int sample) {
      if (column.type() == ColumnType.DENSE) {
        rows.copyDense(row, offset, dense[sample], 0, column.width());
      } else {
        rows.copyIds(row, offset, ids[sample], 0, column.width());
      }
    }

    void addTo(Features.Builder features) {
      switch (column.type()) {
        case DENSE -> features.floats(column.name(), dense);
        case TEXT ->
            features.strings(
                column.name(),
                Arrays.stream(ids)
                    .map(row -> Arrays.stream(row).mapToObj(texts::get).toArray(String[]::new))
                    .toArray(String[][]::new));
        default -> features.ids(column.name(), ids);
      }
    }
  }
}
