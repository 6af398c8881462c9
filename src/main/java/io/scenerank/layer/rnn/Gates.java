package io.scenerank.layer.rnn;

import io.scenerank.layer.base.BuildScope;
import io.scenerank.layer.base.Layer.CallContext;
import io.scenerank.layer.base.Layer.Variable;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.Noise;
import io.scenerank.layer.base.Sizes;
import io.scenerank.variable.Shapes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TFloating;

/**
 * The products of a cell's input and state with its kernels, all gates side by side. Dropout draws
 * once for all steps; with recurrent dropout, once for each gate.
 */
final class Gates {
  private static final String RECURRENT = "recurrent_kernel";

  private final int units;
  private final int gates;
  private final Variable kernel;
  private final Variable recurrentKernel;
  private final Noise noise;
  private final double rate;
  private final double recurrentRate;
  private final int masks;

  /**
   * Creates the kernels.
   *
   * @param config of the cell
   * @param gates number of gates
   */
  Gates(BuildScope scope, LayerConfig config, int inputDim, int units, int gates) {
    this.units = units;
    this.gates = gates;
    this.kernel = scope.add("kernel", Shape.of(inputDim, (long) units * gates), config, "kernel");
    this.recurrentKernel =
        scope.add(RECURRENT, Shape.of(units, (long) units * gates), config, "recurrent");
    this.rate = Noise.rate(config, "dropout");
    this.recurrentRate = Noise.rate(config, "recurrent_dropout");
    boolean apart = recurrentRate > 0 || config.integer("implementation") == 1;
    this.masks = apart ? gates : 1;
    int draws = (rate > 0 ? masks : 0) + (recurrentRate > 0 ? masks : 0);
    this.noise = Noise.of(scope, config, draws);
  }

  /** Adds the arguments that all cells have. */
  static LayerType arguments(LayerType type) {
    return type.argument("units")
        .argument("activation", "tanh")
        .argument("use_bias", true)
        .variable("kernel", "glorot_uniform")
        .variable("recurrent", "orthogonal")
        .variable("bias", "zeros")
        .argument("dropout", 0.0)
        .argument("recurrent_dropout", 0.0)
        .argument("seed", null)
        .argument("implementation", 2);
  }

  /** The kernels, of a cell without recurrent dropout. */
  Variable kernel() {
    return kernel;
  }

  Variable recurrentKernel() {
    return recurrentKernel;
  }

  /** The input with dropout, where all gates share one draw. */
  Operand<TFloating> dropped(CallContext context, Operand<TFloating> x) {
    List<Operand<TFloating>> factors = factors(context, rate, 0, inputShape(context.tf(), x), x);
    return factors.isEmpty() ? x : times(context.tf(), x, factors.get(0));
  }

  /** [B, T, D] → [B, T, gates · units], without a bias. */
  Operand<TFloating> input(CallContext context, Operand<TFloating> x) {
    Ops tf = context.tf();
    List<Operand<TFloating>> factors = factors(context, rate, 0, inputShape(tf, x), x);
    if (factors.size() <= 1) {
      Operand<TFloating> in = factors.isEmpty() ? x : times(tf, x, factors.get(0));
      return Shapes.product(tf, in, kernel.read(tf));
    }
    List<Operand<TFloating>> parts = new ArrayList<>();
    for (int gate = 0; gate < gates; gate++) {
      Operand<TFloating> columns = columns(tf, kernel, gate, gate + 1);
      parts.add(Shapes.product(tf, times(tf, x, factors.get(gate)), columns));
    }
    return tf.concat(parts, tf.constant(2));
  }

  /**
   * The product of a state [B, units] for some gates, [B, (to - from) · units].
   *
   * @param states what {@link #stateFactors} gives
   * @param from the first gate
   * @param to behind the last gate
   */
  UnaryOperator<Operand<TFloating>> recurrent(
      Ops tf, List<Operand<TFloating>> states, int from, int to) {
    if (states.size() <= 1) {
      Operand<TFloating> columns = columns(tf, recurrentKernel, from, to);
      return h -> tf.linalg.matMul(states.isEmpty() ? h : tf.math.mul(h, states.get(0)), columns);
    }
    List<Operand<TFloating>> columns = new ArrayList<>();
    for (int gate = from; gate < to; gate++) {
      columns.add(columns(tf, recurrentKernel, gate, gate + 1));
    }
    return h -> {
      List<Operand<TFloating>> parts = new ArrayList<>();
      for (int gate = from; gate < to; gate++) {
        parts.add(tf.linalg.matMul(tf.math.mul(h, states.get(gate)), columns.get(gate - from)));
      }
      return parts.size() == 1 ? parts.get(0) : tf.concat(parts, tf.constant(1));
    };
  }

  /** What states are multiplied by, for each gate, or for all alike; none without dropout. */
  List<Operand<TFloating>> stateFactors(CallContext context, Sequence sequence) {
    Ops tf = context.tf();
    Operand<TFloating> state = sequence.states().get(0);
    int first = rate > 0 ? masks : 0;
    Operand<TInt32> shape = tf.stack(List.of(Sizes.of(tf, sequence.x(), 0), tf.constant(units)));
    return factors(context, recurrentRate, first, shape, state);
  }

  private List<Operand<TFloating>> factors(
      CallContext context,
      double dropped,
      int first,
      Operand<TInt32> shape,
      Operand<TFloating> like) {
    List<Operand<TFloating>> factors = new ArrayList<>();
    for (int i = 0; i < masks; i++) {
      Optional<Operand<TFloating>> drawn = noise.factors(context, first + i, shape, like, dropped);
      drawn.ifPresent(factors::add);
    }
    return factors;
  }

  /** [B, D] of a sequence [B, T, D]. */
  private static Operand<TInt32> inputShape(Ops tf, Operand<TFloating> x) {
    return tf.stack(List.of(Sizes.of(tf, x, 0), Sizes.of(tf, x, 2)));
  }

  /** [B, T, D] times [B, D]. */
  private static Operand<TFloating> times(
      Ops tf, Operand<TFloating> x, Operand<TFloating> factors) {
    return tf.math.mul(x, tf.expandDims(factors, tf.constant(1)));
  }

  private Operand<TFloating> columns(Ops tf, Variable variable, int from, int to) {
    Operand<TFloating> all = variable.read(tf);
    return to - from == gates
        ? all
        : tf.slice(
            all,
            tf.constant(new int[] {0, from * units}),
            tf.constant(new int[] {-1, (to - from) * units}));
  }
}
