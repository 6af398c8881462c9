package io.scenerank.layer.scene;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.layer.base.Arguments;
import io.scenerank.layer.base.BoundLayer;
import io.scenerank.layer.base.BuildScope;
import io.scenerank.layer.base.Layer;
import io.scenerank.layer.base.Layer.CallContext;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.layer.base.Structure;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TFloating;

/**
 * A task's tower of meta units, each followed by the activation and the dropout once more. The
 * paper's formula adds a unit's input to its output before the activation; the Python code does
 * not.
 *
 * <p>Inputs x [B, d] and scenario views [B, s], output [B, d]. Variables the units', and {@code
 * activation_list/<j>/alpha} with {@code prelu} ([d]) and {@code dice} ([1]). Source: M2M (Zhang et
 * al., 2022), "Tower meta network".
 */
final class MetaTower extends Layer {
  static final LayerType TYPE =
      MetaUnits.arguments(
              LayerType.of("MetaTower", MetaTower::new).module("scenerank_keras.meta_layers"))
          .argument("meta_unit_depth", 3)
          .argument("tower_residual", false);

  private final MetaUnits units;
  private final int steps;

  private MetaTower(LayerConfig config) {
    super(config);
    this.units = new MetaUnits(config);
    this.steps = config.integer("num_layer", 1);
  }

  @Override
  public ImmutableMap<Layer, Integer> sharedLayers() {
    return units.shared(steps);
  }

  /** The unit that other layers hold too; absent where the layer has its own. */
  Optional<Layer> sharedUnit() {
    return units.given();
  }

  /** Whether the activation between the steps has no variables. */
  boolean hasPlainActivation() {
    return !InnerLayers.hasVariables(new InnerLayers(config()).name("activation"));
  }

  /** What has to be the same for two towers to be computed at once. */
  ImmutableList<Object> alike() {
    return ImmutableList.of(
        units.given(),
        steps,
        config().get("activation"),
        config().get("dropout"),
        config().flag("tower_residual"));
  }

  @Override
  public Call build(BuildScope scope, Arguments<MaskedTensor> inputs) {
    InnerLayers inner = new InnerLayers(config());
    ImmutableList.Builder<Step> list = ImmutableList.builder();
    for (int i = 0; i < steps; i++) {
      ImmutableList<Integer> place = ImmutableList.of(i);
      Layer drop = inner.dropout("dropout_" + i, config().number("dropout"));
      list.add(
          new Step(
              units.bind(scope, "layers", place, config().integer("meta_unit_depth", 1)),
              inner.activation(scope, "activation_list", place, inner.name("activation")),
              scope.child("dropout_list", i, drop)));
    }
    return new Built(list.build(), config().flag("tower_residual"));
  }

  /** A unit, what follows it, and the dropout after that. */
  record Step(BoundLayer unit, UnaryCall activation, BoundLayer dropout) {}

  /** The layer with its variables. */
  record Built(ImmutableList<Step> steps, boolean residual) implements Call {
    @Override
    public Structure<MaskedTensor> call(CallContext context, Arguments<MaskedTensor> inputs) {
      Ops tf = context.tf();
      Operand<TFloating> h = inputs.tensors().get(0).floats();
      Operand<TFloating> scenario = inputs.tensors().get(1).floats();
      for (Step step : steps) {
        Operand<TFloating> made = MetaUnits.call(tf, step.unit(), h, scenario); // [B, d]
        Operand<TFloating> sum = residual ? tf.math.add(made, h) : made;
        h = step.dropout().call(tf, step.activation().call(context, sum));
      }
      return Structure.leaf(MaskedTensor.of(h));
    }
  }
}
