package io.scenerank.layer.recommenders;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.scenerank.layer.base.Arguments;
import io.scenerank.layer.base.BoundLayer;
import io.scenerank.layer.base.BuildScope;
import io.scenerank.layer.base.Layer;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.layer.base.Structure;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TFloating;

/**
 * keras-rs' {@code FeatureCross}: {@code x0 · (pre_activation(x · U · V + bias) + diag_scale · x) +
 * x}; without a projection, U · V is one kernel.
 *
 * <p>Inputs x0 and x [B, …, d], of which x is x0 where it is left out; output [B, …, d] with the
 * mask of x0. Variables {@code down_proj_dense/kernel} [d, projection_dim], {@code dense/kernel}
 * [projection_dim or d, d] and {@code dense/bias} [d]. Source: DCN V2: Improved Deep and Cross
 * Network (Wang et al., 2020).
 */
final class FeatureCross extends Layer {
  static final LayerType TYPE =
      LayerType.of("FeatureCross", FeatureCross::new)
          .argument("projection_dim", null)
          .argument("diag_scale", 0.0)
          .argument("use_bias", true)
          .argument("pre_activation", null)
          .argument("kernel_initializer", "glorot_uniform")
          .argument("bias_initializer", "zeros")
          .argument("kernel_regularizer", null)
          .argument("bias_regularizer", null);

  private final Optional<Integer> projectionDim;
  private final double diagScale;

  private FeatureCross(LayerConfig config) {
    super(config);
    this.projectionDim =
        config.has("projection_dim")
            ? Optional.of(config.integer("projection_dim", 1))
            : Optional.empty();
    this.diagScale = config.has("diag_scale") ? config.number("diag_scale") : 0;
    if (diagScale < 0) {
      throw config.wrong("diag_scale", "a number of at least 0");
    }
  }

  @Override
  public Masking masking() {
    return Masking.PASS;
  }

  @Override
  public Call build(BuildScope scope, Arguments<MaskedTensor> inputs) {
    int width = inputs.tensor("x0", 0).size(-1);
    Optional<BoundLayer> down =
        projectionDim.map(dim -> scope.child("down_proj_dense", dense(projection(dim))));
    BoundLayer dense = scope.child("dense", dense(output(width)));
    return (context, arguments) -> {
      Ops tf = context.tf();
      Operand<TFloating> x0 = arguments.tensor("x0", 0).floats();
      Operand<TFloating> x = arguments.find("x", 1).map(given -> given.only().floats()).orElse(x0);
      requireAlike(x0, x);
      Operand<TFloating> low = down.isPresent() ? down.get().call(tf, x) : x;
      Operand<TFloating> crossed = dense.call(tf, low);
      if (diagScale > 0) {
        crossed = tf.math.add(crossed, tf.math.mul(context.number(x, diagScale), x));
      }
      return Structure.leaf(MaskedTensor.of(tf.math.add(tf.math.mul(x0, crossed), x)));
    };
  }

  private static void requireAlike(Operand<TFloating> x0, Operand<TFloating> x) {
    if (!x0.shape().isCompatibleWith(x.shape())) {
      throw new IllegalArgumentException(
          "x0 has the shape " + x0.shape() + " and x " + x.shape() + ", expected the same");
    }
  }

  private ObjectNode projection(int dim) {
    return given(List.of("kernel_initializer", "kernel_regularizer"))
        .put("units", dim)
        .put("use_bias", false);
  }

  private ObjectNode output(int width) {
    List<String> keys =
        List.of(
            "use_bias",
            "kernel_initializer",
            "kernel_regularizer",
            "bias_initializer",
            "bias_regularizer");
    return given(keys).put("units", width).set("activation", config().get("pre_activation"));
  }

  private ObjectNode given(List<String> keys) {
    ObjectNode given = JsonNodeFactory.instance.objectNode();
    keys.forEach(key -> given.set(key, config().get(key)));
    return given;
  }

  private Layer dense(ObjectNode given) {
    return config().inner("Dense", "dense", given);
  }
}
