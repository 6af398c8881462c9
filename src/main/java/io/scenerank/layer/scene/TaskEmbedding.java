package io.scenerank.layer.scene;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.scenerank.layer.base.Arguments;
import io.scenerank.layer.base.BoundLayer;
import io.scenerank.layer.base.BuildScope;
import io.scenerank.layer.base.Layer;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.layer.base.Structure;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;

/**
 * A learned vector of a task, the same for every row.
 *
 * <p>Input a tensor [B, …] of which only the number of rows counts, output [B, output_dim].
 * Variable {@code emb/embeddings} [1, output_dim]. Source: M2M (Zhang et al., 2022), "Backbone
 * network".
 */
final class TaskEmbedding extends Layer {
  static final LayerType TYPE =
      LayerType.of("TaskEmbedding", TaskEmbedding::new)
          .module("scenerank_keras.meta_layers")
          .argument("output_dim");

  private TaskEmbedding(LayerConfig config) {
    super(config);
  }

  @Override
  public Call build(BuildScope scope, Arguments<MaskedTensor> inputs) {
    Layer table =
        new InnerLayers(config())
            .of(
                "Embedding",
                "embedding",
                JsonNodeFactory.instance
                    .objectNode()
                    .put("input_dim", 1)
                    .put("output_dim", config().integer("output_dim", 1)));
    BoundLayer emb = scope.child("emb", table);
    return (context, arguments) -> {
      Ops tf = context.tf();
      Operand<TInt32> rows =
          tf.slice(
              tf.shape(arguments.only().value()),
              tf.constant(new int[] {0}),
              tf.constant(new int[] {1}));
      return Structure.leaf(emb.call(tf, MaskedTensor.of(tf.fill(rows, tf.constant(0)))));
    };
  }
}
