package io.scenerank.layer.scene;

import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.Arguments;
import io.scenerank.layer.base.BatchProduct;
import io.scenerank.layer.base.BoundLayer;
import io.scenerank.layer.base.BuildScope;
import io.scenerank.layer.base.Layer;
import io.scenerank.layer.base.Layer.CallContext;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.layer.base.Structure;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.Output;
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
          .module("scenerank_keras.meta_layers")
          .argument("num_layer")
          .argument("activation", "leaky_relu")
          .argument("dropout", 0.0)
          .argument("l2_reg", 0.0);

  private final int layers;

  private MetaUnit(LayerConfig config) {
    super(config);
    this.layers = config.integer("num_layer", 1);
  }

  /**
   * Units that several layers are given are the same if they have one name and equal arguments: a
   * configuration need not say more.
   */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof MetaUnit unit
        && unit.name().equals(name())
        && unit.config().json().equals(config().json());
  }

  @Override
  public int hashCode() {
    return name().hashCode();
  }

  @Override
  public Call build(BuildScope scope, Arguments<MaskedTensor> inputs) {
    return build(scope, inputs.tensors().get(0).size(-1));
  }

  /** Whether no activation has variables. */
  boolean hasPlainActivation() {
    return !InnerLayers.hasVariables(new InnerLayers(config()).name("activation"));
  }

  /**
   * Creates the layer's variables.
   *
   * @param width d
   */
  Built build(BuildScope scope, int width) {
    double l2Reg = config().number("l2_reg");
    InnerLayers inner = new InnerLayers(config());
    List<Step> steps = new ArrayList<>();
    for (int i = 0; i < layers; i++) {
      ImmutableList<Integer> place = ImmutableList.of(i);
      Layer weight = inner.dense("weights_dense_" + i, width * width, "linear", true, l2Reg);
      Layer bias = inner.dense("bias_dense_" + i, width, "linear", true, l2Reg);
      Layer drop = inner.dropout("dropout_" + i, config().number("dropout"));
      // In the order of the attributes in Keras, which is that of the variables in its files.
      UnaryCall activation =
          inner.activation(scope, "activation_list", place, inner.name("activation"));
      steps.add(
          new Step(
              scope.child("weights_dense", i, weight),
              scope.child("bias_dense", i, bias),
              activation,
              scope.child("dropout_list", i, drop)));
    }
    return new Built(width, ImmutableList.copyOf(steps), new HashMap<>());
  }

  /** One layer of the unit. */
  record Step(BoundLayer weights, BoundLayer bias, UnaryCall activation, BoundLayer dropout) {}

  /**
   * The weights of a layer of the unit for a batch.
   *
   * @param matrices [B, d, d]
   * @param bias [B, 1, d]
   */
  record Generated(Operand<TFloating> matrices, Operand<TFloating> bias) {}

  /**
   * The unit with its variables. What it generates from a scenario is generated once, however often
   * it is called.
   */
  record Built(
      int width, ImmutableList<Step> steps, Map<Output<?>, ImmutableList<Generated>> generated)
      implements Call {
    @Override
    public Structure<MaskedTensor> call(CallContext context, Arguments<MaskedTensor> inputs) {
      Ops tf = context.tf();
      Operand<TFloating> x = inputs.tensors().get(0).floats();
      ImmutableList<Generated> weights = generate(tf, inputs.tensors().get(1).floats());
      boolean flat = x.shape().numDimensions() == 2;
      Operand<TFloating> h = flat ? tf.expandDims(x, tf.constant(1)) : x; // [B, n, d]
      for (int i = 0; i < steps.size(); i++) {
        Operand<TFloating> sum = affine(tf, h, weights.get(i));
        h = steps.get(i).dropout().call(tf, steps.get(i).activation().call(context, sum));
      }
      return Structure.leaf(MaskedTensor.of(flat ? tf.squeeze(h, Squeeze.axis(List.of(1L))) : h));
    }

    /** The weights of all layers for scenario views [B, s]. */
    ImmutableList<Generated> generate(Ops tf, Operand<TFloating> scenario) {
      ImmutableList<Generated> known = generated.get(scenario.asOutput());
      if (known != null) {
        return known;
      }
      ImmutableList<Generated> made =
          steps.stream()
              .map(step -> new Generated(matrices(tf, step, scenario), bias(tf, step, scenario)))
              .collect(ImmutableList.toImmutableList());
      generated.put(scenario.asOutput(), made);
      return made;
    }

    Generated generate(Ops tf, int step, Operand<TFloating> scenario) {
      return new Generated(
          matrices(tf, steps.get(step), scenario), bias(tf, steps.get(step), scenario));
    }

    private Operand<TFloating> matrices(Ops tf, Step step, Operand<TFloating> scenario) {
      return tf.reshape(
          step.weights().call(tf, scenario), tf.constant(new int[] {-1, width, width}));
    }

    private static Operand<TFloating> bias(Ops tf, Step step, Operand<TFloating> scenario) {
      return tf.expandDims(step.bias().call(tf, scenario), tf.constant(1)); // [B, 1, d]
    }

    /** [B, n, d] → [B, n, d]. */
    static Operand<TFloating> affine(Ops tf, Operand<TFloating> x, Generated weights) {
      return tf.math.add(BatchProduct.call(tf, x, weights.matrices()), weights.bias());
    }
  }
}
