package io.scenerank.layer.scene;

import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.Arguments;
import io.scenerank.layer.base.BoundLayer;
import io.scenerank.layer.base.BuildScope;
import io.scenerank.layer.base.Layer;
import io.scenerank.layer.base.Layer.CallContext;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.layer.base.Structure;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.types.family.TFloating;

/**
 * A stack of Dense layers ({@code DNNs} in the reference implementation). Batch normalisation,
 * activation and dropout follow every layer but the last, in this order; {@code out_active} adds
 * the activation after the last one. A single layer is a plain affine map.
 *
 * <p>Input [B, …, in], output [B, …, last unit]. Variables {@code dense_layers/<i>}, {@code
 * bn_layers/<i>} with {@code use_bn}, and {@code activation_layers/<i>/alpha} with {@code prelu}
 * and {@code dice}.
 *
 * <p>Source: the multi-layer perceptron of all models here; its batch normalisation as in Batch
 * Normalization (Ioffe and Szegedy, 2015), section 3.
 */
final class Dnn extends Layer {
  static final LayerType TYPE = type("Dnn").module("scenerank_keras.layers");

  /** The original implementation's name. */
  static final LayerType ORIGINAL = type("DNNs").module("custom");

  private final ImmutableList<Integer> units;

  private static LayerType type(String kerasClass) {
    return LayerType.of(kerasClass, Dnn::new)
        .argument("units")
        .argument("dropout_rate", 0.0)
        .argument("activation", "relu")
        .argument("out_active", false)
        .argument("use_bn", false)
        .argument("last_layer_name", null); // of a Dense, for Keras' eyes
  }

  private Dnn(LayerConfig config) {
    super(config);
    this.units = config.integers("units");
    if (units.isEmpty()) {
      throw config.wrong("units", "at least one width");
    }
  }

  @Override
  public Call build(BuildScope scope, Arguments<MaskedTensor> inputs) {
    InnerLayers inner = new InnerLayers(config());
    List<BoundLayer> dense = new ArrayList<>();
    List<BoundLayer> norms = new ArrayList<>();
    List<UnaryCall> activations = new ArrayList<>();
    List<BoundLayer> dropout = new ArrayList<>();
    int last = units.size() - 1;
    for (int i = 0; i <= last; i++) {
      dense.add(scope.child("dense_layers", i, inner.dense("dense_" + i, units.get(i))));
      if (i < last || config().flag("out_active")) {
        activations.add(
            inner.activation(
                scope, "activation_layers", ImmutableList.of(i), inner.name("activation")));
      }
      if (i < last && config().flag("use_bn")) {
        norms.add(scope.child("bn_layers", i, inner.plain("BatchNormalization", "bn_" + i)));
      }
      if (i < last) {
        Layer drop = inner.dropout("dropout_" + i, config().number("dropout_rate"));
        dropout.add(scope.child("dropout_layers", i, drop));
      }
    }
    Call stack =
        unary(
            (context, x) -> {
              Operand<TFloating> out = x;
              for (int i = 0; i <= last; i++) {
                out = dense.get(i).call(context.tf(), out); // [B, …, units[i]]
                out = called(context, norms, i, out);
                out = i < activations.size() ? activations.get(i).call(context, out) : out;
                out = called(context, dropout, i, out);
              }
              return out; // [B, …, units[last]]
            });
    return new Built(stack, dense.get(0));
  }

  /** Whether it is one layer, whose rows do not depend on each other and draw nothing. */
  boolean isOneLayer() {
    return units.size() == 1
        && !(config().flag("out_active")
            && InnerLayers.hasVariables(new InnerLayers(config()).name("activation")));
  }

  /** Whether it is one layer and nothing follows it. */
  boolean isAffine() {
    return units.size() == 1 && !config().flag("out_active");
  }

  /** Width of the output. */
  int width() {
    return units.get(units.size() - 1);
  }

  /**
   * The stack with its variables.
   *
   * @param first its first layer
   */
  record Built(Call stack, BoundLayer first) implements Call {
    @Override
    public Structure<MaskedTensor> call(CallContext context, Arguments<MaskedTensor> inputs) {
      return stack.call(context, inputs);
    }
  }

  private static Operand<TFloating> called(
      CallContext context, List<BoundLayer> layers, int i, Operand<TFloating> x) {
    return i < layers.size() ? layers.get(i).call(context.tf(), x) : x;
  }
}
