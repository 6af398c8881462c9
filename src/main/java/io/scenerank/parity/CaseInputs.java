package io.scenerank.parity;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Sets;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.Batch;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.PackedLayout;
import io.scenerank.feature.Targets;
import io.scenerank.model.ModelDefinition;
import io.scenerank.variable.FloatTensor;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** The inputs and labels of a model's case, packed as the graph takes them. */
final class CaseInputs {
  private final CaseFile file;
  private final PackedLayout layout;
  private final ImmutableList<String> tasks;
  private final Targets targets;
  private final int labelWidth;
  private final int rows;

  /**
   * @param columns the case's columns; one that the model does not read may have an input all the
   *     same
   * @throws InvalidInputException if an input is missing, surplus, of another shape or outside its
   *     vocabulary
   */
  CaseInputs(CaseFile file, ModelDefinition<?> definition, List<FeatureColumn> columns) {
    this.file = file;
    this.layout = definition.layout();
    this.tasks = definition.params().taskNames();
    this.targets = definition.targets();
    this.labelWidth = definition.labelWidth();
    Sets.SetView<String> given = Sets.union(file.intInputs().keySet(), file.floatInputs().keySet());
    Sets.SetView<String> missing = Sets.difference(names(layout.columns()), given);
    Sets.SetView<String> surplus = Sets.difference(given, names(columns));
    if (!missing.isEmpty() || !surplus.isEmpty()) {
      throw new InvalidInputException(
          file.path() + ": inputs: missing " + missing + ", surplus " + surplus);
    }
    this.rows = Math.toIntExact(shape(layout.columns().get(0)).get(0));
    layout.columns().forEach(this::check);
  }

  private static ImmutableSet<String> names(List<FeatureColumn> columns) {
    return columns.stream().map(FeatureColumn::name).collect(ImmutableSet.toImmutableSet());
  }

  int[] allRows() {
    return IntStream.range(0, rows).toArray();
  }

  /**
   * Rows without their labels.
   *
   * @param batchRows row numbers
   * @throws InvalidInputException if there is no such row
   */
  Batch batch(int[] batchRows) {
    return batch(batchRows, Optional.empty());
  }

  private Batch batch(int[] batchRows, Optional<TFloat32> labels) {
    int[] ids = new int[batchRows.length * layout.idWidth()];
    float[] dense = new float[batchRows.length * layout.denseWidth()];
    for (FeatureColumn column : layout.columns()) {
      for (int i = 0; i < batchRows.length; i++) {
        int from = row(batchRows[i], rows, "inputs") * column.width();
        if (column.isCategorical()) {
          int to = i * layout.idWidth() + layout.offset(column);
          int[] values =
              requireNonNull(file.intInputs().get(column.name()), column.name()).values();
          System.arraycopy(values, from, ids, to, column.width());
        } else {
          int to = i * layout.denseWidth() + layout.offset(column);
          float[] values =
              requireNonNull(file.floatInputs().get(column.name()), column.name()).values();
          System.arraycopy(values, from, dense, to, column.width());
        }
      }
    }
    return new Batch(
        TInt32.tensorOf(
            Shape.of(batchRows.length, layout.idWidth()), DataBuffers.of(ids, true, false)),
        layout.denseWidth() == 0
            ? Optional.empty()
            : Optional.of(
                new FloatTensor(Shape.of(batchRows.length, layout.denseWidth()), dense).toTensor()),
        labels,
        batchRows.length);
  }

  /**
   * @throws InvalidInputException if there is no such row, or no label for it
   */
  Batch labelledBatch(int[] batchRows) {
    if (file.labels().isEmpty()) {
      throw new InvalidInputException(file.path() + ": labels/" + tasks.get(0) + " is missing");
    }
    for (int row : batchRows) {
      row(row, rows, "inputs");
    }
    return batch(batchRows, Optional.of(labels(batchRows)));
  }

  private TFloat32 labels(int[] batchRows) {
    float[] labels = new float[batchRows.length * labelWidth];
    for (int task = 0; task < tasks.size(); task++) {
      FloatTensor given = file.labels().get(tasks.get(task));
      if (given == null) {
        throw new InvalidInputException(
            file.path() + ": labels/" + tasks.get(task) + " is missing");
      }
      for (int i = 0; i < batchRows.length; i++) {
        float label = label(given, tasks.get(task), batchRows[i]);
        labels[i * labelWidth + task] = Float.isNaN(label) ? 0 : label;
        if (labelWidth > tasks.size()) {
          labels[i * labelWidth + tasks.size() + task] =
              Float.isNaN(label) ? 0 : weight(tasks.get(task), batchRows[i]);
        }
      }
    }
    return new FloatTensor(Shape.of(batchRows.length, labelWidth), labels).toTensor();
  }

  private float weight(String task, int row) {
    if (!targets.isWeighted(task)) {
      return 1;
    }
    FloatTensor given = file.sampleWeights().get(task);
    if (given == null) {
      throw new InvalidInputException(file.path() + ": sample_weights/" + task + " is missing");
    }
    return given.values()[row(row, given.values().length, "sample_weights/" + task)];
  }

  /** A case may have labels of its first rows alone. */
  private float label(FloatTensor given, String task, int row) {
    int count = given.values().length;
    if (row >= count && file.gradientRows().isEmpty()) {
      throw new InvalidInputException(
          String.format(
              Locale.ROOT,
              "%s: row %d is needed, but labels/%s has %d; if only the first rows have labels, the"
                  + " attribute gradient_rows is their number",
              file.path(),
              row,
              task,
              count));
    }
    return given.values()[row(row, count, "labels/" + task)];
  }

  private int row(int row, int count, String where) {
    if (row < 0 || row >= count) {
      throw new InvalidInputException(
          file.path() + ": row " + row + " is needed, but " + where + " has " + count);
    }
    return row;
  }

  private void check(FeatureColumn column) {
    Shape shape = shape(column);
    if (!shape.equals(Shape.of(rows, column.width()))) {
      throw new InvalidInputException(
          String.format(
              Locale.ROOT,
              "%s: inputs/%s has the shape %s, expected [%d, %d]",
              file.path(),
              column.name(),
              shape,
              rows,
              column.width()));
    }
    if (column.isCategorical()) {
      int[] ids = requireNonNull(file.intInputs().get(column.name()), column.name()).values();
      for (int i = 0; i < ids.length; i++) {
        if (ids[i] < 0 || ids[i] >= column.vocabSize()) {
          throw layout.outOfVocabulary(
              file.path().toString(), i / column.width(), layout.offset(column), ids[i]);
        }
      }
    }
  }

  private Shape shape(FeatureColumn column) {
    boolean ints = file.intInputs().containsKey(column.name());
    if (ints != column.isCategorical()) {
      throw new InvalidInputException(
          String.format(
              "%s: inputs/%s holds %s, expected %s",
              file.path(),
              column.name(),
              ints ? "integers" : "floats",
              ints ? "floats" : "integers"));
    }
    return ints
        ? requireNonNull(file.intInputs().get(column.name()), column.name()).shape()
        : requireNonNull(file.floatInputs().get(column.name()), column.name()).shape();
  }
}
