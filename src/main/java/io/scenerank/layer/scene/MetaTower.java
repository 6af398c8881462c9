package io.scenerank.layer.scene;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
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
      MetaUnits.arguments(LayerType.of("MetaTower", MetaTower::new))
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

  @Override
  public Call build(BuildScope scope, Arguments<MaskedTensor> inputs) {
    InnerLayers inner = new InnerLayers(config());
    List<BoundLayer> ofSteps = new ArrayList<>();
    List<UnaryCall> activations = new ArrayList<>();
    List<BoundLayer> dropout = new ArrayList<>();
    for (int i = 0; i < steps; i++) {
      ImmutableList<Integer> place = ImmutableList.of(i);
      ofSteps.add(units.bind(scope, "layers", place, config().integer("meta_unit_depth", 1)));
      activations.add(inner.activation(scope, "activation_list", place, inner.name("activation")));
      Layer drop = inner.dropout("dropout_" + i, config().number("dropout"));
      dropout.add(scope.child("dropout_list", i, drop));
    }
    boolean residual = config().flag("tower_residual");
    return (context, arguments) -> {
      Ops tf = context.tf();
      Operand<TFloating> h = arguments.tensors().get(0).floats();
      Operand<TFloating> scenario = arguments.tensors().get(1).floats();
      for (int i = 0; i < steps; i++) {
        Operand<TFloating> made = MetaUnits.call(tf, ofSteps.get(i), h, scenario); // [B, d]
        Operand<TFloating> sum = residual ? tf.math.add(made, h) : made;
        h = dropout.get(i).call(tf, activations.get(i).call(context, sum));
      }
      return Structure.leaf(MaskedTensor.of(h));
    };
  }
}
