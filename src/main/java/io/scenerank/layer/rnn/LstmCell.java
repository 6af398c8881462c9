package io.scenerank.layer.rnn;

import io.scenerank.layer.base.Activations.Activation;
import io.scenerank.layer.base.BuildScope;
import io.scenerank.layer.base.Casts;
import io.scenerank.layer.base.Layer.CallContext;
import io.scenerank.layer.base.Layer.Variable;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerType;
import io.scenerank.variable.Initializer;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TFloating;

/**
 * Keras' {@code LSTMCell}: {@code c = f · c + i · activation(z_c)}, {@code h = o · activation(c)}.
 *
 * <p>Input [B, D], states h and c, each [B, units]. The gates are i, f, c, o. Variables {@code
 * kernel} [D, 4·units], {@code recurrent_kernel} [units, 4·units], {@code bias} [4·units]. Source:
 * Keras' layer of this name; Long Short-Term Memory (Hochreiter and Schmidhuber, 1997), with the
 * forget gate of Learning to Forget (Gers et al., 2000).
 */
final class LstmCell extends GatedCell {
  static final LayerType TYPE =
      Gates.arguments(LayerType.of("LSTMCell", LstmCell::new))
          .argument("recurrent_activation", "sigmoid")
          .argument("unit_forget_bias", true);

  private static final int GATES = 4;

  private final Activation recurrentActivation;

  private LstmCell(LayerConfig config) {
    super(config, 2);
    this.recurrentActivation = config.activation("recurrent_activation");
  }

  @Override
  Pass pass(BuildScope scope, int inputDim) {
    Gates gates = new Gates(scope, config(), inputDim, units(), GATES);
    Optional<Variable> bias =
        config().flag("use_bias")
            ? Optional.of(
                scope.add(
                    "bias", Shape.of((long) GATES * units()), biasInitializer(), config(), "bias"))
            : Optional.empty();
    Functions functions = new Functions(recurrentActivation.bind(scope), activation().bind(scope));
    return (context, sequence) -> {
      if (isPlain() && BlockLstm.canTake(sequence)) {
        Operand<TFloating> x = gates.dropped(context, sequence.x());
        return BlockLstm.run(
            context,
            new Sequence(x, sequence.states(), sequence.mask()),
            gates.kernel(),
            gates.recurrentKernel(),
            bias);
      }
      scope.store().preferPlainSession();
      return unrolled(context, sequence, gates, bias, functions);
    };
  }

  /** Keras' default: ones for the forget gate. */
  private Initializer biasInitializer() {
    Initializer all = config().initializer("bias_initializer", Shape.of((long) GATES * units()));
    if (!config().flag("unit_forget_bias")) {
      return all;
    }
    return (tf, shape, seed) -> {
      Operand<TFloat32> first = all.call(tf, Shape.of(units()), seed);
      Operand<TFloat32> ones = Initializer.constant(1f).call(tf, Shape.of(units()), seed);
      Operand<TFloat32> rest = all.call(tf, Shape.of(2L * units()), seed);
      return tf.concat(List.of(first, ones, rest), tf.constant(0));
    };
  }

  /** Whether the cell computes what TensorFlow's op for a whole sequence does. */
  private boolean isPlain() {
    return config().get("activation").asText().equals("tanh")
        && config().get("recurrent_activation").asText().equals("sigmoid")
        && config().number("recurrent_dropout") == 0
        && config().integer("implementation") != 1;
  }

  /**
   * The activations.
   *
   * @param gate of i, f and o
   * @param state of the new c, and of c in h
   */
  private record Functions(UnaryCall gate, UnaryCall state) {}

  private static Sequence.Result unrolled(
      CallContext context,
      Sequence sequence,
      Gates gates,
      Optional<Variable> bias,
      Functions functions) {
    Ops tf = context.tf();
    Operand<TFloating> in = gates.input(context, sequence.x());
    // Keras adds the bias last, which shows where a number has few digits.
    Optional<Operand<TFloating>> last =
        bias.filter(variable -> Casts.isHalf(in)).map(variable -> variable.read(tf));
    boolean now = bias.isPresent() && last.isEmpty();
    List<Operand<TFloating>> steps =
        sequence.unstacked(tf, now ? tf.nn.biasAdd(in, bias.get().read(tf)) : in); // [B, 4·units]
    UnaryOperator<Operand<TFloating>> recurrent =
        gates.recurrent(tf, gates.stateFactors(context, sequence), 0, GATES);
    Operand<TInt32> axis = tf.constant(1);
    return Unrolled.run(
        tf,
        sequence,
        (i, states) -> {
          Operand<TFloating> both =
              tf.math.addN(List.of(steps.get(i), recurrent.apply(states.get(0))));
          Operand<TFloating> sum = last.isPresent() ? tf.nn.biasAdd(both, last.get()) : both;
          List<Operand<TFloating>> parts =
              tf.split(axis, sum, (long) GATES).output().stream()
                  .<Operand<TFloating>>map(part -> part)
                  .toList();
          return next(context, functions, parts, states.get(1));
        });
  }

  private static List<Operand<TFloating>> next(
      CallContext context,
      Functions functions,
      List<Operand<TFloating>> parts,
      Operand<TFloating> c) {
    Ops tf = context.tf();
    Operand<TFloating> input = functions.gate().call(context, parts.get(0));
    Operand<TFloating> forget = functions.gate().call(context, parts.get(1));
    Operand<TFloating> candidate = functions.state().call(context, parts.get(2));
    Operand<TFloating> output = functions.gate().call(context, parts.get(3));
    Operand<TFloating> carry =
        tf.math.addN(List.of(tf.math.mul(forget, c), tf.math.mul(input, candidate)));
    return List.of(tf.math.mul(output, functions.state().call(context, carry)), carry);
  }
}
