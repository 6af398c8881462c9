package io.scenerank.serve;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.scenerank.config.InvalidInputException;
import io.scenerank.config.SpellingHint;
import io.scenerank.data.PackedRows;
import io.scenerank.data.RowSource;
import io.scenerank.data.RowSource.RowCursor;
import io.scenerank.data.RowSource.RowFormat;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.FeatureColumn.ColumnType;
import io.scenerank.feature.PackedLayout;
import io.scenerank.serve.Ranker.InputSpec;
import io.scenerank.serve.Scores.OutputSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntUnaryOperator;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Scores the rows of a data set with a model whose inputs are one a feature. */
public final class RowScorer {
  private final Ranker ranker;
  private final int batchSize;
  private final ImmutableMap<String, IntUnaryOperator> ids;

  /**
   * @param batchSize rows a call
   */
  public RowScorer(Ranker ranker, int batchSize) {
    this(ranker, batchSize, ImmutableMap.of());
  }

  private RowScorer(Ranker ranker, int batchSize, ImmutableMap<String, IntUnaryOperator> ids) {
    this.ranker = ranker;
    this.batchSize = batchSize;
    this.ids = ids;
  }

  /**
   * The same for rows whose ids are not all the model's.
   *
   * @param byFeature what the model takes for an id of the rows; the ids of other features stay
   */
  public RowScorer withIds(ImmutableMap<String, IntUnaryOperator> byFeature) {
    return new RowScorer(ranker, batchSize, byFeature);
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
    forEachBatch(
        rows,
        progress,
        (batch, from, count) -> {
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
        });
    return scores;
  }

  /**
   * Scores every row in order, all outputs of the model.
   *
   * @param progress hears the number of rows scored so far
   * @return of each batch of rows
   */
  public ImmutableList<Scores> scoreAll(RowSource rows, LongConsumer progress) {
    ImmutableList.Builder<Scores> batches = ImmutableList.builder();
    forEachBatch(rows, progress, (batch, from, count) -> batches.add(batch));
    return batches.build();
  }

  /** Takes the scores of {@code count} rows, the first of which has the number {@code from}. */
  @FunctionalInterface
  private interface BatchConsumer {
    void accept(Scores batch, int from, int count);
  }

  private void forEachBatch(RowSource rows, LongConsumer progress, BatchConsumer target) {
    try (RowCursor cursor = rows.cursor()) {
      for (int from = 0; from < rows.size(); from += batchSize) {
        int count = Math.min(batchSize, rows.size() - from);
        target.accept(predict(features(rows.format(), cursor, count), from), from, count);
        progress.accept(from + count);
      }
    }
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
            .map(name -> InputValues.of(format, format.layout().column(name), ids.get(name), count))
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
   * @param own what the model takes for an id; null for the id itself
   */
  private record InputValues(
      FeatureColumn column,
      int offset,
      int[][] ids,
      float[][] dense,
      ImmutableList<String> texts,
      @Nullable IntUnaryOperator own) {
    static InputValues of(
        RowFormat format, FeatureColumn column, @Nullable IntUnaryOperator own, int count) {
      boolean isDense = column.type() == ColumnType.DENSE;
      return new InputValues(
          column,
          format.layout().offset(column),
          new int[count][isDense ? 0 : column.width()],
          new float[count][isDense ? column.width() : 0],
          column.isText() ? format.textsOf(column.name()) : ImmutableList.of(),
          own);
    }

    void copy(PackedRows rows, int row, int sample) {
      if (column.type() == ColumnType.DENSE) {
        rows.copyDense(row, offset, dense[sample], 0, column.width());
      } else {
        rows.copyIds(row, offset, ids[sample], 0, column.width());
        if (own != null) {
          Arrays.setAll(ids[sample], i -> own.applyAsInt(ids[sample][i]));
        }
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

  /**
   * Which output of a model scores which task. An output has the task's name or, as Keras names
   * layers and their outputs, {@code task_<task>} or {@code task_<task>_output}; one output alone
   * is that of a task alone.
   *
   * @param byTask the output by its task, in the order of the tasks; at least one
   */
  public record TaskOutputs(ImmutableMap<String, String> byTask) {

    /** The outputs by task; empty unless every task has one. */
    public static Optional<TaskOutputs> ofAll(Collection<String> outputs, List<String> tasks) {
      try {
        return Optional.of(find("", outputs, tasks))
            .filter(found -> found.byTask().keySet().containsAll(tasks));
      } catch (InvalidInputException e) {
        return Optional.empty();
      }
    }

    /**
     * Finds the tasks that have an output.
     *
     * @param where names the model in messages
     * @param outputs the model's
     * @param tasks the labels of the data
     * @throws InvalidInputException if no task has one
     */
    public static TaskOutputs find(Object where, Collection<String> outputs, List<String> tasks) {
      return find(where, outputs, tasks, ImmutableMap.of());
    }

    /**
     * Finds the tasks that have an output.
     *
     * @param where names the model in messages
     * @param outputs the model's
     * @param tasks the labels of the data
     * @param given outputs by their tasks, with any names; the other tasks find theirs by name
     *     among the rest
     * @throws InvalidInputException if no task has one, or what is given is not a task or no output
     */
    public static TaskOutputs find(
        Object where, Collection<String> outputs, List<String> tasks, Map<String, String> given) {
      given.forEach((task, output) -> requireKnown(where, outputs, tasks, task, output));
      Set<String> left = new LinkedHashSet<>(outputs);
      for (String output : given.values()) {
        if (!left.remove(output)) {
          throw new InvalidInputException(
              where + ": output '" + output + "' is given to two tasks, expected one");
        }
      }
      Map<String, String> found = new LinkedHashMap<>();
      for (String task : tasks) {
        Optional.ofNullable(given.get(task))
            .or(() -> outputOf(task, left))
            .ifPresent(output -> found.put(task, output));
      }
      if (found.isEmpty() && outputs.size() == 1 && tasks.size() == 1) {
        found.put(tasks.get(0), outputs.iterator().next());
      }
      if (found.isEmpty()) {
        throw new InvalidInputException(
            String.format(
                "%s: no output is named after a task of the data; outputs: %s; tasks: %s; name the"
                    + " outputs (--map), for example %s",
                where,
                String.join(", ", outputs),
                String.join(", ", tasks),
                proposal(ImmutableList.copyOf(outputs), tasks)));
      }
      return new TaskOutputs(ImmutableMap.copyOf(found));
    }

    private static void requireKnown(
        Object where, Collection<String> outputs, List<String> tasks, String task, String output) {
      if (!tasks.contains(task)) {
        throw new InvalidInputException(
            String.format(
                "outputs (--map): '%s' is not a task of the data%s; tasks: %s",
                task, SpellingHint.hint(task, tasks), String.join(", ", tasks)));
      }
      if (!outputs.contains(output)) {
        throw new InvalidInputException(
            String.format(
                "outputs (--map): '%s' is not an output of %s%s; outputs: %s",
                output, where, SpellingHint.hint(output, outputs), String.join(", ", outputs)));
      }
    }

    /** The tasks with the outputs in their order, as far as both go. */
    private static String proposal(List<String> outputs, List<String> tasks) {
      return IntStream.range(0, Math.min(outputs.size(), tasks.size()))
          .mapToObj(i -> tasks.get(i) + "=" + outputs.get(i))
          .collect(Collectors.joining(","));
    }

    private static Optional<String> outputOf(String task, Collection<String> outputs) {
      return Stream.of(task, "task_" + task, "task_" + task + "_output")
          .filter(outputs::contains)
          .findFirst();
    }

    /** The tasks that have an output. */
    public ImmutableList<String> tasks() {
      return byTask.keySet().asList();
    }

    /** The scores of the tasks, in their order, out of those of all outputs. */
    public float[][] pick(List<String> outputs, float[][] scores) {
      return byTask.values().stream()
          .map(output -> scores[outputs.indexOf(output)])
          .toArray(float[][]::new);
    }

    /** The outputs that no task takes. */
    public ImmutableList<String> unused(Collection<String> outputs) {
      ImmutableSet<String> used = ImmutableSet.copyOf(byTask.values());
      return outputs.stream()
          .filter(output -> !used.contains(output))
          .collect(ImmutableList.toImmutableList());
    }
  }
}
