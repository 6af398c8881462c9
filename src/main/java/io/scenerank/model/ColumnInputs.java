package io.scenerank.model;

import io.scenerank.feature.ColumnType;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.PackedLayout;
import io.scenerank.layer.MaskedMean;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** What single columns give a network: their embeddings side by side, a mean, dense values. */
final class ColumnInputs {
  private final Ops tf;
  private final PackedLayout layout;
  private final FeatureInputs.Packed inputs;

  ColumnInputs(Ops tf, PackedLayout layout, FeatureInputs.Packed inputs) {
    this.tf = tf;
    this.layout = layout;
    this.inputs = inputs;
  }

  FeatureInputs.Sequence sequence(FeatureColumn column, EmbeddingTables.Segment segment) {
    return new FeatureInputs.Sequence(
        column.name(),
        column.maskZero() ? Optional.of(segment.ids()) : Optional.empty(),
        segment.embeddings(),
        column.maxLen(),
        segment.dim());
  }

  /** [B, P, D] → [B, P·D], or [B, D] for a sequence, whose mean it takes. */
  FeatureInputs.Piece flat(EmbeddingTables.Segment segment) {
    if (isSequence(segment)) {
      MaskedMean mean = new MaskedMean(segment.columns().get(0).maskZero());
      return new FeatureInputs.Piece(
          mean.call(tf, segment.ids(), segment.embeddings()), segment.dim());
    }
    int width = segment.columns().size() * segment.dim();
    return new FeatureInputs.Piece(
        tf.reshape(segment.embeddings(), tf.constant(new int[] {-1, width})), width);
  }

  /** A dense column, [B, dimension]. */
  FeatureInputs.Piece dense(FeatureColumn column) {
    Operand<TFloat32> all = inputs.dense().orElseThrow();
    Operand<TFloat32> value =
        column.width() == layout.denseWidth()
            ? all
            : tf.slice(
                all,
                tf.constant(new int[] {0, layout.offset(column)}),
                tf.constant(new int[] {-1, column.width()})); // [B, dimension]
    return new FeatureInputs.Piece(value, column.width());
  }

  static boolean isSequence(EmbeddingTables.Segment segment) {
    return segment.columns().get(0).type() == ColumnType.VARLEN_SPARSE;
  }
}
