package io.scenerank.model;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.LinkedHashMultimap;
import com.google.common.collect.SetMultimap;
import io.scenerank.feature.ColumnType;
import io.scenerank.feature.FeatureColumn;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TType;

/**
 * The columns of one table, cut into runs of neighbours that stay together.
 *
 * @param runs one sequence each, or sparse columns that follow each other
 */
record ColumnRuns(ImmutableList<ImmutableList<FeatureColumn>> runs) {

  /** Whether two columns that follow each other belong into one segment. */
  @FunctionalInterface
  interface Together {
    boolean test(FeatureColumn left, FeatureColumn right);
  }

  /** Cuts columns where a column does not belong to the one before it. */
  static ColumnRuns of(List<FeatureColumn> columns, Together together) {
    SetMultimap<Integer, FeatureColumn> runs = LinkedHashMultimap.create();
    int run = -1;
    FeatureColumn previous = null;
    for (FeatureColumn column : columns) {
      boolean joins =
          previous != null
              && previous.type() == ColumnType.SPARSE
              && column.type() == ColumnType.SPARSE
              && together.test(previous, column);
      run += joins ? 0 : 1;
      runs.put(run, column);
      previous = column;
    }
    return new ColumnRuns(
        runs.asMap().values().stream()
            .map(ImmutableList::<FeatureColumn>copyOf)
            .collect(ImmutableList.toImmutableList()));
  }

  /** Splits [B, P, …] along P at the borders of the runs. */
  <T extends TType> List<Operand<T>> split(Ops tf, Operand<T> value) {
    if (runs.size() == 1) {
      return List.of(value);
    }
    int[] sizes =
        runs.stream().mapToInt(run -> run.stream().mapToInt(FeatureColumn::width).sum()).toArray();
    return List.copyOf(
        tf.splitV(value, tf.constant(sizes), tf.constant(1), (long) sizes.length).output());
  }
}
