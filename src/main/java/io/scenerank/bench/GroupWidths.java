package io.scenerank.bench;

import io.scenerank.feature.ColumnType;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.model.ModelDefinition;
import java.util.stream.Stream;

/** How wide the inputs of a model's networks are. */
record GroupWidths(ModelDefinition<?> definition) {
  /** All columns of a group side by side. */
  long of(String group) {
    return columns(group).mapToLong(GroupWidths::width).sum();
  }

  /** The first column of a group. */
  long first(String group) {
    return columns(group).mapToLong(GroupWidths::width).findFirst().orElse(0);
  }

  /** The columns of these names. */
  long named(Iterable<String> names) {
    long width = 0;
    for (String name : names) {
      width += width(definition.layout().column(name));
    }
    return width;
  }

  private Stream<FeatureColumn> columns(String group) {
    return definition.columns().stream()
        .filter(column -> column.joinsGroups() && column.group().contains(group));
  }

  private static long width(FeatureColumn column) {
    return column.type() == ColumnType.DENSE ? column.dimension() : column.embDim();
  }
}
