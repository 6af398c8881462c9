package io.scenerank.layer;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.scenerank.variable.Initializer;
import io.scenerank.variable.LayerScope;
import io.scenerank.variable.Weight;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * One vector a position of a sequence, learned or not.
 *
 * <p>Input [B, L, any], output [B, L, dims], the same for every row. Variable {@code
 * position_embeddings} [maxLen, dims]. Source: Attention Is All You Need (Vaswani et al., 2017),
 * section 3.5; M2M (Zhang et al., 2022), "Backbone network".
 */
public final class PositionEncodingLayer extends Layer {
  private final Weight positionEmbeddings; // position_embeddings
  private final int dims;
  private final int maxLen;

  /** First values of the positions. */
  public enum PositionInitializer {
    @JsonProperty("glorot_uniform")
    GLOROT_UNIFORM(Initializer.GLOROT_UNIFORM),
    /** Sines at even places, cosines at odd ones, of position / 10000^(2·⌊i/2⌋/dims). */
    @JsonProperty("sinusoidal")
    SINUSOIDAL(PositionEncodingLayer::sinusoidal);

    private final Initializer initializer;

    PositionInitializer(Initializer initializer) {
      this.initializer = initializer;
    }
  }

  /**
   * @param dims width of a position's vector
   * @param maxLen number of positions
   * @param trainable whether training changes them
   * @param initializer their first values
   */
  public PositionEncodingLayer(
      LayerScope scope, int dims, int maxLen, boolean trainable, PositionInitializer initializer) {
    super(scope);
    this.dims = dims;
    this.maxLen = maxLen;
    Shape shape = Shape.of(maxLen, dims);
    this.positionEmbeddings =
        trainable
            ? scope.add("position_embeddings", shape, initializer.initializer, 0f)
            : scope.addUntrained("position_embeddings", shape, initializer.initializer);
  }

  /**
   * The vectors of the first positions, [L, dims], without the batch.
   *
   * @param x [B, L, any]
   * @throws IllegalArgumentException if the sequence is longer than {@code maxLen}
   */
  public Operand<TFloat32> positions(Ops tf, Operand<TFloat32> x) {
    long length = x.shape().get(1);
    if (length > maxLen) {
      throw new IllegalArgumentException(
          "the sequence has " + length + " steps, expected at most max_len " + maxLen);
    }
    return tf.slice(
        positionEmbeddings.value(),
        tf.constant(new int[] {0, 0}), // int32: the gradient of a slice takes no int64
        tf.constant(new int[] {Math.toIntExact(length), dims}));
  }

  /** The vectors for each row of x [B, L, any]: [B, L, dims]. */
  public Operand<TFloat32> call(Ops tf, Operand<TFloat32> x) {
    Operand<TInt32> leading =
        tf.slice(tf.shape(x), tf.constant(new int[] {0}), tf.constant(new int[] {2})); // [B, L]
    return tf.broadcastTo(
        positions(tf, x),
        tf.concat(List.of(leading, tf.constant(new int[] {dims})), tf.constant(0)));
  }

  private static Operand<TFloat32> sinusoidal(Ops tf, Shape shape, int seed) {
    int positions = Math.toIntExact(shape.get(0));
    int dims = Math.toIntExact(shape.get(1));
    float[] values = new float[positions * dims];
    for (int position = 0; position < positions; position++) {
      for (int i = 0; i < dims; i++) {
        int even = i - i % 2;
        double angle = position / Math.pow(10000, (double) even / dims);
        values[position * dims + i] = (float) (i % 2 == 0 ? Math.sin(angle) : Math.cos(angle));
      }
    }
    return tf.reshape(tf.constant(values), tf.constant(shape.asArray()));
  }
}
