package io.scenerank.layer;

import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Keras 3's {@code Dropout}, drop for drop: in training, each value is 0 with probability {@code
 * rate} and scaled by 1 / (1 - rate) otherwise; at inference the input passes unchanged.
 *
 * <p>The stream is {@code stateless_dropout} seeded with [seed, number of the step], which is what
 * Keras 3's seed generator hands out. A layer that a step calls several times, as one of a shared
 * unit, draws anew at each call: the number of the step times the calls a step, and then one more
 * for each call before it.
 *
 * <p>Source: Dropout (Srivastava et al., 2014), section 4.
 */
public final class Dropout extends Layer {
  private static final int[] ONE = {1};

  private final float rate;
  private final int callsPerStep;

  /**
   * A layer that is called once a step.
   *
   * @param rate probability of a drop, in [0, 1)
   */
  public Dropout(LayerScope scope, float rate) {
    this(scope, rate, 1);
  }

  /**
   * @param rate probability of a drop, in [0, 1)
   * @param callsPerStep number of calls in one forward pass
   */
  public Dropout(LayerScope scope, float rate, int callsPerStep) {
    super(scope);
    if (!(rate >= 0 && rate < 1)) {
      throw new IllegalArgumentException("dropout rate " + rate + " is outside [0, 1)");
    }
    this.rate = rate;
    this.callsPerStep = callsPerStep;
  }

  public Operand<TFloat32> call(Ops tf, Operand<TFloat32> x) {
    return call(tf, x, 0);
  }

  /**
   * @param call number of this call in the forward pass, from 0
   */
  public Operand<TFloat32> call(Ops tf, Operand<TFloat32> x, int call) {
    return kept(tf, tf.shape(x), call).map(kept -> mask(tf, x, kept)).orElse(x);
  }

  /** A call of a layer. */
  record Call(Dropout layer, int number) {}

  /**
   * Several calls at once, of layers of one rate: their inputs stand side by side on axis 1.
   *
   * @param x [B, calls · n, d]
   * @param n values of axis 1 that belong to one call
   */
  static Operand<TFloat32> call(Ops tf, Operand<TFloat32> x, int n, List<Call> calls) {
    Operand<TInt32> rows = tf.slice(tf.shape(x), tf.constant(new int[] {0}), tf.constant(ONE));
    Operand<TInt32> shape =
        tf.concat(List.of(rows, tf.constant(new int[] {n, Shapes.last(x)})), tf.constant(0));
    List<Optional<Operand<TBool>>> kept =
        calls.stream().map(call -> call.layer().kept(tf, shape, call.number())).toList();
    if (kept.stream().allMatch(Optional::isEmpty)) {
      return x;
    }
    List<Operand<TBool>> sideBySide =
        kept.stream()
            .map(of -> of.orElseGet(() -> tf.fill(shape, tf.constant(true)))) // [B, n, d]
            .toList();
    return calls.get(0).layer().mask(tf, x, Shapes.concat(tf, sideBySide, 1));
  }

  /** What a call keeps; absent if the layer drops nothing. */
  private Optional<Operand<TBool>> kept(Ops tf, Operand<TInt32> shape, int call) {
    Optional<Training> training = scope().training();
    Optional<Training.DropoutSeed> seed =
        training.flatMap(form -> form.dropoutSeed(path(), scope().store().seeds()));
    return rate == 0
        ? Optional.empty()
        : seed.map(first -> draw(tf, shape, training.get().step(), first, call));
  }

  private Operand<TBool> draw(
      Ops tf, Operand<TInt32> shape, Operand<TInt32> step, Training.DropoutSeed first, int call) {
    Operand<TInt32> draws = tf.math.mul(step, tf.constant(callsPerStep));
    Operand<TInt32> counter = tf.math.add(draws, tf.constant(first.counter() + call));
    Operand<TInt32> seed =
        tf.concat(
            List.of(
                tf.constant(new int[] {StatelessSeed.word(first.seed())}),
                tf.reshape(counter, tf.constant(ONE))),
            tf.constant(0));
    Operand<TFloat32> uniform = tf.random.statelessRandomUniform(shape, seed);
    return tf.math.greaterEqual(uniform, tf.constant(rate));
  }

  /** A product instead of a choice between two values: its gradient is one product more. */
  private Operand<TFloat32> mask(Ops tf, Operand<TFloat32> x, Operand<TBool> kept) {
    Operand<TFloat32> mask =
        tf.math.mul(tf.dtypes.cast(kept, TFloat32.class), tf.constant(1f / (1f - rate)));
    return tf.math.mul(x, mask);
  }
}
