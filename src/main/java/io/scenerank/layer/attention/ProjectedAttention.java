package io.scenerank.layer.attention;

import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.Arguments;
import io.scenerank.layer.base.BoundLayer;
import io.scenerank.layer.base.BuildScope;
import io.scenerank.layer.base.Casts;
import io.scenerank.layer.base.Layer;
import io.scenerank.layer.base.Layer.CallContext;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.layer.base.Noise;
import io.scenerank.layer.base.Structure;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.family.TFloating;

/**
 * Attention of several heads between projections of query, value and key.
 *
 * <p>Inputs {@code query} [B, …, T, dim], {@code value} [B, …, S, n] and perhaps {@code key} [B, …,
 * S, m], output [B, …, T, dim] and, where requested, the weights [B, …, heads, T, S]. A query sees
 * the keys that no mask hides: the query's, the value's and the key's, {@code attention_mask}, the
 * causal one and the window. The output has the mask that the query carries.
 */
abstract class ProjectedAttention extends Layer {
  static final String GLOROT = "glorot_uniform";
  private static final String DROPOUT = "_dropout_layer";

  private final double rate;
  private final boolean gated;
  private final OptionalInt window;

  ProjectedAttention(LayerConfig config) {
    super(config);
    this.rate = Noise.rate(config, "dropout");
    this.gated = config.flag("use_gate");
    this.window =
        config.has("sliding_window")
            ? OptionalInt.of(config.integer("sliding_window", 1))
            : OptionalInt.empty();
  }

  /** Adds the arguments that both layers have. */
  static LayerType arguments(LayerType type) {
    return type.argument("dropout", 0.0)
        .argument("use_bias", true)
        .argument("sliding_window", null)
        .only("flash_attention", null)
        .variable("kernel", GLOROT)
        .variable("bias", "zeros")
        .argument("activity_regularizer", null)
        .argument("use_gate", false)
        .argument("seed", null);
  }

  /**
   * The sizes of a layer's projections.
   *
   * @param query heads and width of the query's and the key's
   * @param key heads and width of the key's
   * @param value heads and width of the value's
   * @param gate heads and width of the gate's
   * @param output axes of the output
   */
  record Widths(
      List<Integer> query,
      List<Integer> key,
      List<Integer> value,
      List<Integer> gate,
      List<Integer> output) {}

  abstract Widths widths(MaskedTensor query);

  /** Name of the attribute that holds a projection, as {@code query}. */
  abstract String attribute(String projection);

  /** The computation between the projections. */
  abstract DotAttention attention(Noise noise, double rate, int rank);

  /** A projected key or value, with as many heads as the query. */
  abstract Operand<TFloating> headsOfQuery(Ops tf, Operand<TFloating> keyOrValue);

  /** The query's mask of a call. */
  abstract Optional<Operand<TBool>> queryMask(Ops tf, Arguments<MaskedTensor> inputs);

  @Override
  public Masking masking() {
    return Masking.OWN;
  }

  /** The projections in their places, in the order in which Keras creates them. */
  private record Projections(
      BoundLayer query,
      BoundLayer key,
      Optional<BoundLayer> gate,
      BoundLayer value,
      BoundLayer output) {}

  @Override
  public Call build(BuildScope scope, Arguments<MaskedTensor> inputs) {
    MaskedTensor query = inputs.tensor("query", 0);
    Widths widths = widths(query);
    Projections projections =
        new Projections(
            projection(scope, "query", 1, widths.query(), "linear"),
            projection(scope, "key", 1, widths.key(), "linear"),
            gated
                ? Optional.of(projection(scope, "gate", 1, widths.gate(), "sigmoid"))
                : Optional.empty(),
            projection(scope, "value", 1, widths.value(), "linear"),
            projection(scope, "output", 2, widths.output(), "linear"));
    DotAttention attention =
        attention(Noise.inside(scope, config(), DROPOUT), rate, query.rank() + 1);
    return (context, arguments) -> call(context, arguments, projections, attention);
  }

  private BoundLayer projection(
      BuildScope scope, String what, int inputAxes, List<Integer> sizes, String activation) {
    String name = what.equals("output") ? "attention_output" : what;
    return scope.child(
        attribute(what),
        "_" + what + "_dense",
        Projection.of(config(), name, inputAxes, sizes, activation));
  }

  private Structure<MaskedTensor> call(
      CallContext context,
      Arguments<MaskedTensor> inputs,
      Projections projections,
      DotAttention attention) {
    Ops tf = context.tf();
    MaskedTensor query = inputs.tensor("query", 0);
    MaskedTensor value = inputs.tensor("value", 1);
    MaskedTensor key = keyOf(inputs).orElse(value);
    Optional<Operand<TBool>> queryMask = queryMask(tf, inputs);
    Optional<Operand<TBool>> visible = visible(tf, inputs, queryMask);
    boolean wantsWeights = inputs.flag("return_attention_scores", 7);
    Function<MaskedTensor, Operand<TFloating>> plain = MaskedTensor::floats;
    Optional<Operand<TFloating>> gate =
        projections.gate().map(layer -> layer.call(tf, plain.apply(query)));
    DotAttention.Result result =
        attention.call(
            context,
            projections.query().call(tf, query.floats()),
            headsOfQuery(tf, projections.key().call(tf, key.floats())),
            headsOfQuery(tf, projections.value().call(tf, value.floats())),
            visible,
            wantsWeights);
    Operand<TFloating> heads =
        gate.isPresent() ? tf.math.mul(result.output(), gate.get()) : result.output();
    MaskedTensor output = new MaskedTensor(projections.output().call(tf, heads), query.mask());
    return wantsWeights
        ? Structure.items(ImmutableList.of(output, MaskedTensor.of(result.weights())))
        : Structure.leaf(output);
  }

  private static Optional<MaskedTensor> keyOf(Arguments<MaskedTensor> inputs) {
    return inputs.find("key", 2).map(Structure::only);
  }

  /** Which query sees which key, as [B, T, S]; absent where all see all. */
  private Optional<Operand<TBool>> visible(
      Ops tf, Arguments<MaskedTensor> inputs, Optional<Operand<TBool>> queryMask) {
    MaskedTensor query = inputs.tensor("query", 0);
    MaskedTensor value = inputs.tensor("value", 1);
    Optional<Operand<TBool>> all = queryMask.map(mask -> AttentionMasks.ofQueries(tf, mask));
    Optional<Operand<TBool>> valueMask = given(tf, inputs, "value_mask", 4).or(value::mask);
    all = AttentionMasks.and(tf, all, valueMask.map(mask -> AttentionMasks.ofKeys(tf, mask)));
    Optional<Operand<TBool>> keyMask =
        given(tf, inputs, "key_mask", 5).or(() -> keyOf(inputs).flatMap(MaskedTensor::mask));
    all = AttentionMasks.and(tf, all, keyMask.map(mask -> AttentionMasks.ofKeys(tf, mask)));
    if (inputs.flag("use_causal_mask", 9)) {
      all =
          AttentionMasks.and(
              tf, all, Optional.of(AttentionMasks.causal(tf, query.value(), 1, value.value(), 1)));
    }
    if (window.isPresent()) {
      all =
          AttentionMasks.and(
              tf,
              all,
              Optional.of(
                  AttentionMasks.window(tf, query.value(), value.value(), window.getAsInt())));
    }
    return AttentionMasks.and(tf, given(tf, inputs, "attention_mask", 6), all);
  }

  /** A mask that the call is given. */
  static Optional<Operand<TBool>> given(
      Ops tf, Arguments<MaskedTensor> inputs, String name, int position) {
    return inputs.find(name, position).map(mask -> Casts.to(tf, mask.only().value(), TBool.class));
  }
}
