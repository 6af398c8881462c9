package io.scenerank.layer.scene;

import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.Arguments;
import io.scenerank.layer.base.BoundLayer;
import io.scenerank.layer.base.BuildScope;
import io.scenerank.layer.base.Layer;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.MaskedTensor;
import org.tensorflow.op.Ops;

/**
 * Gate Neural Unit, a two-layer network that scales what it is multiplied with by a personalised
 * prior: {@code gamma · sigmoid(relu(x W0 + b0) W1 + b1)}.
 *
 * <p>Input [B, p], output [B, hidden_units[1]] in (0, gamma). Source: PEPNet (Chang et al., 2023),
 * section 3.1.
 */
final class GateNu extends Layer {
  static final LayerType TYPE = type("GateNu").module("scenerank_keras.layers");

  /** The original implementation's name. */
  static final LayerType ORIGINAL = type("GateNU").module("custom");

  private final Layer hidden;
  private final Layer scale;
  private final double gamma;

  private static LayerType type(String kerasClass) {
    return LayerType.of(kerasClass, GateNu::new)
        .argument("hidden_units")
        .argument("gamma", 2.0)
        .argument("l2_reg", 0.0);
  }

  private GateNu(LayerConfig config) {
    super(config);
    ImmutableList<Integer> units = config.integers("hidden_units");
    if (units.size() != 2) {
      throw config.wrong("hidden_units", "two widths");
    }
    double l2Reg = config.number("l2_reg");
    InnerLayers inner = new InnerLayers(config);
    this.hidden = inner.dense("dense", units.get(0), "relu", true, l2Reg);
    this.scale = inner.dense("dense_1", units.get(1), "sigmoid", true, l2Reg);
    this.gamma = config.number("gamma");
  }

  @Override
  public Call build(BuildScope scope, Arguments<MaskedTensor> inputs) {
    BoundLayer first = scope.child("dense_layers", 0, hidden);
    BoundLayer second = scope.child("dense_layers", 1, scale);
    return unary(
        (context, x) -> {
          Ops tf = context.tf();
          return tf.math.mul(context.number(x, gamma), second.call(tf, first.call(tf, x)));
        });
  }
}
