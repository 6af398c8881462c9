package io.scenerank.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.layer.ModelBuilder;
import io.scenerank.layer.base.Arguments;
import io.scenerank.layer.base.LayerGraph.TensorRef;
import io.scenerank.layer.base.Structure;
import java.util.ArrayList;
import java.util.List;

/**
 * The sequences of {@link M2m}: positions, attention of the sequence with itself, mean over its
 * steps. Source: M2M (Zhang et al., 2022), "Backbone network".
 */
final class M2mSequences {
  private final ModelBuilder model;
  private final M2mParams params;

  M2mSequences(ModelBuilder model, M2mParams params) {
    this.model = model;
    this.params = params;
  }

  /** One matrix a sequence, [B, D] or [B, 2 D]. */
  List<TensorRef> call(ImmutableList<ModelColumns.Sequence> sequences) {
    List<TensorRef> pooled = new ArrayList<>();
    for (int place = 0; place < sequences.size(); place++) {
      pooled.add(attended(sequences.get(place), place == 0 ? "" : "_" + place));
    }
    return pooled;
  }

  private TensorRef attended(ModelColumns.Sequence sequence, String suffix) {
    FeatureColumn column = sequence.column();
    TensorRef positions =
        model
            .layer(
                "position_encoding_layer" + suffix, "PositionEncodingLayer", positions(column), 3)
            .call(sequence.embeddings()); // [B, L, D]
    List<TensorRef> parts = List.of(sequence.embeddings(), positions);
    TensorRef x =
        switch (params.positonAggFunc()) {
          case CONCAT -> model.concatenate(parts, -1); // [B, L, 2 D]
          case SUM -> model.add(parts); // [B, L, D]
        };
    Arguments<TensorRef> call =
        new Arguments<>(ImmutableList.of(Structure.leaf(x), Structure.leaf(x)), ImmutableMap.of());
    if (column.maskZero()) {
      TensorRef mask = model.layer("AttentionMask", LayerArguments.plain()).call(sequence.ids());
      call = call.with("attention_mask", Structure.leaf(mask));
    }
    TensorRef steps =
        model
            .layer(
                "multi_head_attention" + suffix,
                "MultiHeadAttention",
                LayerArguments.multiHeadAttention(),
                params.attentionMasking().generation())
            .call(call);
    return model.layer("GlobalAveragePooling1D", LayerArguments.globalAveragePooling()).call(steps);
  }

  private ObjectNode positions(FeatureColumn column) {
    return LayerArguments.layer(params.posEmbTrainable())
        .put("dims", column.embDim())
        .put("max_len", column.maxLen())
        .put("initializer", params.posInitializer().kerasName())
        .build();
  }
}
