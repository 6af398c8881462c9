package io.scenerank.model;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.MoreCollectors;
import com.google.common.collect.Multimaps;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.PackedLayout;
import io.scenerank.layer.Condition;
import io.scenerank.layer.FusedEmbedding;
import io.scenerank.variable.Initializer;
import io.scenerank.variable.LayerScope;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Unique;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * The embedding tables of some columns: one fused variable for each width (and for each regulariser
 * and trainability), one gather for all columns of that variable.
 */
final class EmbeddingTables {
  private final PackedLayout layout;
  private final ImmutableListMultimap<FusedEmbedding, FeatureColumn> columns;

  /** What must agree for tables to be in one variable. */
  private record Fuse(int dim, float l2Reg, boolean trainable) {}

  /**
   * The embeddings of neighbouring columns.
   *
   * @param columns one sequence, or sparse columns that are next to each other
   * @param ids [B, P], all ids of these columns
   * @param embeddings [B, P, D]
   */
  record Segment(
      ImmutableList<FeatureColumn> columns,
      Operand<TInt32> ids,
      Operand<TFloat32> embeddings,
      int dim) {}

  private EmbeddingTables(
      PackedLayout layout, ImmutableListMultimap<FusedEmbedding, FeatureColumn> columns) {
    this.layout = layout;
    this.columns = columns;
  }

  /**
   * Creates the tables.
   *
   * @param scope the model's root
   * @param prefix {@code embedding} or {@code linear}
   * @param columns columns in the order of the layout; those that carry no ids are left out
   * @param width of every table; 0 for the columns' own
   */
  static EmbeddingTables create(
      LayerScope scope,
      String prefix,
      PackedLayout layout,
      List<FeatureColumn> columns,
      int width) {
    ImmutableListMultimap<Fuse, FeatureColumn> fused =
        Multimaps.index(
            columns.stream().filter(FeatureColumn::isCategorical).toList(),
            column ->
                new Fuse(width == 0 ? column.embDim() : width, column.l2Reg(), column.trainable()));
    ImmutableListMultimap.Builder<FusedEmbedding, FeatureColumn> tables =
        ImmutableListMultimap.builder();
    Map<Integer, Integer> variablesOfDim = new HashMap<>();
    for (Fuse fuse : fused.keySet()) {
      int number = variablesOfDim.merge(fuse.dim(), 1, Integer::sum);
      String name = prefix + "_" + fuse.dim() + (number == 1 ? "" : "_" + (number - 1));
      tables.putAll(
          new FusedEmbedding(
              scope.child("fused").child(name),
              fuse.dim(),
              tablesOf(prefix, fused.get(fuse)),
              fuse.l2Reg(),
              fuse.trainable()),
          fused.get(fuse));
    }
    return new EmbeddingTables(layout, tables.build());
  }

  private static ImmutableList<FusedEmbedding.Table> tablesOf(
      String prefix, List<FeatureColumn> columns) {
    Map<String, FusedEmbedding.Table> tables = new LinkedHashMap<>();
    for (FeatureColumn column : columns) {
      tables.putIfAbsent(
          column.embName(),
          new FusedEmbedding.Table(
              prefix + "/" + column.embName() + "/embeddings",
              column.embName(),
              column.vocabSize(),
              initializer(column)));
    }
    return ImmutableList.copyOf(tables.values());
  }

  private static Initializer initializer(FeatureColumn column) {
    // FeatureColumn lets no third name through.
    return column.initializer().equals("zeros") ? Initializer.ZEROS : Initializer.UNIFORM;
  }

  /**
   * Looks columns up.
   *
   * @param inputs the packed input
   * @param read the columns to look up
   * @param together whether two neighbouring sparse columns may be in one segment
   * @return the segment of each column; neighbours share one
   */
  ImmutableMap<String, Segment> call(
      Ops tf,
      FeatureInputs.Packed inputs,
      ImmutableSet<FeatureColumn> read,
      ColumnRuns.Together together) {
    ImmutableMap.Builder<String, Segment> segments = ImmutableMap.builder();
    for (FusedEmbedding table : columns.keySet()) {
      ImmutableList<FeatureColumn> ofTable =
          columns.get(table).stream()
              .filter(read::contains)
              .collect(ImmutableList.toImmutableList());
      if (!ofTable.isEmpty()) {
        for (Segment segment : lookUp(tf, inputs, table, ofTable, together)) {
          segment.columns().forEach(column -> segments.put(column.name(), segment));
        }
      }
    }
    return segments.buildOrThrow();
  }

  /**
   * Looks a sparse column up once for each id that occurs in the batch.
   *
   * @param inputs the packed input
   */
  Condition distinct(Ops tf, FeatureInputs.Packed inputs, FeatureColumn column) {
    FusedEmbedding table =
        columns.inverse().get(column).stream().collect(MoreCollectors.onlyElement());
    Operand<TInt32> ofColumn =
        tf.reshape(
            inputs.ids(tf, List.of(layout.offset(column)), layout.idWidth()),
            tf.constant(new int[] {-1})); // [B]
    Unique<TInt32, TInt32> unique = tf.unique(ofColumn, tf.constant(new long[] {0})); // [u]
    Operand<TFloat32> values =
        table.call(tf, tf.expandDims(unique.y(), tf.constant(1)), List.of(column.embName()));
    Operand<TFloat32> rows =
        tf.reshape(values, tf.constant(new int[] {-1, table.dim()})); // [u, 1, D] → [u, D]
    return Condition.distinct(tf, rows, unique.idx());
  }

  private List<Segment> lookUp(
      Ops tf,
      FeatureInputs.Packed inputs,
      FusedEmbedding table,
      ImmutableList<FeatureColumn> tableColumns,
      ColumnRuns.Together together) {
    List<Integer> positions = new ArrayList<>();
    List<String> tableOfPosition = new ArrayList<>();
    for (FeatureColumn column : tableColumns) {
      for (int i = 0; i < column.width(); i++) {
        positions.add(layout.offset(column) + i);
        tableOfPosition.add(column.embName());
      }
    }
    Operand<TInt32> tableIds = inputs.ids(tf, positions, layout.idWidth()); // [B, P]
    Operand<TFloat32> embeddings = table.call(tf, tableIds, tableOfPosition); // [B, P, D]
    ColumnRuns runs = ColumnRuns.of(tableColumns, together);
    List<Operand<TInt32>> idParts = runs.split(tf, tableIds);
    List<Operand<TFloat32>> embeddingParts = runs.split(tf, embeddings);
    List<Segment> segments = new ArrayList<>();
    for (int i = 0; i < idParts.size(); i++) {
      segments.add(
          new Segment(runs.runs().get(i), idParts.get(i), embeddingParts.get(i), table.dim()));
    }
    return segments;
  }
}
