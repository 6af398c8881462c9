package io.scenerank.layer.rnn;

import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.Activations.Activation;
import io.scenerank.layer.base.BuildScope;
import io.scenerank.layer.base.Casts;
import io.scenerank.layer.base.Layer.CallContext;
import io.scenerank.layer.base.Layer.Variable;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerType;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TFloating;

/**
 * Keras' {@code GRUCell}: {@code h = z · h + (1 - z) · activation(x_h + r · h_h)}, or with the
 * product of {@code r · h} where {@code reset_after} is false.
 *
 * <p>Input [B, D], one state [B, units]. The gates are z, r, h. Variables {@code kernel} [D,
 * 3·units], {@code recurrent_kernel} [units, 3·units], {@code bias} [2, 3·units], the input's row
 * first, or [3·units] where {@code reset_after} is false. Source: Keras' layer of this name;
 * Learning Phrase Representations using RNN Encoder-Decoder (Cho et al., 2014), section 2.3.
 */
final class GruCell extends GatedCell {
  static final LayerType TYPE =
      Gates.arguments(LayerType.of("GRUCell", GruCell::new))
          .argument("recurrent_activation", "sigmoid")
          .argument("reset_after", true);

  private static final int GATES = 3;

  private final boolean resetAfter;
  private final Activation recurrentActivation;

  private GruCell(LayerConfig config) {
    super(config, 1);
    this.resetAfter = config.flag("reset_after");
    this.recurrentActivation = config.activation("recurrent_activation");
  }

  @Override
  Pass pass(BuildScope scope, int inputDim) {
    Gates gates = new Gates(scope, config(), inputDim, units(), GATES);
    Shape biasShape =
        resetAfter ? Shape.of(2, (long) GATES * units()) : Shape.of((long) GATES * units());
    Optional<Variable> bias = scope.addIf(config().flag("use_bias"), "bias", biasShape, config());
    Functions functions = new Functions(recurrentActivation.bind(scope), activation().bind(scope));
    return (context, sequence) -> {
      scope.store().preferPlainSession();
      Ops tf = context.tf();
      Operand<TFloating> in = gates.input(context, sequence.x()); // [B, T, 3·units]
      if (bias.isPresent()) {
        in = tf.nn.biasAdd(in, row(tf, bias.get(), 0));
      }
      List<Operand<TFloating>> parts = split(tf, in, 2);
      Inputs inputs =
          new Inputs(sequence.unstacked(tf, parts.get(0)), sequence.unstacked(tf, parts.get(1)));
      List<Operand<TFloating>> factors = gates.stateFactors(context, sequence);
      Unrolled.Step step =
          resetAfter
              ? resetAfter(context, functions, inputs, product(tf, gates, factors, bias))
              : resetBefore(
                  context,
                  functions,
                  inputs,
                  gates.recurrent(tf, factors, 0, 2),
                  gates.recurrent(tf, factors, 2, 3));
      return Unrolled.run(tf, sequence, step);
    };
  }

  /**
   * The activations.
   *
   * @param gate of z and r
   * @param candidate of the new state
   */
  private record Functions(UnaryCall gate, UnaryCall candidate) {}

  /**
   * The input's part of each step.
   *
   * @param gates of z and r, [B, 2·units]
   * @param candidates [B, units]
   */
  private record Inputs(List<Operand<TFloating>> gates, List<Operand<TFloating>> candidates) {}

  private UnaryOperator<Operand<TFloating>> product(
      Ops tf, Gates gates, List<Operand<TFloating>> factors, Optional<Variable> bias) {
    UnaryOperator<Operand<TFloating>> product = gates.recurrent(tf, factors, 0, GATES);
    if (bias.isEmpty()) {
      return product;
    }
    Operand<TFloating> row = row(tf, bias.get(), 1);
    return h -> tf.nn.biasAdd(product.apply(h), row);
  }

  private Operand<TFloating> row(Ops tf, Variable bias, int row) {
    if (!resetAfter) {
      return bias.read(tf);
    }
    Operand<TFloating> sliced =
        tf.slice(bias.read(tf), tf.constant(new int[] {row, 0}), tf.constant(new int[] {1, -1}));
    return tf.reshape(sliced, tf.constant(new int[] {-1}));
  }

  /** z and r, and the candidate: two parts of the last axis. */
  private List<Operand<TFloating>> split(Ops tf, Operand<TFloating> all, int axis) {
    return ImmutableList.copyOf(
        tf.splitV(all, tf.constant(new int[] {2 * units(), units()}), tf.constant(axis), 2L));
  }

  private Unrolled.Step resetAfter(
      CallContext context,
      Functions functions,
      Inputs inputs,
      UnaryOperator<Operand<TFloating>> product) {
    Ops tf = context.tf();
    Operand<TInt32> sizes = tf.constant(new int[] {2 * units(), units()});
    Operand<TInt32> axis = tf.constant(1);
    return (i, states) -> {
      Operand<TFloating> h = states.get(0);
      List<Operand<TFloating>> recurrent =
          ImmutableList.copyOf(tf.splitV(product.apply(h), sizes, axis, 2L));
      List<Operand<TFloating>> zr =
          zr(context, functions, axis, inputs.gates().get(i), recurrent.get(0));
      Operand<TFloating> reset = tf.math.mul(zr.get(1), recurrent.get(1));
      return List.of(mixed(context, functions, zr.get(0), h, inputs.candidates().get(i), reset));
    };
  }

  private Unrolled.Step resetBefore(
      CallContext context,
      Functions functions,
      Inputs inputs,
      UnaryOperator<Operand<TFloating>> gateProduct,
      UnaryOperator<Operand<TFloating>> candidateProduct) {
    Ops tf = context.tf();
    Operand<TInt32> axis = tf.constant(1);
    return (i, states) -> {
      Operand<TFloating> h = states.get(0);
      List<Operand<TFloating>> zr =
          zr(context, functions, axis, inputs.gates().get(i), gateProduct.apply(h));
      Operand<TFloating> reset = candidateProduct.apply(tf.math.mul(zr.get(1), h));
      return List.of(mixed(context, functions, zr.get(0), h, inputs.candidates().get(i), reset));
    };
  }

  private static List<Operand<TFloating>> zr(
      CallContext context,
      Functions functions,
      Operand<TInt32> axis,
      Operand<TFloating> in,
      Operand<TFloating> recurrent) {
    Ops tf = context.tf();
    Operand<TFloating> both = functions.gate().call(context, tf.math.addN(List.of(in, recurrent)));
    return ImmutableList.copyOf(tf.split(axis, both, 2L));
  }

  /**
   * {@code z · h + (1 - z) · candidate}, as {@code candidate + z · (h - candidate)}; in Keras' own
   * order where a number has few digits.
   */
  private static Operand<TFloating> mixed(
      CallContext context,
      Functions functions,
      Operand<TFloating> z,
      Operand<TFloating> h,
      Operand<TFloating> in,
      Operand<TFloating> reset) {
    Ops tf = context.tf();
    Operand<TFloating> candidate =
        functions.candidate().call(context, tf.math.addN(List.of(in, reset)));
    if (Casts.isHalf(h)) {
      Operand<TFloating> rest = tf.math.sub(context.number(h, 1), z);
      return tf.math.add(tf.math.mul(z, h), tf.math.mul(rest, candidate));
    }
    // Sums by AddN: its gradient needs no node, that of Add and Sub needs nine.
    Operand<TFloating> difference = tf.math.addN(List.of(h, tf.math.neg(candidate)));
    return tf.math.addN(List.of(candidate, tf.math.mul(z, difference)));
  }
}
