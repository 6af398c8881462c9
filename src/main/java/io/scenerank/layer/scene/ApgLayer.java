package io.scenerank.layer.scene;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.math.IntMath;
import io.scenerank.layer.base.Arguments;
import io.scenerank.layer.base.BoundLayer;
import io.scenerank.layer.base.BuildScope;
import io.scenerank.layer.base.Layer;
import io.scenerank.layer.base.Layer.CallContext;
import io.scenerank.layer.base.Layer.Variable;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.layer.base.Regularizer;
import io.scenerank.layer.base.Structure;
import io.scenerank.variable.Initializer;
import java.math.RoundingMode;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.math.Mean;
import org.tensorflow.types.family.TFloating;

/**
 * A layer whose weights are generated from a condition: x · N · S(z) · M with a bias after each
 * product, where the small matrix S is generated and N and M are shared by all rows, each perhaps
 * as a product of two matrices (over-parameterisation), or generated too.
 *
 * <p>Inputs x [B, in] and z [B, s], output [B, out]. k = ceil(min(in, out) / mf_k) and p =
 * ceil(min(in, out) / mf_p). Variables {@code shared_weight_<xy>} and {@code shared_bias_<xy>},
 * {@code specific_weight_<xy>/dense_layers/0} and {@code specific_bias_<xy>/dense_layers/0}.
 * Source: APG (Yan et al., 2022), "Low-rank parameterization", "Decomposed feed-forwarding",
 * "Parameter sharing" and "Over parameterization".
 */
final class ApgLayer extends Layer {
  static final LayerType TYPE = type("ApgLayer").module("scenerank_keras.apg_layers");

  /**
   * The original implementation's class, which creates what generates S before the other factors.
   */
  static final LayerType ORIGINAL = type("APGLayer").module("custom");

  /** The name of the factor S. */
  private static final String CORE = "kk";

  private final ImmutableList<Factor> factors;

  /** One factor of the weight matrix, [rows, columns]. */
  private record Factor(String name, int rows, int columns, boolean generated) {}

  /** A factor whose variables exist: x [B, rows] and the condition to [B, columns]. */
  private interface Product {
    Operand<TFloating> call(Ops tf, Operand<TFloating> x, Condition condition);
  }

  /**
   * A factor whose matrix and bias are generated.
   *
   * @param weight gives [u, rows · columns]
   * @param bias gives [u, columns]
   */
  private record Generated(Factor factor, BoundLayer weight, BoundLayer bias) implements Product {
    @Override
    public Operand<TFloating> call(Ops tf, Operand<TFloating> x, Condition condition) {
      int[] matrices = {-1, factor.rows(), factor.columns()};
      return condition.affine(
          tf,
          x,
          tf.reshape(weight.call(tf, condition.values()), tf.constant(matrices)),
          bias.call(tf, condition.values())); // [B, columns]
    }
  }

  private static LayerType type(String kerasClass) {
    return LayerType.of(kerasClass, ApgLayer::new)
        .argument("input_dim")
        .argument("output_dim")
        .argument("scene_emb_dim", null)
        .argument("activation", "relu")
        .argument("generate_activation", null)
        .argument("inner_activation", null)
        .argument("use_uv_shared", true)
        .argument("mf_k", 16)
        .argument("use_mf_p", true)
        .argument("mf_p", 4)
        .argument("l2_reg", 0.0);
  }

  private ApgLayer(LayerConfig config) {
    super(config);
    this.factors = factors(config);
    requireOneInnerWidth();
  }

  /** Slopes of one width cannot apply to products of several. */
  private void requireOneInnerWidth() {
    ImmutableSet<Integer> widths =
        factors.subList(0, factors.size() - 1).stream()
            .map(Factor::columns)
            .collect(ImmutableSet.toImmutableSet());
    if (new InnerLayers(config()).name("inner_activation").equals("prelu") && widths.size() > 1) {
      throw config()
          .wrong(
              "inner_activation",
              "another activation, since the inner products have the widths " + widths);
    }
  }

  private static ImmutableList<Factor> factors(LayerConfig config) {
    int n = config.integer("input_dim", 1);
    int m = config.integer("output_dim", 1);
    int k = divided(Math.min(n, m), config.integer("mf_k", 1));
    int p = divided(Math.min(n, m), config.integer("mf_p", 1));
    boolean generated = !config.flag("use_uv_shared");
    Factor core = new Factor(CORE, k, k, true);
    if (config.flag("use_mf_p") && !generated) {
      return ImmutableList.of(
          new Factor("np", n, p, false),
          new Factor("pk", p, k, false),
          core,
          new Factor("kp", k, p, false),
          new Factor("pm", p, m, false));
    }
    return ImmutableList.of(
        new Factor("nk", n, k, generated), core, new Factor("km", k, m, generated));
  }

  private static int divided(int width, int divisor) {
    return IntMath.divide(width, divisor, RoundingMode.CEILING);
  }

  @Override
  public Call build(BuildScope scope, Arguments<MaskedTensor> inputs) {
    // Both create their activations first; the original then creates S before the other factors.
    boolean original = config().type().kerasClass().equals(ORIGINAL.kerasClass());
    UnaryCall activation = activation(scope, "activation");
    UnaryCall innerActivation = activation(scope, "inner_activation");
    return new Built(scope, products(scope, original), innerActivation, activation);
  }

  private UnaryCall activation(BuildScope scope, String argument) {
    InnerLayers inner = new InnerLayers(config());
    return inner.activation(scope, argument, ImmutableList.of(), inner.name(argument));
  }

  /**
   * The factors with their variables, in the order of their products.
   *
   * @param coreFirst whether S gets its variables first
   */
  private ImmutableList<Product> products(BuildScope scope, boolean coreFirst) {
    Map<Factor, Product> products = new HashMap<>();
    Comparator<Factor> order = Comparator.comparing(factor -> !factor.name().equals(CORE));
    for (Factor factor : coreFirst ? ImmutableList.sortedCopyOf(order, factors) : factors) {
      products.put(factor, factor.generated() ? generated(scope, factor) : shared(scope, factor));
    }
    return factors.stream()
        .map(factor -> requireNonNull(products.get(factor)))
        .collect(ImmutableList.toImmutableList());
  }

  /** The layer with its variables. */
  record Built(
      BuildScope scope,
      ImmutableList<Product> products,
      UnaryCall innerActivation,
      UnaryCall activation)
      implements Call {
    @Override
    public Structure<MaskedTensor> call(CallContext context, Arguments<MaskedTensor> inputs) {
      Operand<TFloating> condition = inputs.tensors().get(1).floats();
      return Structure.leaf(
          MaskedTensor.of(
              call(context, inputs.tensors().get(0).floats(), Condition.perRow(condition))));
    }

    /** [B, in] → [B, out]. */
    Operand<TFloating> call(CallContext context, Operand<TFloating> x, Condition condition) {
      Operand<TFloating> out = x;
      for (int i = 0; i < products.size(); i++) {
        out = products.get(i).call(context.tf(), out, condition); // [B, p], [B, k], …, [B, out]
        out = (i < products.size() - 1 ? innerActivation : activation).call(context, out);
      }
      products.stream()
          .filter(Generated.class::isInstance)
          .map(Generated.class::cast)
          .forEach(product -> observe(context.tf(), product, condition));
      return out;
    }

    /** How large the generated numbers are: root mean squares, [B, 1]. */
    private void observe(Ops tf, Generated product, Condition condition) {
      String name = product.factor().name();
      scope.observe("weight_" + name, () -> size(tf, product.weight(), condition));
      scope.observe("bias_" + name, () -> size(tf, product.bias(), condition));
    }

    private static Operand<TFloating> size(Ops tf, BoundLayer generator, Condition condition) {
      Operand<TFloating> numbers = generator.call(tf, condition.values()); // [u, n]
      return condition.byRow(
          tf,
          tf.math.sqrt(tf.math.mean(tf.math.square(numbers), tf.constant(1), Mean.keepDims(true))));
    }
  }

  private Product shared(BuildScope scope, Factor factor) {
    double l2Reg = config().number("l2_reg");
    Variable weight =
        scope.add(
            "shared_weight_" + factor.name(),
            Shape.of(factor.rows(), factor.columns()),
            Initializer.GLOROT_UNIFORM,
            l2Reg == 0 ? Optional.empty() : Optional.of(new Regularizer.L1L2(0, (float) l2Reg)));
    Variable bias =
        scope.add(
            "shared_bias_" + factor.name(),
            Shape.of(factor.columns()),
            Initializer.ZEROS,
            Optional.empty());
    return (tf, x, condition) ->
        tf.nn.biasAdd(tf.linalg.matMul(x, weight.read(tf)), bias.read(tf)); // [B, columns]
  }

  private Product generated(BuildScope scope, Factor factor) {
    InnerLayers inner = new InnerLayers(config());
    BoundLayer weight =
        generator(
            scope, inner, "specific_weight_" + factor.name(), factor.rows() * factor.columns());
    BoundLayer bias = generator(scope, inner, "specific_bias_" + factor.name(), factor.columns());
    return new Generated(factor, weight, bias);
  }

  /** A network of one layer that generates numbers; it never applies its activation. */
  private static BoundLayer generator(
      BuildScope scope, InnerLayers inner, String attribute, int width) {
    ObjectNode config = JsonNodeFactory.instance.objectNode();
    config.putArray("units").add(width);
    return scope.child(attribute, inner.of("Dnn", attribute, config));
  }
}
