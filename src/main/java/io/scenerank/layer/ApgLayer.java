package io.scenerank.layer;

import com.google.common.collect.ImmutableList;
import com.google.common.math.IntMath;
import io.scenerank.variable.Initializer;
import io.scenerank.variable.LayerScope;
import io.scenerank.variable.Weight;
import java.math.RoundingMode;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.math.Mean;
import org.tensorflow.types.TFloat32;

/**
 * A layer whose weights are generated from a condition: x · N · S(z) · M with a bias after each
 * product, where the small matrix S is generated and N and M are shared by all rows, each perhaps
 * as a product of two matrices (over-parameterisation), or generated too.
 *
 * <p>Inputs x [B, in] and z [B, s], output [B, out]. k = ceil(min(in, out) / mfK) and p =
 * ceil(min(in, out) / mfP). Variables {@code shared_weight_<xy>} and {@code shared_bias_<xy>},
 * {@code specific_weight_<xy>/dense_layers/0} and {@code specific_bias_<xy>/dense_layers/0}.
 * Source: APG (Yan et al., 2022), "Low-rank parameterization", "Decomposed feed-forwarding",
 * "Parameter sharing" and "Over parameterization".
 */
public final class ApgLayer extends Layer {
  private final ImmutableList<Product> products;
  private final ActivationFunction activation; // activation
  private final ActivationFunction innerActivation; // inner_activation

  /** One of the products: {@code x · W + b}. */
  @FunctionalInterface
  private interface Product {
    Operand<TFloat32> call(Ops tf, Operand<TFloat32> x, Condition z);
  }

  /**
   * A product whose matrix and bias are generated.
   *
   * @param weight gives [u, in · out]
   * @param bias gives [u, out]
   * @param shape of the matrices, (-1, in, out)
   */
  private record Specific(String name, Dnn weight, Dnn bias, int[] shape) implements Product {
    @Override
    public Operand<TFloat32> call(Ops tf, Operand<TFloat32> x, Condition z) {
      return z.affine(
          tf,
          x,
          tf.reshape(weight.call(tf, z.values()), tf.constant(shape)), // [u, in, out]
          bias.call(tf, z.values())); // [B, out]
    }
  }

  private ApgLayer(LayerScope scope, int inputDim, int conditionDim, Options options) {
    super(scope);
    int out = options.outputDim();
    int k = options.kDim(inputDim);
    int p = options.pDim(inputDim);
    ImmutableList.Builder<Product> list = ImmutableList.builder();
    if (!options.useUvShared()) {
      list.add(specific("nk", conditionDim, inputDim, k));
      list.add(specific("kk", conditionDim, k, k));
      list.add(specific("km", conditionDim, k, out));
    } else if (options.useMfP()) {
      list.add(shared("np", inputDim, p, options));
      list.add(shared("pk", p, k, options));
      list.add(specific("kk", conditionDim, k, k));
      list.add(shared("kp", k, p, options));
      list.add(shared("pm", p, out, options));
    } else {
      list.add(shared("nk", inputDim, k, options));
      list.add(specific("kk", conditionDim, k, k));
      list.add(shared("km", k, out, options));
    }
    this.products = list.build();
    this.activation = options.activation().build(scope.child("activation"), Shape.of(out));
    this.innerActivation =
        options.innerActivation().build(scope.child("inner_activation"), Shape.of(k));
  }

  /** A layer of this width with the Python class' defaults. */
  public static Options outputDim(int outputDim) {
    return new Options(
        outputDim, Activation.RELU, Activation.LINEAR, Activation.LINEAR, true, true, 16, 4, 0f);
  }

  /**
   * Constructor arguments of the Python class.
   *
   * @param outputDim width of the output
   * @param activation follows the last product
   * @param generateActivation activation of the one-layer networks that generate weights, which a
   *     one-layer network never applies
   * @param innerActivation follows every other product
   * @param useUvShared whether N and M are shared; otherwise they are generated too
   * @param useMfP whether N and M are products of two matrices each, if they are shared
   * @param mfK divisor that gives k, at least 1
   * @param mfP divisor that gives p, at least 1
   * @param l2Reg factor of sum(weight²) of the shared weights in the loss
   */
  public record Options(
      int outputDim,
      Activation activation,
      Activation generateActivation,
      Activation innerActivation,
      boolean useUvShared,
      boolean useMfP,
      int mfK,
      int mfP,
      float l2Reg) {

    /** k of a layer with inputs of width {@code inputDim}. */
    public int kDim(int inputDim) {
      return divide(inputDim, mfK);
    }

    /** p of a layer with inputs of width {@code inputDim}. */
    public int pDim(int inputDim) {
      return divide(inputDim, mfP);
    }

    private int divide(int inputDim, int divisor) {
      return IntMath.divide(Math.min(inputDim, outputDim), divisor, RoundingMode.CEILING);
    }

    /**
     * Creates the variables for x of width {@code inputDim} and z of width {@code conditionDim}.
     *
     * @throws IllegalArgumentException if {@code prelu} between the products meets two widths
     */
    public ApgLayer build(LayerScope scope, int inputDim, int conditionDim) {
      boolean twoWidths = useUvShared && useMfP && kDim(inputDim) != pDim(inputDim);
      if (innerActivation == Activation.PRELU && twoWidths) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "inner_activation is prelu, whose slopes apply to all inner products, but k is %d"
                    + " and p is %d; expected mf_k = mf_p",
                kDim(inputDim),
                pDim(inputDim)));
      }
      return new ApgLayer(scope, inputDim, conditionDim, this);
    }
  }

  /** The output [B, out] for x [B, in]. */
  public Operand<TFloat32> call(Ops tf, Operand<TFloat32> x, Condition z) {
    Operand<TFloat32> out = x;
    for (int i = 0; i < products.size(); i++) {
      out = products.get(i).call(tf, out, z); // [B, p], [B, k], …, [B, out]
      out = (i < products.size() - 1 ? innerActivation : activation).call(tf, out);
    }
    return out;
  }

  /** What {@link #generatedSizes} measures: {@code weight_kk}, {@code bias_kk}, …. */
  public ImmutableList<String> generatedNames() {
    return generated()
        .flatMap(product -> Stream.of("weight_" + product.name(), "bias_" + product.name()))
        .collect(ImmutableList.toImmutableList());
  }

  /**
   * How large the numbers are that {@link #call} generates for each row: the root mean square of
   * each generated matrix and bias, [B, k], in the order of {@link #generatedNames}.
   */
  public Operand<TFloat32> generatedSizes(Ops tf, Condition z) {
    List<Operand<TFloat32>> sizes =
        generated()
            .flatMap(product -> Stream.of(product.weight(), product.bias()))
            .map(generator -> rootMeanSquare(tf, generator.call(tf, z.values())))
            .toList();
    return z.byRow(tf, tf.concat(sizes, tf.constant(1)));
  }

  private Stream<Specific> generated() {
    return products.stream().filter(Specific.class::isInstance).map(Specific.class::cast);
  }

  /** [u, n] → [u, 1]. */
  private static Operand<TFloat32> rootMeanSquare(Ops tf, Operand<TFloat32> x) {
    return tf.math.sqrt(tf.math.mean(tf.math.square(x), tf.constant(1), Mean.keepDims(true)));
  }

  private Product shared(String name, int in, int out, Options options) {
    Weight weight =
        scope()
            .add(
                "shared_weight_" + name,
                Shape.of(in, out),
                Initializer.GLOROT_UNIFORM,
                options.l2Reg());
    Weight bias = scope().add("shared_bias_" + name, Shape.of(out), Initializer.ZEROS, 0f);
    return (tf, x, z) ->
        tf.nn.biasAdd(tf.linalg.matMul(x, weight.value()), bias.value()); // [B, out]
  }

  private Product specific(String name, int conditionDim, int in, int out) {
    return new Specific(
        name,
        Dnn.units(ImmutableList.of(in * out))
            .build(scope().child("specific_weight_" + name), conditionDim),
        Dnn.units(ImmutableList.of(out))
            .build(scope().child("specific_bias_" + name), conditionDim),
        new int[] {-1, in, out});
  }
}
