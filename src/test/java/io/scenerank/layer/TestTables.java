package io.scenerank.layer;

import io.scenerank.variable.Initializer;
import io.scenerank.variable.LayerScope;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** Tables of one width in one variable, for tests of other packages. */
public final class TestTables {
  private final FusedEmbedding tables;

  /** One table: the path of its variable, the name for look-ups, its rows and first values. */
  public record Table(String path, String name, int rows, Initializer initializer) {}

  public TestTables(LayerScope scope, int dim, List<Table> tables, float l2Reg, boolean trainable) {
    this.tables =
        new FusedEmbedding(
            scope,
            dim,
            tables.stream()
                .map(
                    table ->
                        new FusedEmbedding.Table(
                            table.path(), table.name(), table.rows(), table.initializer()))
                .toList(),
            l2Reg,
            trainable);
  }

  /** Looks ids up, [B, P] → [B, P, D]. */
  public Operand<TFloat32> call(Ops tf, Operand<TInt32> ids, List<String> tableOfPosition) {
    return tables.call(tf, ids, tableOfPosition);
  }
}
