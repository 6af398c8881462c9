package io.scenerank.model;

import com.google.common.collect.ImmutableList;
import io.scenerank.layer.MultiHeadAttention;
import io.scenerank.layer.PositionEncodingLayer;
import io.scenerank.variable.LayerScope;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The sequences of {@link M2m}: positions, attention of the sequence with itself, mean over its
 * steps. Source: M2M (Zhang et al., 2022), "Backbone network".
 */
final class M2mSequences {
  private static final int HEADS = 1;
  private static final int KEY_DIM = 16;
  private static final float DROPOUT = 0.2f;

  private final M2mParams params;
  private final ImmutableList<Encoder> encoders;

  /**
   * The layers of one sequence.
   *
   * @param positions position_encoding_layer, and _1 and so on for further sequences
   * @param attention multi_head_attention, and _1 and so on
   */
  private record Encoder(
      FeatureInputs.Sequence sequence,
      PositionEncodingLayer positions,
      MultiHeadAttention attention) {}

  M2mSequences(
      M2mParams params, LayerScope scope, ImmutableList<FeatureInputs.Sequence> sequences) {
    this.params = params;
    ImmutableList.Builder<Encoder> list = ImmutableList.builder();
    MultiHeadAttention.Options attention =
        new MultiHeadAttention.Options(HEADS, KEY_DIM, KEY_DIM, DROPOUT, params.attentionMasking());
    for (int i = 0; i < sequences.size(); i++) {
      FeatureInputs.Sequence sequence = sequences.get(i);
      String suffix = i == 0 ? "" : "_" + i;
      list.add(
          new Encoder(
              sequence,
              new PositionEncodingLayer(
                  scope.child("position_encoding_layer" + suffix),
                  sequence.dim(),
                  sequence.length(),
                  params.posEmbTrainable(),
                  params.posInitializer()),
              attention.build(scope.child("multi_head_attention" + suffix), dim(sequence))));
    }
    this.encoders = list.build();
  }

  /** Width of a sequence once its positions have joined it. */
  private int dim(FeatureInputs.Sequence sequence) {
    return switch (params.positonAggFunc()) {
      case CONCAT -> 2 * sequence.dim();
      case SUM -> sequence.dim();
    };
  }

  /** Width of all sequences side by side. */
  int width() {
    return encoders.stream().mapToInt(encoder -> dim(encoder.sequence())).sum();
  }

  /** One matrix a sequence, [B, D] or [B, 2 D]. */
  ImmutableList<Operand<TFloat32>> call(Ops tf) {
    List<Operand<TFloat32>> pooled = new ArrayList<>();
    for (Encoder encoder : encoders) {
      FeatureInputs.Sequence sequence = encoder.sequence();
      Operand<TFloat32> x = sequence.embeddings(); // [B, L, D]
      Operand<TFloat32> placed =
          switch (params.positonAggFunc()) {
            case CONCAT ->
                tf.concat(
                    List.of(x, encoder.positions().call(tf, x)), tf.constant(-1)); // [B, L, 2 D]
            case SUM -> tf.math.add(x, encoder.positions().positions(tf, x)); // [B, L, D]
          };
      Operand<TFloat32> attended = encoder.attention().call(tf, placed, sequence.ids());
      pooled.add(tf.math.mean(attended, tf.constant(1))); // [B, L, ·] → [B, ·]
    }
    return ImmutableList.copyOf(pooled);
  }
}
