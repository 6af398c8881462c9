package io.scenerank.layer.scene;

import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.Arguments;
import io.scenerank.layer.base.BoundLayer;
import io.scenerank.layer.base.BuildScope;
import io.scenerank.layer.base.Layer;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.layer.base.Structure;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TFloating;

/**
 * Parameter personalisation: one tower a task, whose every layer is scaled by a gate of the user
 * and the item. One gate a layer serves all towers; all gates read the towers' common input, not
 * the running hidden state, and no gradient flows back through it.
 *
 * <p>Inputs x [B, E] and persona [B, p]; output a list of T tensors [B, last unit]. Source: PEPNet
 * (Chang et al., 2023), section 3.3.
 */
final class PpNet extends Layer {
  static final LayerType TYPE = type("PpNet").module("scenerank_keras.layers");

  /** The original implementation's name. */
  static final LayerType ORIGINAL = type("PPNet").module("custom");

  private final int towers;
  private final ImmutableList<Integer> units;

  private static LayerType type(String kerasClass) {
    return LayerType.of(kerasClass, PpNet::new)
        .argument("multiples")
        .argument("hidden_units")
        .argument("activation", "relu")
        .argument("dropout", 0.0)
        .argument("l2_reg", 0.0);
  }

  private PpNet(LayerConfig config) {
    super(config);
    this.towers = config.integer("multiples", 1);
    this.units = config.integers("hidden_units");
  }

  @Override
  public Call build(BuildScope scope, Arguments<MaskedTensor> inputs) {
    InnerLayers inner = new InnerLayers(config());
    List<List<BoundLayer>> dense = new ArrayList<>();
    List<List<BoundLayer>> dropout = new ArrayList<>();
    for (int tower = 0; tower < towers; tower++) {
      dense.add(new ArrayList<>());
      dropout.add(new ArrayList<>());
      for (int i = 0; i < units.size(); i++) {
        ImmutableList<Integer> place = ImmutableList.of(tower, i);
        String name = "dense_" + tower + "_" + i;
        Layer layer =
            inner.dense(
                name, units.get(i), inner.name("activation"), true, config().number("l2_reg"));
        dense.get(tower).add(scope.child("dense_layers", place, layer));
        Layer drop = inner.dropout("dropout_" + tower + "_" + i, config().number("dropout"));
        dropout.get(tower).add(scope.child("dropout_layers", place, drop));
      }
    }
    List<BoundLayer> gates = new ArrayList<>();
    for (int i = 0; i < units.size(); i++) {
      gates.add(
          scope.child("gate_nu", i, EpNet.gate(config(), "gate_nu_" + i, units.get(i) * towers)));
    }
    return (context, arguments) -> {
      Ops tf = context.tf();
      Operand<TFloating> x = arguments.tensors().get(0).floats();
      Operand<TFloating> persona = arguments.tensors().get(1).floats();
      Operand<TFloating> prior = EpNet.prior(tf, persona, x); // [B, p + E]
      List<List<Operand<TFloating>>> scales = new ArrayList<>();
      gates.forEach(gate -> scales.add(byTower(tf, gate.call(tf, prior))));
      for (int i = 0; i < units.size(); i++) {
        for (int tower = 0; tower < towers; tower++) {
          Operand<TFloating> scale = scales.get(i).get(tower);
          scope.observe("gate/" + i + "/" + tower, () -> scale);
        }
      }
      List<MaskedTensor> outputs = new ArrayList<>();
      for (int tower = 0; tower < towers; tower++) {
        Operand<TFloating> h = x;
        for (int i = 0; i < units.size(); i++) {
          Operand<TFloating> out = dense.get(tower).get(i).call(tf, h); // [B, units[i]]
          h = tf.math.mul(scales.get(i).get(tower), out);
          h = dropout.get(tower).get(i).call(tf, h);
        }
        outputs.add(MaskedTensor.of(h));
      }
      return Structure.items(outputs);
    };
  }

  /** [B, T · units] → T times [B, units]. */
  private List<Operand<TFloating>> byTower(Ops tf, Operand<TFloating> gate) {
    return towers == 1
        ? List.of(gate)
        : List.copyOf(tf.split(tf.constant(1), gate, (long) towers).output());
  }
}
