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
import org.tensorflow.op.core.Squeeze;
import org.tensorflow.types.family.TFloating;

/**
 * A stack of layers whose weights are generated from the scenario: {@code x ← dropout(activation(x
 * · W(s) + b(s)))}.
 *
 * <p>Inputs x [B, n, d] or [B, d] and scenario views [B, s], output of x's shape. Variables {@code
 * weights_dense/<i>} (d·d units), {@code bias_dense/<i>} (d units), and {@code
 * activation_list/<i>/alpha} with {@code prelu} ([n, d]) and {@code dice} ([1]). Source: M2M (Zhang
 * et al., 2022), "Meta unit".
 */
final class MetaUnit extends Layer {
  static final LayerType TYPE =
      LayerType.of("MetaUnit", MetaUnit::new)
          .argument("num_layer")
          .argument("activation", "leaky_relu")
          .argument("dropout", 0.0)
          .argument("l2_reg", 0.0);

  private final int layers;

  private MetaUnit(LayerConfig config) {
    super(config);
    this.layers = config.integer("num_layer", 1);
  }

  @Override
  public Call build(BuildScope scope, Arguments<MaskedTensor> inputs) {
    int width = inputs.tensors().get(0).size(-1);
    double l2Reg = config().number("l2_reg");
    InnerLayers inner = new InnerLayers(config());
    List<BoundLayer> weights = new ArrayList<>();
    List<BoundLayer> biases = new ArrayList<>();
    List<UnaryCall> activations = new ArrayList<>();
    List<BoundLayer> dropout = new ArrayList<>();
    for (int i = 0; i < layers; i++) {
      Layer weight = inner.dense("weights_dense_" + i, width * width, "linear", true, l2Reg);
      weights.add(scope.child("weights_dense", i, weight));
      Layer bias = inner.dense("bias_dense_" + i, width, "linear", true, l2Reg);
      biases.add(scope.child("bias_dense", i, bias));
      activations.add(
          inner.activation(
              scope, "activation_list", ImmutableList.of(i), inner.name("activation")));
      Layer drop = inner.dropout("dropout_" + i, config().number("dropout"));
      dropout.add(scope.child("dropout_list", i, drop));
    }
    return (context, arguments) -> {
      Ops tf = context.tf();
      Operand<TFloating> x = arguments.tensors().get(0).floats();
      Operand<TFloating> scenario = arguments.tensors().get(1).floats();
      boolean flat = x.shape().numDimensions() == 2;
      Operand<TFloating> h = flat ? tf.expandDims(x, tf.constant(1)) : x; // [B, n, d]
      for (int i = 0; i < layers; i++) {
        Operand<TFloating> matrices =
            tf.reshape(
                weights.get(i).call(tf, scenario), tf.constant(new int[] {-1, width, width}));
        Operand<TFloating> bias =
            tf.expandDims(biases.get(i).call(tf, scenario), tf.constant(1)); // [B, 1, d]
        Operand<TFloating> sum = tf.math.add(tf.train.batchMatMul(h, matrices, x.type()), bias);
        h = dropout.get(i).call(tf, activations.get(i).call(context, sum));
      }
      return Structure.leaf(MaskedTensor.of(flat ? tf.squeeze(h, Squeeze.axis(List.of(1L))) : h));
    };
  }
}
