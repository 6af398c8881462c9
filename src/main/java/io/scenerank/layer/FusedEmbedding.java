package io.scenerank.layer;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.variable.Initializer;
import io.scenerank.variable.LayerScope;
import io.scenerank.variable.Weight;
import io.scenerank.variable.WeightStore;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Keras' {@code Embedding}, for all tables of one width at once: they stand below each other in one
 * variable, so that the ids of all columns take one gather and one sparse update.
 *
 * <p>Outside the graph every table keeps its own name and shape ({@code
 * embedding/<table>/embeddings} [rows, D]).
 *
 * <p>Source: Keras' {@code Embedding}; that tables share a variable is this library's own.
 */
final class FusedEmbedding {
  private final LayerScope scope;
  private final Weight weight;
  private final ImmutableMap<String, Integer> offsets;
  private final int dim;

  /**
   * One table.
   *
   * @param path path of its variable
   * @param name its name, by which look-ups call it
   * @param rows number of ids
   * @param initializer first values
   */
  record Table(String path, String name, int rows, Initializer initializer) {}

  /**
   * @param scope the scope of the fused variable
   * @param dim D
   * @param tables at least one
   * @param l2Reg factor of sum(table²) in the loss
   * @param trainable whether training changes the tables
   * @throws IllegalArgumentException if all tables together have more than 2^31 - 1 rows
   */
  FusedEmbedding(LayerScope scope, int dim, List<Table> tables, float l2Reg, boolean trainable) {
    this.scope = scope;
    this.dim = dim;
    long allRows = tables.stream().mapToLong(Table::rows).sum();
    if (allRows > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "tables of width "
              + dim
              + " have "
              + allRows
              + " rows in all, expected at most 2^31 - 1");
    }
    Map<String, Integer> rowOffsets = new HashMap<>();
    ImmutableList.Builder<Weight.Part> parts = ImmutableList.builder();
    int rows = 0;
    for (Table table : tables) {
      rowOffsets.put(table.name(), rows);
      parts.add(
          new Weight.Part(table.path(), Shape.of(table.rows(), dim), rows, table.initializer()));
      rows += table.rows();
    }
    this.offsets = ImmutableMap.copyOf(rowOffsets);
    this.weight =
        scope.store().add(scope.path(), Shape.of(rows, dim), parts.build(), l2Reg, trainable);
  }

  /** D. */
  int dim() {
    return dim;
  }

  /**
   * Looks ids up.
   *
   * @param ids [B, P], each inside its table: the caller has checked them, since an id beyond its
   *     table would read the next one's rows
   * @param tableOfPosition the table's name for each of the P positions
   * @return embeddings [B, P, D]
   */
  Operand<TFloat32> call(Ops tf, Operand<TInt32> ids, List<String> tableOfPosition) {
    int[] offsetOfPosition = tableOfPosition.stream().mapToInt(offsets::get).toArray();
    Operand<TInt32> rows =
        tf.reshape(
            tf.math.add(ids, tf.constant(offsetOfPosition)), tf.constant(new int[] {-1})); // [B·P]
    Operand<TFloat32> values = weight.gather(tf, rows); // [B·P, D]
    scope.store().addGathered(new WeightStore.Gathered(weight, rows, values));
    return tf.reshape(values, tf.constant(new int[] {-1, offsetOfPosition.length, dim}));
  }
}
