package io.scenerank.model;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.PackedLayout;
import io.scenerank.layer.Dense;
import io.scenerank.variable.LayerScope;
import io.scenerank.variable.Shapes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The linear part of a model: a weight for each id, in tables of width 1, and one Dense of the
 * dense columns.
 *
 * <p>Source: Wide &amp; Deep (Cheng et al., 2016), section 3.1.
 */
final class LinearLogits {
  private final LayerScope scope;
  private final PackedLayout layout;
  private final FeatureInputs.Packed inputs;
  private final ColumnInputs columnInputs;

  LinearLogits(
      LayerScope scope,
      PackedLayout layout,
      FeatureInputs.Packed inputs,
      ColumnInputs columnInputs) {
    this.scope = scope;
    this.layout = layout;
    this.inputs = inputs;
    this.columnInputs = columnInputs;
  }

  /** The sum over the linear columns, [B, 1]. */
  Optional<Operand<TFloat32>> call(Ops tf, ModelInputs reads) {
    ImmutableList<FeatureColumn> linear =
        layout.columns().stream().filter(reads::isLinear).collect(ImmutableList.toImmutableList());
    ImmutableSet<EmbeddingTables.Segment> segments =
        ImmutableSet.copyOf(
            EmbeddingTables.create(scope, "linear", layout, linear, 1)
                .call(tf, inputs, ImmutableSet.copyOf(linear), (left, right) -> true)
                .values());
    List<Operand<TFloat32>> terms = new ArrayList<>();
    for (EmbeddingTables.Segment segment : segments) {
      terms.add(
          ColumnInputs.isSequence(segment)
              ? columnInputs.flat(segment).value() // [B, 1]
              : tf.reduceSum(segment.embeddings(), tf.constant(1))); // [B, P, 1] → [B, 1]
    }
    List<FeatureInputs.Piece> dense =
        linear.stream().filter(column -> !column.isCategorical()).map(columnInputs::dense).toList();
    if (!dense.isEmpty()) {
      terms.add(linearDense(tf, dense));
    }
    return terms.stream().reduce(tf.math::add);
  }

  /** One Dense of one unit over all dense linear columns, [B, 1]. */
  private Operand<TFloat32> linearDense(Ops tf, List<FeatureInputs.Piece> dense) {
    int width = dense.stream().mapToInt(FeatureInputs.Piece::width).sum();
    List<Operand<TFloat32>> values = dense.stream().map(FeatureInputs.Piece::value).toList();
    Operand<TFloat32> input = Shapes.concat(tf, values, -1);
    return Dense.units(1).build(scope.child("linear_dense"), width).call(tf, input);
  }
}
