package io.scenerank.layer.attention;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.Arguments;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.layer.base.Noise;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.family.TFloating;

/**
 * Keras' {@code MultiHeadAttention}: shapes and masks as in {@link ProjectedAttention}.
 *
 * <p>Layers inside it, each with {@code kernel} and {@code bias}: {@code query_dense}, {@code
 * key_dense} [dim, heads, key_dim], {@code value_dense}, {@code _gate_dense} [dim, heads,
 * value_dim], {@code output_dense} [heads, value_dim, out…]. Source: Keras' layer of this name;
 * Attention Is All You Need (Vaswani et al., 2017), section 3.2.2.
 */
final class MultiHeadAttention extends ProjectedAttention {
  static final LayerType TYPE =
      arguments(LayerType.of("MultiHeadAttention", MultiHeadAttention::new))
          .argument("num_heads")
          .argument("key_dim")
          .argument("value_dim", null)
          .argument("output_shape", null)
          .argument("attention_axes", null)
          .ofKeras2(MultiHeadAttention::ofKeras2);

  private final int heads;
  private final int keyDim;
  private final int valueDim;

  private MultiHeadAttention(LayerConfig config) {
    super(config);
    this.heads = config.integer("num_heads", 1);
    this.keyDim = config.integer("key_dim", 1);
    this.valueDim = config.has("value_dim") ? config.integer("value_dim", 1) : keyDim;
  }

  private static ObjectNode ofKeras2(ObjectNode given) {
    given.remove(ImmutableList.of("query_shape", "key_shape", "value_shape"));
    return given;
  }

  /** Keras keeps the regularizer for the projections alone. */
  @Override
  public boolean regularizesActivity() {
    return false;
  }

  @Override
  Widths widths(MaskedTensor query) {
    List<Integer> output =
        config().has("output_shape")
            ? config().integers("output_shape")
            : ImmutableList.of(query.size(-1));
    return new Widths(
        ImmutableList.of(heads, keyDim),
        ImmutableList.of(heads, keyDim),
        ImmutableList.of(heads, valueDim),
        ImmutableList.of(heads, valueDim),
        output);
  }

  @Override
  String attribute(String projection) {
    return projection.equals("gate") ? "_gate_dense" : projection + "_dense";
  }

  @Override
  Operand<TFloating> headsOfQuery(Ops tf, Operand<TFloating> keyOrValue) {
    return keyOrValue;
  }

  /** Keras does not read the argument {@code query_mask}. */
  @Override
  Optional<Operand<TBool>> queryMask(Ops tf, Arguments<MaskedTensor> inputs) {
    return inputs.tensor("query", 0).mask();
  }

  /**
   * The einsums over the attention axes.
   *
   * @param rank axes of a projected query
   */
  @Override
  DotAttention attention(Noise noise, double rate, int rank) {
    List<Integer> axes = axes(rank);
    StringBuilder target = new StringBuilder(); // [B, …, T…, heads, width]
    StringBuilder source = new StringBuilder(); // [B, …, S…, heads, width]
    StringBuilder batch = new StringBuilder(); // [B, …, heads]
    StringBuilder queries = new StringBuilder();
    StringBuilder keys = new StringBuilder();
    for (int axis = 0; axis < rank; axis++) {
      char letter = (char) ('a' + axis);
      target.append(letter);
      source.append(axes.contains(axis) ? Character.toUpperCase(letter) : letter);
      if (!axes.contains(axis) && axis != rank - 1) {
        batch.append(letter);
      }
    }
    axes.forEach(axis -> queries.append((char) ('a' + axis)));
    axes.forEach(axis -> keys.append((char) ('A' + axis)));
    String scores = batch.toString() + queries + keys;
    return new DotAttention(
        target + "," + source + "->" + scores,
        scores + "," + source + "->" + target,
        axes.size(),
        1 / Math.sqrt(keyDim),
        config().generation(),
        noise,
        rate);
  }

  private List<Integer> axes(int rank) {
    if (!config().has("attention_axes")) {
      return IntStream.range(1, rank - 2).boxed().toList();
    }
    return config().integers("attention_axes").stream()
        .map(axis -> axis < 0 ? axis + rank - 1 : axis)
        .toList();
  }
}
