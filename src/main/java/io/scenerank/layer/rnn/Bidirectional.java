package io.scenerank.layer.rnn;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
import io.scenerank.layer.base.Structure;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.family.TFloating;

/**
 * Keras' {@code Bidirectional}: a recurrent layer forwards and another backwards, their outputs in
 * the same order and merged.
 *
 * <p>Input [B, T, D] and perhaps {@code initial_state}, the forward layer's first; output [B, (T,)
 * 2·size] or [B, (T,) size] by {@code merge_mode}, or both, and where requested the states of both.
 * Layers inside it: {@code forward_layer}, {@code backward_layer}. Source: Keras' layer of this
 * name; Bidirectional Recurrent Neural Networks (Schuster and Paliwal, 1997).
 */
final class Bidirectional extends Layer {
  static final LayerType TYPE =
      LayerType.of("Bidirectional", Bidirectional::new)
          .argument("layer")
          .argument("merge_mode", "concat")
          .only("weights", null)
          .argument("backward_layer", null);

  private static final ImmutableList<String> MODES =
      ImmutableList.of("sum", "mul", "ave", "concat");
  private static final String CONFIG = "config";
  private static final String NAME = "name";
  private static final String BACKWARDS = "go_backwards";

  private final RecurrentLayer forward;
  private final RecurrentLayer backward;
  private final Optional<String> mode;

  private Bidirectional(LayerConfig config) {
    super(config);
    this.forward = recurrent("layer", changed(config.get("layer"), "forward_"));
    JsonNode given = config.get("backward_layer");
    this.backward =
        recurrent(
            "backward_layer", given.isNull() ? mirrored(config.get("layer")) : changed(given, ""));
    this.mode =
        config.has("merge_mode") ? Optional.of(config.text("merge_mode", MODES)) : Optional.empty();
    boolean fit =
        forward.goesBackwards() != backward.goesBackwards()
            && forward.returnsSequences() == backward.returnsSequences()
            && forward.returnsState() == backward.returnsState();
    if (!fit) {
      throw config.wrong(
          "backward_layer",
          "a layer with the other go_backwards and the same return_sequences and return_state");
    }
  }

  /** Keras renames the layers, and asks both for zeros at masked steps of sequences. */
  private static JsonNode changed(JsonNode layer, String prefix) {
    ObjectNode json = layer.deepCopy();
    if (json.path(CONFIG) instanceof ObjectNode given) {
      given.set("zero_output_for_mask", given.path("return_sequences"));
      String name = given.path(NAME).asText();
      given.put(NAME, name.startsWith(prefix) ? name : prefix + name);
      json.remove(NAME);
    }
    return json;
  }

  private static JsonNode mirrored(JsonNode layer) {
    JsonNode json = changed(layer, "backward_");
    if (json.path(CONFIG) instanceof ObjectNode given) {
      given.put(BACKWARDS, !given.path(BACKWARDS).asBoolean());
    }
    return json;
  }

  private RecurrentLayer recurrent(String key, JsonNode json) {
    if (!(config().layer(key, json) instanceof RecurrentLayer layer)) {
      throw config().wrong(key, "SimpleRNN, GRU, LSTM or RNN");
    }
    return layer;
  }

  @Override
  public boolean wraps() {
    return true;
  }

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
    BoundLayer forwards = scope.child("forward_layer", forward);
    BoundLayer backwards = scope.child("backward_layer", backward);
    return (context, arguments) -> call(context, arguments, forwards, backwards);
  }

  private Structure<MaskedTensor> call(
      CallContext context,
      Arguments<MaskedTensor> inputs,
      BoundLayer forwards,
      BoundLayer backwards) {
    Ops tf = context.tf();
    MaskedTensor x = RecurrentLayer.sequences(inputs);
    ImmutableList<MaskedTensor> states = RecurrentLayer.givenStates(inputs);
    Optional<Operand<TBool>> mask = RecurrentLayer.maskOf(tf, inputs, config());
    MaskedTensor masked = x.withMask(mask);
    int half = states.size() / 2;
    ImmutableList<MaskedTensor> there =
        forwards.call(tf, arguments(masked, states.subList(0, half))).leaves();
    ImmutableList<MaskedTensor> back =
        backwards.call(tf, arguments(masked, states.subList(half, states.size()))).leaves();
    Operand<TFloating> y = there.get(0).floats();
    Operand<TFloating> reversed = back.get(0).floats();
    if (forward.returnsSequences()) {
      reversed = tf.reverse(reversed, tf.constant(new int[] {1}));
    }
    Optional<Operand<TBool>> outputMask =
        forward.returnsSequences() ? mask.or(x::mask) : Optional.empty();
    List<MaskedTensor> outputs = new ArrayList<>();
    if (mode.isPresent()) {
      outputs.add(new MaskedTensor(merged(tf, mode.get(), y, reversed), outputMask));
    } else {
      outputs.add(new MaskedTensor(y, outputMask));
      outputs.add(new MaskedTensor(reversed, outputMask));
    }
    outputs.addAll(there.subList(1, there.size()));
    outputs.addAll(back.subList(1, back.size()));
    return outputs.size() == 1 ? Structure.leaf(outputs.get(0)) : Structure.items(outputs);
  }

  /** A call of one of the two layers: the mask counts with states too. */
  private static Arguments<MaskedTensor> arguments(MaskedTensor x, List<MaskedTensor> states) {
    Arguments<MaskedTensor> arguments = Arguments.of(x);
    if (x.mask().isPresent()) {
      arguments = arguments.with("mask", Structure.leaf(MaskedTensor.of(x.mask().get())));
    }
    return states.isEmpty() ? arguments : arguments.with("initial_state", Structure.items(states));
  }

  private static Operand<TFloating> merged(
      Ops tf, String mode, Operand<TFloating> a, Operand<TFloating> b) {
    return switch (mode) {
      case "sum" -> tf.math.add(a, b);
      case "mul" -> tf.math.mul(a, b);
      case "ave" -> tf.math.div(tf.math.add(a, b), Casts.number(tf, a, 2));
      default -> tf.concat(List.of(a, b), tf.constant(-1));
    };
  }
}
