package io.scenerank.model;

import com.google.common.collect.ImmutableList;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.FeatureColumn.ColumnType;
import java.util.stream.Stream;

/** How wide the inputs of a model's networks are. */
record InputWidths(ImmutableList<FeatureColumn> all) {
  /** All columns of a group, concatenated. */
  long of(String group) {
    return columns(group).mapToLong(InputWidths::width).sum();
  }

  /** The first column of a group. */
  long first(String group) {
    return columns(group).mapToLong(InputWidths::width).findFirst().orElse(0);
  }

  /** The columns of these names. */
  long named(ImmutableList<String> names) {
    return all.stream()
        .filter(column -> names.contains(column.name()))
        .mapToLong(InputWidths::width)
        .sum();
  }

  private Stream<FeatureColumn> columns(String group) {
    return all.stream().filter(column -> column.joinsGroups() && column.group().contains(group));
  }

  /** Number of floats a row that a column gives. */
  static int width(FeatureColumn column) {
    return column.type() == ColumnType.DENSE ? column.dimension() : column.embDim();
  }
}
