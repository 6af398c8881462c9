package io.scenerank.layer;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.scenerank.variable.Initializer;
import io.scenerank.variable.LayerScope;
import io.scenerank.variable.Shapes;
import io.scenerank.variable.Weight;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Keras' {@code MultiHeadAttention} of a sequence with itself.
 *
 * <p>Input [B, L, D], output [B, L, D]. Variables {@code _query_dense} and {@code _key_dense}
 * (kernel [D, heads, keyDim], bias [heads, keyDim]), {@code _value_dense} (valueDim in place of
 * keyDim) and {@code _output_dense} (kernel [heads, valueDim, D], bias [D]). Source: Attention Is
 * All You Need (Vaswani et al., 2017), section 3.2.2.
 */
public final class MultiHeadAttention extends Layer {
  private final Projection queryDense; // _query_dense
  private final Projection keyDense; // _key_dense
  private final Projection valueDense; // _value_dense
  private final Weight outputKernel; // _output_dense/kernel
  private final Weight outputBias; // _output_dense/bias
  private final Dropout dropoutLayer; // _dropout_layer
  private final Options options;
  private final int inputDim;

  private MultiHeadAttention(LayerScope scope, int inputDim, Options options) {
    super(scope);
    this.options = options;
    this.inputDim = inputDim;
    int heads = options.numHeads();
    Masking keras = options.attentionMasking();
    Initializer kernel = keras.kernel(1);
    Shape keys = Shape.of(inputDim, heads, options.keyDim());
    Shape values = Shape.of(inputDim, heads, options.valueDim());
    this.queryDense = new Projection(scope.child("_query_dense"), keys, kernel);
    this.keyDense = new Projection(scope.child("_key_dense"), keys, kernel);
    this.valueDense = new Projection(scope.child("_value_dense"), values, kernel);
    LayerScope output = scope.child("_output_dense");
    this.outputKernel =
        output.add("kernel", Shape.of(heads, options.valueDim(), inputDim), keras.kernel(2), 0f);
    this.outputBias = output.add("bias", Shape.of(inputDim), Initializer.ZEROS, 0f);
    this.dropoutLayer = new Dropout(scope.child("_dropout_layer"), options.dropout());
  }

  /**
   * Keras' constructor arguments.
   *
   * @param numHeads number of heads
   * @param keyDim width of a head's queries and keys
   * @param valueDim width of a head's values
   * @param dropout dropout of the attention weights
   * @param attentionMasking what becomes of padding, and how kernels begin: the generation of Keras
   */
  public record Options(
      int numHeads, int keyDim, int valueDim, float dropout, Masking attentionMasking) {

    /** Creates the variables for sequences of width {@code inputDim}. */
    public MultiHeadAttention build(LayerScope scope, int inputDim) {
      return new MultiHeadAttention(scope, inputDim, this);
    }
  }

  /**
   * Attends.
   *
   * @param x [B, L, D]
   * @param ids [B, L], 0 where a step is padding; absent if no step is
   * @return [B, L, D]
   */
  public Operand<TFloat32> call(Ops tf, Operand<TFloat32> x, Optional<Operand<TInt32>> ids) {
    float scale = (float) (1 / Math.sqrt(options.keyDim()));
    Operand<TFloat32> query = tf.math.mul(queryDense.call(tf, x), tf.constant(scale));
    Operand<TFloat32> key = keyDense.call(tf, x); // [B, heads, L, keyDim]
    Operand<TFloat32> scores = BatchProduct.transposedY(tf, query, key); // [B, heads, L, L]
    Operand<TFloat32> weights =
        ids.isEmpty()
            ? tf.nn.softmax(scores)
            : options
                .attentionMasking()
                .softmax(tf, scores, mask(tf, ids.get()), options.dropout() > 0);
    weights = dropoutLayer.call(tf, weights);
    Operand<TFloat32> heads =
        BatchProduct.call(tf, weights, valueDense.call(tf, x)); // [B, heads, L, valueDim]
    return output(tf, heads, x);
  }

  /** 1 where query and key both count, [B, 1, L, L]. */
  private static Operand<TFloat32> mask(Ops tf, Operand<TInt32> ids) {
    Operand<TFloat32> counts =
        tf.dtypes.cast(tf.math.notEqual(ids, tf.constant(0)), TFloat32.class); // [B, L]
    Operand<TFloat32> heads = tf.expandDims(counts, tf.constant(1)); // [B, 1, L]
    return tf.math.mul(tf.expandDims(heads, tf.constant(3)), tf.expandDims(heads, tf.constant(2)));
  }

  /** [B, heads, L, valueDim] → [B, L, D]. */
  private Operand<TFloat32> output(Ops tf, Operand<TFloat32> heads, Operand<TFloat32> like) {
    int width = options.numHeads() * options.valueDim();
    Operand<TFloat32> sideBySide =
        tf.reshape(
            swapHeads(tf, heads, options.numHeads()),
            tf.constant(new int[] {-1, width})); // [B·L, heads·valueDim]
    Operand<TFloat32> kernel =
        tf.reshape(outputKernel.value(), tf.constant(new int[] {width, inputDim}));
    Operand<TFloat32> out =
        tf.nn.biasAdd(tf.linalg.matMul(sideBySide, kernel), outputBias.value()); // [B·L, D]
    return Shapes.replaceLast(tf, out, like, inputDim); // [B, L, D]
  }

  /** Swaps the axes 1 and 2; with one head that changes no value's place. */
  private static Operand<TFloat32> swapHeads(Ops tf, Operand<TFloat32> x, int heads) {
    return heads == 1 ? x : tf.linalg.transpose(x, tf.constant(new int[] {0, 2, 1, 3}));
  }

  /** Keras' {@code EinsumDense} from [B, L, D] to heads. */
  private static final class Projection {
    private final Weight kernel;
    private final Weight bias;
    private final int inputDim;
    private final int heads;
    private final int headDim;

    /**
     * @param shape of the kernel, [D, heads, headDim]
     */
    Projection(LayerScope scope, Shape shape, Initializer initializer) {
      this.inputDim = Math.toIntExact(shape.get(0));
      this.heads = Math.toIntExact(shape.get(1));
      this.headDim = Math.toIntExact(shape.get(2));
      this.kernel = scope.add("kernel", shape, initializer, 0f);
      this.bias = scope.add("bias", Shape.of(heads, headDim), Initializer.ZEROS, 0f);
    }

    /** [B, L, D] → [B, heads, L, headDim]. */
    Operand<TFloat32> call(Ops tf, Operand<TFloat32> x) {
      int length = Math.toIntExact(x.shape().get(1));
      Operand<TFloat32> rows = tf.reshape(x, tf.constant(new int[] {-1, inputDim})); // [B·L, D]
      Operand<TFloat32> matrix =
          tf.reshape(kernel.value(), tf.constant(new int[] {inputDim, heads * headDim}));
      Operand<TFloat32> flatBias = tf.reshape(bias.value(), tf.constant(new int[] {-1}));
      Operand<TFloat32> out = tf.nn.biasAdd(tf.linalg.matMul(rows, matrix), flatBias);
      if (heads == 1) {
        return tf.reshape(out, tf.constant(new int[] {-1, 1, length, headDim}));
      }
      Operand<TFloat32> byStep =
          tf.reshape(out, tf.constant(new int[] {-1, length, heads, headDim}));
      return swapHeads(tf, byStep, heads);
    }
  }

  /** What attention does where the query or the key is padding, by the generation of Keras. */
  public enum Masking {
    /**
     * Adds -1e9 to the score. A padded query attends to all positions alike, and gradient flows
     * through its scores. The default, since the models were born in Keras 2.
     */
    @JsonProperty("keras2")
    KERAS2 {
      @Override
      Operand<TFloat32> softmax(
          Ops tf, Operand<TFloat32> scores, Operand<TFloat32> mask, boolean dropout) {
        Operand<TFloat32> padded = tf.math.sub(tf.constant(1f), mask);
        return tf.nn.softmax(tf.math.add(scores, tf.math.mul(padded, tf.constant(MASKED))));
      }

      @Override
      Initializer kernel(int inputAxes) {
        return Initializer.GLOROT_UNIFORM;
      }
    },
    /**
     * Puts -1e9 in the score's place, and 0 in the weight's: a padded query attends to nothing. A
     * layer without dropout takes a fused path, which leaves the weights: it attends to all alike.
     */
    @JsonProperty("keras3")
    KERAS3 {
      @Override
      Operand<TFloat32> softmax(
          Ops tf, Operand<TFloat32> scores, Operand<TFloat32> mask, boolean dropout) {
        Operand<TFloat32> kept =
            tf.select(tf.math.greater(mask, tf.constant(0f)), scores, tf.constant(MASKED));
        Operand<TFloat32> weights = tf.nn.softmax(kept);
        return dropout ? tf.math.mul(weights, mask) : weights;
      }

      @Override
      Initializer kernel(int inputAxes) {
        return Initializer.glorotUniform(inputAxes);
      }
    };

    private static final float MASKED = -1e9f;

    /**
     * Attention weights over the last axis.
     *
     * @param scores [B, heads, T, S]
     * @param mask [B, 1, T, S], 1 where both positions count and 0 elsewhere
     * @param dropout whether the layer has dropout, in training or not
     * @return [B, heads, T, S]
     */
    abstract Operand<TFloat32> softmax(
        Ops tf, Operand<TFloat32> scores, Operand<TFloat32> mask, boolean dropout);

    /**
     * First values of a kernel in this generation's attention. Keras 2 counts the axes before the
     * last two as those of a convolution, Keras 3 knows inputs from outputs.
     *
     * @param inputAxes number of the kernel's first axes that are inputs
     */
    abstract Initializer kernel(int inputAxes);
  }
}
