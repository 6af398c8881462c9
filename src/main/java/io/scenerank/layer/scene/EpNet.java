package io.scenerank.layer.scene;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.Arguments;
import io.scenerank.layer.base.BoundLayer;
import io.scenerank.layer.base.BuildScope;
import io.scenerank.layer.base.Layer;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.layer.base.Structure;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TFloating;

/**
 * Embedding personalisation: scales the shared embedding by a gate of the scenario. The gate reads
 * the embedding too, but no gradient flows back through that path, so that the gate does not
 * disturb what the scenarios share.
 *
 * <p>Inputs domain [B, d] and emb [B, E], output [B, E]. Source: PEPNet (Chang et al., 2023),
 * section 3.2.
 */
final class EpNet extends Layer {
  static final LayerType TYPE =
      LayerType.of("EpNet", EpNet::new).module("scenerank_keras.layers").argument("l2_reg", 0.0);

  /** The original implementation's name. */
  static final LayerType ORIGINAL =
      LayerType.of("EPNet", EpNet::new).module("custom").argument("l2_reg", 0.0);

  private EpNet(LayerConfig config) {
    super(config);
  }

  @Override
  public Call build(BuildScope scope, Arguments<MaskedTensor> inputs) {
    int embDim = inputs.tensors().get(1).size(-1);
    BoundLayer gateNu = scope.child("gate_nu", gate(config(), "gate_nu", embDim));
    return (context, arguments) -> {
      Ops tf = context.tf();
      ImmutableList<MaskedTensor> given = arguments.tensors();
      Operand<TFloating> emb = given.get(1).floats();
      Operand<TFloating> prior = prior(tf, given.get(0).floats(), emb); // [B, d + E]
      Operand<TFloating> scales = gateNu.call(tf, prior); // [B, E]
      scope.observe("gate", () -> scales);
      return Structure.leaf(MaskedTensor.of(tf.math.mul(scales, emb))); // [B, E]
    };
  }

  /** A gate of one width in both layers. */
  static Layer gate(LayerConfig owner, String name, int width) {
    ObjectNode config = JsonNodeFactory.instance.objectNode();
    config.putArray("hidden_units").add(width).add(width);
    config.put("l2_reg", owner.number("l2_reg"));
    return owner.inner("GateNu", name, config);
  }

  /** What a gate reads: no gradient flows back into the second part. */
  static Operand<TFloating> prior(Ops tf, Operand<TFloating> first, Operand<TFloating> second) {
    return tf.concat(List.of(first, tf.stopGradient(second)), tf.constant(-1));
  }
}
