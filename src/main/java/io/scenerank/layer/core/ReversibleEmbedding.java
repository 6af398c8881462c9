package io.scenerank.layer.core;

import io.scenerank.layer.base.Arguments;
import io.scenerank.layer.base.BuildScope;
import io.scenerank.layer.base.Casts;
import io.scenerank.layer.base.KerasTypes;
import io.scenerank.layer.base.Layer;
import io.scenerank.layer.base.Layer.CallContext;
import io.scenerank.layer.base.Layer.Variable;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.layer.base.Structure;
import io.scenerank.variable.Shapes;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TFloating;
import org.tensorflow.types.family.TType;

/**
 * Keras' {@code ReversibleEmbedding}: a row of a table for each id; called with {@code reverse},
 * the products of vectors with all rows.
 *
 * <p>Input ids [B, …], output [B, …, output_dim]; in reverse, [B, …, output_dim] to [B, …,
 * input_dim]. Variable {@code embeddings} [input_dim, output_dim] and, unless {@code tie_weights},
 * {@code reverse_embeddings} [output_dim, input_dim]. Source: Keras' layer of this name.
 */
final class ReversibleEmbedding extends Layer {
  static final LayerType TYPE =
      LayerType.of("ReversibleEmbedding", ReversibleEmbedding::new)
          .argument("input_dim")
          .argument("output_dim")
          .argument("tie_weights", true)
          .variable("embeddings", "uniform")
          .argument("mask_zero", false)
          .argument("reverse_dtype", null)
          .argument("logit_soft_cap", null)
          .only("weights", null)
          .only("quantization_config", null);

  private final Shape shape;
  private final boolean tied;
  private final boolean maskZero;
  private final Optional<Double> softCap;
  private final Class<? extends TType> reverseType;

  private ReversibleEmbedding(LayerConfig config) {
    super(config);
    this.shape = Shape.of(config.integer("input_dim", 1), config.integer("output_dim", 1));
    this.tied = config.flag("tie_weights");
    this.maskZero = config.flag("mask_zero");
    this.softCap =
        config.has("logit_soft_cap")
            ? Optional.of(config.number("logit_soft_cap"))
            : Optional.empty();
    this.reverseType = reverseType(config);
  }

  private static Class<? extends TType> reverseType(LayerConfig config) {
    return config
        .optionalText("reverse_dtype")
        .<Class<? extends TType>>map(
            name ->
                KerasTypes.of(name)
                    .orElseThrow(() -> config.wrong("reverse_dtype", "a type of Keras")))
        .orElse(TFloat32.class);
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
    Variable table =
        tied
            ? scope.add("embeddings", shape, config(), "embeddings")
            : scope.addTable("embeddings", shape, config(), "embeddings");
    Optional<Variable> reverse = tied ? Optional.empty() : Optional.of(reverse(scope));
    Variable used = tied ? scope.adapted(table, config(), "embeddings") : table;
    return (context, arguments) ->
        Structure.leaf(
            arguments.flag("reverse", 1)
                ? MaskedTensor.of(products(context, arguments.only(), used, reverse))
                : Embedding.rows(scope, context.tf(), arguments.only(), used, tied, maskZero));
  }

  private Variable reverse(BuildScope scope) {
    Shape turned = Shape.of(shape.get(1), shape.get(0));
    return scope.add(
        "reverse_embeddings",
        turned,
        config().initializer("embeddings_initializer", turned),
        Optional.empty());
  }

  /** [B, …, D] · [D, rows] → [B, …, rows]. */
  private Operand<TFloating> products(
      CallContext context, MaskedTensor input, Variable table, Optional<Variable> reverse) {
    Ops tf = context.tf();
    Operand<TFloating> x = Casts.toFloating(tf, input.value(), reverseType);
    Operand<TFloat32> kernel =
        reverse.isPresent()
            ? reverse.get().value()
            : tf.linalg.transpose(table.value(), tf.constant(new int[] {1, 0}));
    Operand<TFloating> logits =
        Shapes.product(tf, x, Casts.toFloating(tf, kernel, reverseType)); // [B, …, rows]
    if (softCap.isEmpty()) {
      return logits;
    }
    Operand<TFloating> cap = context.number(logits, softCap.get());
    return tf.math.mul(tf.math.tanh(tf.math.div(logits, cap)), cap);
  }
}
