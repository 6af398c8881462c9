package io.scenerank.layer;

import io.scenerank.variable.Initializer;
import io.scenerank.variable.LayerScope;
import io.scenerank.variable.Weight;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A learned vector of a task, the same for every row.
 *
 * <p>Output [1, outputDim]; the Python code repeats it over the batch. Variable {@code
 * emb/embeddings} [1, outputDim]. Source: M2M (Zhang et al., 2022), "Backbone network".
 */
public final class TaskEmbedding extends Layer {
  private final Weight emb; // emb/embeddings

  public TaskEmbedding(LayerScope scope, int outputDim) {
    super(scope);
    this.emb =
        scope.child("emb").add("embeddings", Shape.of(1, outputDim), Initializer.UNIFORM, 0f);
  }

  public Operand<TFloat32> call(Ops tf) {
    return tf.identity(emb.value()); // [1, outputDim]
  }
}
