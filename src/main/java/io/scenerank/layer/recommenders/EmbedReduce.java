package io.scenerank.layer.recommenders;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.Arguments;
import io.scenerank.layer.base.BuildScope;
import io.scenerank.layer.base.Casts;
import io.scenerank.layer.base.Layer;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.layer.base.Structure;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TFloat16;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TFloating;
import org.tensorflow.types.family.TType;

/**
 * keras-rs' {@code EmbedReduce}: the rows of a table for a list of ids, reduced to one by a {@code
 * combiner}: their weighted sum, divided by the sum of the weights ({@code mean}) or by the root of
 * the sum of their squares ({@code sqrtn}), 0 where that is 0.
 *
 * <p>Inputs ids [B, …, L] and perhaps weights of this shape or of its first axes, whose other axes
 * then count once; output [B, …, output_dim]. One id a row, [B], is not reduced. As in keras-rs,
 * {@code mask_zero} leaves no id out: it only gives the output the mask of the ids. Variable {@code
 * embeddings} [input_dim, output_dim].
 */
final class EmbedReduce extends Layer {
  private static final ImmutableList<String> OF_EMBEDDING =
      ImmutableList.of(
          "input_dim",
          "output_dim",
          "embeddings_initializer",
          "embeddings_regularizer",
          "embeddings_constraint",
          "mask_zero");

  static final LayerType TYPE =
      LayerType.of("EmbedReduce", EmbedReduce::new)
          .argument("input_dim")
          .argument("output_dim")
          .variable("embeddings", "uniform")
          .argument("mask_zero", false)
          .only("weights", null)
          .only("quantization_config", null)
          .argument("combiner", "mean");

  private final Layer embedding;
  private final String combiner;

  private EmbedReduce(LayerConfig config) {
    super(config);
    ObjectNode given = JsonNodeFactory.instance.objectNode();
    OF_EMBEDDING.forEach(key -> given.set(key, config.get(key)));
    this.embedding = config.inner("Embedding", config.name(), given);
    this.combiner = config.text("combiner", ImmutableList.of("mean", "sum", "sqrtn"));
  }

  @Override
  public Masking masking() {
    return Masking.OWN;
  }

  @Override
  public boolean autocasts() {
    return false;
  }

  @Override
  public Call build(BuildScope scope, Arguments<MaskedTensor> inputs) {
    // The table is this layer's own variable, as it is in Keras.
    Call look = embedding.build(scope, Arguments.of(inputs.tensor("inputs", 0)));
    return (context, arguments) -> {
      Ops tf = context.tf();
      MaskedTensor found =
          look.call(context, Arguments.of(arguments.tensor("inputs", 0))).only(); // [B, …, L, D]
      Optional<MaskedTensor> weights = arguments.find("weights", 1).map(Structure::only);
      return Structure.leaf(new MaskedTensor(reduced(tf, found.floats(), weights), found.mask()));
    };
  }

  private Operand<TFloating> reduced(
      Ops tf, Operand<TFloating> rows, Optional<MaskedTensor> given) {
    int rank = rows.shape().numDimensions();
    given.ifPresent(weights -> requireFit(weights, rows));
    Operand<TFloating> x =
        given.isPresent() ? Casts.toFloating(tf, rows, common(rows, given.get())) : rows;
    boolean weighted = given.isPresent() && (rank > 2 || combiner.equals("sum"));
    Operand<TFloating> weights =
        weighted
            ? widened(tf, Casts.toFloating(tf, given.get().value(), x.type()), rank)
            : ones(tf, x);
    Operand<TFloating> products = weighted ? tf.math.mul(x, weights) : x;
    if (rank <= 2) {
      return products;
    }
    Operand<TInt32> axis = tf.constant(rank - 2);
    Operand<TFloating> sum = tf.reduceSum(products, axis); // [B, …, D]
    return switch (combiner) {
      case "mean" -> tf.math.divNoNan(sum, tf.reduceSum(weights, axis));
      case "sqrtn" ->
          tf.math.divNoNan(sum, tf.math.sqrt(tf.reduceSum(tf.math.square(weights), axis)));
      default -> sum;
    };
  }

  /** The first axes of the weights have to be those of the rows that were found. */
  private static void requireFit(MaskedTensor weights, Operand<TFloating> rows) {
    int rank = weights.rank();
    boolean fits =
        rank <= rows.shape().numDimensions()
            && rows.shape().take(rank).isCompatibleWith(weights.shape());
    if (!fits) {
      throw new IllegalArgumentException(
          "weights have the shape "
              + weights.shape()
              + ", the embedded ids "
              + rows.shape()
              + ", expected the first axes of it");
    }
  }

  /** Ones, [B, …, L, 1]. */
  private static Operand<TFloating> ones(Ops tf, Operand<TFloating> x) {
    Operand<TInt32> shape = tf.shape(x);
    int rank = x.shape().numDimensions();
    Operand<TInt32> leading =
        tf.slice(shape, tf.constant(new int[] {0}), tf.constant(new int[] {rank - 1}));
    return tf.fill(
        tf.concat(List.of(leading, tf.constant(new int[] {1})), tf.constant(0)),
        Casts.number(tf, x, 1));
  }

  /** Adds axes of size 1 behind the others. */
  private static Operand<TFloating> widened(Ops tf, Operand<TFloating> weights, int rank) {
    Operand<TFloating> widened = weights;
    for (int axis = weights.shape().numDimensions(); axis < rank; axis++) {
      widened = tf.expandDims(widened, tf.constant(axis));
    }
    return widened;
  }

  /** The type that rows and weights become together. */
  private static Class<? extends TType> common(Operand<TFloating> rows, MaskedTensor weights) {
    Class<?> left = rows.type();
    Class<?> right = weights.value().type();
    if (!weights.isFloating() || left == right) {
      return rows.type();
    }
    if (left == TFloat64.class || right == TFloat64.class) {
      return TFloat64.class;
    }
    boolean halves =
        (left == TFloat16.class || left == TBfloat16.class)
            && (right == TFloat16.class || right == TBfloat16.class);
    return halves || left == TFloat32.class || right == TFloat32.class
        ? TFloat32.class
        : rows.type();
  }
}
