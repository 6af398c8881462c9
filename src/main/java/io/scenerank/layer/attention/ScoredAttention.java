package io.scenerank.layer.attention;

import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.Arguments;
import io.scenerank.layer.base.BuildScope;
import io.scenerank.layer.base.Casts;
import io.scenerank.layer.base.Layer;
import io.scenerank.layer.base.Layer.CallContext;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.layer.base.Noise;
import io.scenerank.layer.base.Structure;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat16;
import org.tensorflow.types.family.TFloating;

/**
 * Attention without projections: the values' mean by weights that are the softmax of scores.
 *
 * <p>Inputs a list of query [B, T, dim], value [B, S, n] and perhaps key [B, S, dim], output [B, T,
 * n] and, where requested, the weights [B, T, S]. The mask of the value hides its steps, that of
 * the query makes zeros of the output and stays with it.
 */
abstract class ScoredAttention extends Layer {
  private static final double HIDDEN = 1e9;
  private static final double HIDDEN_OF_FLOAT16 = 65504;

  private final double rate;

  ScoredAttention(LayerConfig config) {
    super(config);
    this.rate = Noise.rate(config, "dropout");
  }

  /** The scores of a call. */
  @FunctionalInterface
  interface Scores {
    /**
     * How well each key answers each query.
     *
     * @param query [B, T, dim]
     * @param key [B, S, dim]
     * @return [B, T, S]
     */
    Operand<TFloating> call(Ops tf, Operand<TFloating> query, Operand<TFloating> key);
  }

  /**
   * Creates the variables.
   *
   * @param dim width of queries and keys
   */
  abstract Scores scores(BuildScope scope, int dim);

  @Override
  public Masking masking() {
    return Masking.OWN;
  }

  @Override
  public boolean takesMask() {
    return true;
  }

  @Override
  public Call build(BuildScope scope, Arguments<MaskedTensor> inputs) {
    Scores scores = scores(scope, tensors(inputs).get(0).size(-1));
    Noise noise = Noise.of(scope, config());
    return (context, arguments) -> call(context, arguments, scores, noise);
  }

  private static ImmutableList<MaskedTensor> tensors(Arguments<MaskedTensor> inputs) {
    ImmutableList<MaskedTensor> tensors = inputs.get("inputs", 0).leaves();
    if (tensors.size() < 2 || tensors.size() > 3) {
      throw new IllegalArgumentException(
          "called with "
              + tensors.size()
              + " tensors, expected query and value, or query, value and key, as a list");
    }
    return tensors;
  }

  private Structure<MaskedTensor> call(
      CallContext context, Arguments<MaskedTensor> inputs, Scores scores, Noise noise) {
    Ops tf = context.tf();
    ImmutableList<MaskedTensor> tensors = tensors(inputs);
    List<Optional<Operand<TBool>>> masks = masks(tf, inputs, tensors);
    Operand<TFloating> query = tensors.get(0).floats();
    Operand<TFloating> value = tensors.get(1).floats();
    Operand<TFloating> key = tensors.get(tensors.size() - 1).floats();
    Optional<Operand<TBool>> visible =
        masks.get(1).map(mask -> AttentionMasks.ofKeys(tf, mask)); // [B, 1, S]
    if (inputs.flag("use_causal_mask", 4) || config().flag("causal")) {
      int steps = query.shape().numDimensions() - 2;
      visible =
          AttentionMasks.and(
              tf, visible, Optional.of(AttentionMasks.causal(tf, query, steps, key, steps)));
    }
    Operand<TFloating> weights = tf.nn.softmax(hidden(tf, scores.call(tf, query, key), visible));
    Operand<TFloating> dropped = noise.dropout(context, weights, rate, Optional.empty());
    Operand<TFloating> out =
        tf.linalg.einsum(List.of(dropped, value), "...ts,...sd->...td"); // [B, T, n]
    if (masks.get(0).isPresent()) {
      out =
          tf.select(
              AttentionMasks.ofQueries(tf, masks.get(0).get()), out, Casts.number(tf, out, 0));
    }
    MaskedTensor output = new MaskedTensor(out, masks.get(0));
    return inputs.flag("return_attention_scores", 3)
        ? Structure.items(ImmutableList.of(output, MaskedTensor.of(dropped)))
        : Structure.leaf(output);
  }

  /** The masks of the query and the value: those of the call, or else the tensors' own. */
  private static List<Optional<Operand<TBool>>> masks(
      Ops tf, Arguments<MaskedTensor> inputs, List<MaskedTensor> tensors) {
    Optional<Structure<MaskedTensor>> given = inputs.find("mask", 1);
    if (given.isEmpty()) {
      return List.of(tensors.get(0).mask(), tensors.get(1).mask());
    }
    if (!(given.get() instanceof Structure.Items<MaskedTensor> list) || list.items().size() < 2) {
      throw new IllegalArgumentException(
          "the mask is not a list, expected those of query and value");
    }
    List<Optional<Operand<TBool>>> masks = new ArrayList<>();
    for (Structure<MaskedTensor> item : list.items()) {
      masks.add(
          item.leaves().stream().findFirst().map(mask -> Casts.to(tf, mask.value(), TBool.class)));
    }
    return masks;
  }

  private static Operand<TFloating> hidden(
      Ops tf, Operand<TFloating> scores, Optional<Operand<TBool>> visible) {
    if (visible.isEmpty()) {
      return scores;
    }
    double far = scores.type() == (Class<?>) TFloat16.class ? HIDDEN_OF_FLOAT16 : HIDDEN;
    return tf.select(visible.get(), scores, tf.math.sub(scores, Casts.number(tf, scores, far)));
  }
}
