package io.scenerank.layer.attention;

import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.Arguments;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.layer.base.Noise;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.family.TFloating;

/**
 * Keras' {@code GroupQueryAttention}: several heads of the query share one of key and value. Shapes
 * and masks as in {@link ProjectedAttention}.
 *
 * <p>Layers inside it, each with {@code kernel} and {@code bias}: {@code _query_dense}, {@code
 * _gate_dense} [dim, num_query_heads, head_dim], {@code _key_dense}, {@code _value_dense} [dim,
 * num_key_value_heads, head_dim], {@code _output_dense} [num_query_heads, head_dim, dim]. Source:
 * Keras' layer of this name; GQA (Ainslie et al., 2023), section 2.2.
 */
final class GroupedQueryAttention extends ProjectedAttention {
  static final LayerType TYPE =
      arguments(LayerType.of("GroupedQueryAttention", GroupedQueryAttention::new))
          .alias("GroupQueryAttention")
          .argument("head_dim")
          .argument("num_query_heads")
          .argument("num_key_value_heads");

  private final int width;
  private final int queryHeads;
  private final int heads;

  private GroupedQueryAttention(LayerConfig config) {
    super(config);
    this.width = config.integer("head_dim", 1);
    this.queryHeads = config.integer("num_query_heads", 1);
    this.heads = config.integer("num_key_value_heads", 1);
    if (queryHeads % heads != 0) {
      throw config.wrong("num_query_heads", "a multiple of num_key_value_heads, " + heads);
    }
  }

  @Override
  Widths widths(MaskedTensor query) {
    return new Widths(
        ImmutableList.of(queryHeads, width),
        ImmutableList.of(heads, width),
        ImmutableList.of(heads, width),
        ImmutableList.of(queryHeads, width),
        ImmutableList.of(query.size(-1)));
  }

  @Override
  String attribute(String projection) {
    return "_" + projection + "_dense";
  }

  /** [B, S, heads, width] → [B, S, queryHeads, width]. */
  @Override
  Operand<TFloating> headsOfQuery(Ops tf, Operand<TFloating> keyOrValue) {
    if (queryHeads == heads) {
      return keyOrValue;
    }
    int[] source = new int[queryHeads];
    for (int i = 0; i < source.length; i++) {
      source[i] = i / (queryHeads / heads);
    }
    return tf.gather(keyOrValue, tf.constant(source), tf.constant(2));
  }

  @Override
  Optional<Operand<TBool>> queryMask(Ops tf, Arguments<MaskedTensor> inputs) {
    return given(tf, inputs, "query_mask", 3).or(inputs.tensor("query", 0)::mask);
  }

  @Override
  DotAttention attention(Noise noise, double rate, int rank) {
    if (rank != 4) {
      throw new IllegalArgumentException(
          "the query has " + (rank - 1) + " axes, expected 3: batch, steps and width");
    }
    return new DotAttention(
        "bquh,bkuh->buqk",
        "buqk,bkuh->bquh",
        1,
        1 / Math.sqrt(width),
        config().generation(),
        noise,
        rate);
  }
}
