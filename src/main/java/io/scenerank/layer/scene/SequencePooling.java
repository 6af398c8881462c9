package io.scenerank.layer.scene;

import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.Arguments;
import io.scenerank.layer.base.BuildScope;
import io.scenerank.layer.base.Casts;
import io.scenerank.layer.base.Layer;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.layer.base.Structure;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReduceAny;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TFloating;

/**
 * One vector of a sequence's embeddings e with the weights w, which are 1 where none are given,
 * over the ids that are not padding: {@code sum} Σ w·e, {@code mean} Σ w·e / Σ w, {@code sqrtn} Σ
 * w·e / √(Σ w²), {@code max} the largest value of each dimension. Where every id is padding or
 * every weight is 0 it is 0.
 *
 * <p>Inputs ids [B, L], embeddings [B, L, D] and perhaps weights [B, L], output [B, D]. Without
 * {@code mask_zero} every id counts. Source: the combiners of TensorFlow's {@code
 * embedding_lookup_sparse}.
 */
final class SequencePooling extends Layer {
  static final LayerType TYPE =
      LayerType.of("SequencePooling", SequencePooling::new)
          .module("scenerank_keras.layers")
          .argument("combiner", "sum")
          .argument("mask_zero", true);

  private final String combiner;
  private final boolean maskZero;

  private SequencePooling(LayerConfig config) {
    super(config);
    this.combiner = config.text("combiner", ImmutableList.of("sum", "mean", "sqrtn", "max"));
    this.maskZero = config.flag("mask_zero");
  }

  @Override
  public Repeats repeats() {
    return Repeats.OF_THE_CLASS;
  }

  @Override
  public Call build(BuildScope scope, Arguments<MaskedTensor> inputs) {
    boolean weighted = inputs.tensors().size() > 2;
    if (weighted && combiner.equals("max")) {
      throw config().wrong("combiner", "sum, mean or sqrtn, for embeddings with weights");
    }
    return (context, arguments) -> {
      Ops tf = context.tf();
      Operand<TInt32> ids = arguments.tensors().get(0).ids(tf);
      Operand<TFloating> emb = arguments.tensors().get(1).floats();
      Operand<TBool> counts =
          tf.expandDims(
              maskZero ? tf.math.notEqual(ids, tf.constant(0)) : tf.math.equal(ids, ids),
              tf.constant(-1)); // [B, L, 1]
      if (combiner.equals("max")) {
        return Structure.leaf(MaskedTensor.of(max(tf, emb, counts)));
      }
      Operand<TFloating> weights = Casts.toFloating(tf, counts, emb.type()); // [B, L, 1]
      if (weighted) {
        Operand<TFloating> given =
            Casts.toFloating(tf, arguments.tensors().get(2).value(), emb.type());
        weights = tf.math.mul(weights, tf.expandDims(given, tf.constant(-1)));
      }
      return Structure.leaf(MaskedTensor.of(combined(tf, emb, weights)));
    };
  }

  private Operand<TFloating> combined(Ops tf, Operand<TFloating> emb, Operand<TFloating> weights) {
    Operand<TInt32> axis = tf.constant(1);
    Operand<TFloating> sum = tf.reduceSum(tf.math.mul(emb, weights), axis); // [B, D]
    return switch (combiner) {
      case "mean" -> tf.math.divNoNan(sum, tf.reduceSum(weights, axis));
      case "sqrtn" ->
          tf.math.divNoNan(sum, tf.math.sqrt(tf.reduceSum(tf.math.square(weights), axis)));
      default -> sum;
    };
  }

  private static Operand<TFloating> max(Ops tf, Operand<TFloating> emb, Operand<TBool> counts) {
    Operand<TFloating> lowest = Casts.number(tf, emb, Float.NEGATIVE_INFINITY);
    Operand<TFloating> largest =
        tf.reduceMax(tf.select(counts, emb, lowest), tf.constant(1)); // [B, D]
    Operand<TBool> any = tf.reduceAny(counts, tf.constant(1), new ReduceAny.Options[0]); // [B, 1]
    return tf.select(any, largest, tf.zerosLike(largest));
  }
}
