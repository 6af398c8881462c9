package io.scenerank.data;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import io.scenerank.config.InvalidInputException;
import io.scenerank.config.SpellingHint;
import io.scenerank.data.RowSource.RowFormat;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.PackedLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Picks a model's columns and tasks out of packed rows: the columns by name from the data's layout
 * into the model's, the tasks by name.
 */
final class Projection {
  private final PackedLayout target;
  private final ImmutableList<String> tasks;
  private final ImmutableList<Run> idRuns;
  private final ImmutableList<Run> denseRuns;
  private final int[] taskPositions;
  private final boolean weighed;
  private final RowFormat source;

  /** {@code length} neighbouring values that are neighbours in both layouts. */
  private record Run(int source, int target, int length) {}

  private Projection(
      PackedLayout target,
      ImmutableList<String> tasks,
      ImmutableList<Run> idRuns,
      ImmutableList<Run> denseRuns,
      int[] taskPositions,
      RowFormat source) {
    this.target = target;
    this.tasks = tasks;
    this.idRuns = idRuns;
    this.denseRuns = denseRuns;
    this.taskPositions = taskPositions;
    this.weighed = source.targets().areWeighed(tasks);
    this.source = source;
  }

  /** Every column and every task. */
  static Projection identity(RowFormat source) {
    return of(source, source.layout(), source.tasks());
  }

  /**
   * What of each row a model reads.
   *
   * @param source what the rows carry
   * @param target the model's columns
   * @param tasks the model's tasks; empty for prediction
   * @throws InvalidInputException naming a column or task that the rows lack, or a column that is
   *     of another type, width or vocabulary there
   */
  static Projection of(RowFormat source, PackedLayout target, List<String> tasks) {
    return new Projection(
        target,
        ImmutableList.copyOf(tasks),
        runs(source.layout(), target, true),
        runs(source.layout(), target, false),
        taskPositions(source, tasks),
        source);
  }

  /**
   * The position of each task's label in a row.
   *
   * @throws InvalidInputException naming a task that has no label in the rows
   */
  static int[] taskPositions(RowFormat source, List<String> tasks) {
    return tasks.stream().mapToInt(task -> position(source, task)).toArray();
  }

  private static int position(RowFormat source, String task) {
    int position = source.tasks().indexOf(task);
    if (position < 0) {
      throw new InvalidInputException(
          "task '" + task + "' has no label in the data; known: " + source.tasks());
    }
    return position;
  }

  private static ImmutableList<Run> runs(
      PackedLayout source, PackedLayout target, boolean categorical) {
    List<Run> runs = new ArrayList<>();
    for (FeatureColumn column : target.packed()) {
      if (column.isCategorical() == categorical) {
        FeatureColumn from = find(source, column.name());
        checkSame(from, column);
        Run next = new Run(source.offset(from), target.offset(column), column.width());
        Run last = runs.isEmpty() ? null : runs.get(runs.size() - 1);
        if (last != null && last.source + last.length == next.source) {
          // Targets are filled in order, so they are neighbours whenever the sources are.
          runs.set(runs.size() - 1, new Run(last.source, last.target, last.length + next.length));
        } else {
          runs.add(next);
        }
      }
    }
    return ImmutableList.copyOf(runs);
  }

  private static FeatureColumn find(PackedLayout source, String name) {
    return source
        .find(name)
        .orElseThrow(
            () ->
                new InvalidInputException(
                    "feature '"
                        + name
                        + "', which the model reads, is not in the data"
                        + SpellingHint.hint(
                            name, source.columns().stream().map(FeatureColumn::name).toList())));
  }

  private static void checkSame(FeatureColumn data, FeatureColumn model) {
    if (model.isText() && !data.isText()) {
      throw new InvalidInputException(
          String.format(
              "feature '%s' is %s in the data but the model reads texts; 'prepare' keeps them in a"
                  + " column of 'type: text'",
              data.name(), describe(data)));
    }
    boolean same =
        data.type() == model.type()
            && data.width() == model.width()
            && (!data.isCategorical() || data.vocabSize() <= model.vocabSize());
    if (!same) {
      throw new InvalidInputException(
          String.format(
              "feature '%s' is %s in the data but the model expects %s",
              data.name(), describe(data), describe(model)));
    }
  }

  private static String describe(FeatureColumn column) {
    if (column.isText()) {
      return String.format(Locale.ROOT, "%s of width %d", column.type(), column.width());
    }
    return column.isCategorical()
        ? String.format(
            Locale.ROOT,
            "%s of width %d and %d ids",
            column.type(),
            column.width(),
            column.vocabSize())
        : column.type() + " of width " + column.width();
  }

  /** The model's layout. */
  public PackedLayout target() {
    return target;
  }

  /** The model's tasks. */
  public ImmutableList<String> tasks() {
    return tasks;
  }

  /** Of each column of texts that the model reads, the texts of its ids. */
  ImmutableMap<String, ImmutableList<String>> texts() {
    return Maps.toMap(target.texts().stream().map(FeatureColumn::name).toList(), source::textsOf);
  }

  /** Copies the model's ids of a row into {@code values} from {@code offset} on. */
  void copyIds(PackedRows rows, int row, int[] values, int offset) {
    for (int i = 0; i < idRuns.size(); i++) {
      Run run = idRuns.get(i);
      rows.copyIds(row, run.source, values, offset + run.target, run.length);
    }
  }

  /** Copies the model's dense values of a row into {@code values} from {@code offset} on. */
  void copyDense(PackedRows rows, int row, float[] values, int offset) {
    for (int i = 0; i < denseRuns.size(); i++) {
      Run run = denseRuns.get(i);
      rows.copyDense(row, run.source, values, offset + run.target, run.length);
    }
  }

  /** Values that {@link #copyLabels} copies. */
  int labelWidth() {
    return weighed ? 2 * taskPositions.length : taskPositions.length;
  }

  /**
   * Copies the labels of the model's tasks into {@code values} from {@code offset} on. Where rows
   * count differently, the weights of the labels follow; one that the row lacks becomes 0 with the
   * weight 0.
   */
  void copyLabels(PackedRows rows, int row, float[] values, int offset) {
    int tasks = taskPositions.length;
    for (int i = 0; i < tasks; i++) {
      float label = rows.label(row, taskPositions[i]);
      if (!weighed) {
        values[offset + i] = label;
      } else if (Float.isNaN(label)) {
        values[offset + i] = 0;
        values[offset + tasks + i] = 0;
      } else {
        values[offset + i] = label;
        values[offset + tasks + i] = rows.weight(row, taskPositions[i]);
      }
    }
  }
}
