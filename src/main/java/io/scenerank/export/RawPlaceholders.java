package io.scenerank.export;

import com.google.common.collect.ImmutableMap;
import io.scenerank.feature.FeatureColumn;
import java.util.LinkedHashMap;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.family.TType;

/** The inputs of the signature {@code raw} as they are added to a graph, one a column. */
final class RawPlaceholders {
  private final Ops tf;
  private final Map<String, Operand<? extends TType>> byColumn = new LinkedHashMap<>();

  RawPlaceholders(Ops tf) {
    this.tf = tf;
  }

  /** Adds a column's input, [B, width]. */
  <T extends TType> Operand<T> add(Class<T> type, FeatureColumn column, long width) {
    Operand<T> raw =
        tf.withName(GraphNames.opName(column.name()))
            .placeholder(type, Placeholder.shape(Shape.of(-1, width)));
    byColumn.put(column.name(), raw);
    return raw;
  }

  /** All that were added, by column. */
  ImmutableMap<String, Operand<? extends TType>> all() {
    return ImmutableMap.copyOf(byColumn);
  }
}
