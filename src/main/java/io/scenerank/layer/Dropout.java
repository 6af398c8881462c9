package io.scenerank.layer;

import io.scenerank.variable.DropoutDraws;
import io.scenerank.variable.LayerScope;
import io.scenerank.variable.Shapes;
import io.scenerank.variable.Training;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Keras 3's {@code Dropout}, drop for drop: in training, each value is 0 with probability {@code
 * rate} and scaled by 1 / (1 - rate) otherwise; at inference the input passes unchanged.
 *
 * <p>The stream is {@code stateless_dropout} seeded with [seed, number of the step], which is what
 * Keras 3's seed generator hands out. A layer that a step calls several times, as one of a shared
 * unit, draws again at each call: the number of the step times the calls a step, and then one more
 * for each call before it. Where {@link Training#fed} is given, the decisions come from outside of
 * the graph; they are the same.
 *
 * <p>Source: Dropout (Srivastava et al., 2014), section 4.
 */
public final class Dropout extends Layer {
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
   * Drops values of {@code x}.
   *
   * @param call number of this call in the forward pass, from 0
   */
  public Operand<TFloat32> call(Ops tf, Operand<TFloat32> x, int call) {
    return call(tf, x, List.of(new Call(this, call)));
  }

  /** A call of a layer. */
  public record Call(Dropout layer, int number) {}

  /**
   * Several calls at once, of layers of one rate: their inputs stand side by side on axis 1.
   *
   * @param x [B, calls · n, …]; of one call, of any shape
   */
  public static Operand<TFloat32> call(Ops tf, Operand<TFloat32> x, List<Call> calls) {
    Dropout layer = calls.get(0).layer();
    Optional<Training> training = layer.scope().training();
    List<Optional<DropoutDraws.Draw>> draws =
        calls.stream().map(call -> call.layer().draw(training, call.number())).toList();
    if (draws.stream().allMatch(Optional::isEmpty)) {
      return x;
    }
    Optional<DropoutDraws> fed = training.get().fed().filter(all -> DropoutDraws.canTake(x));
    // Where one of them drops nothing, its values keep their scale too, which a decision cannot
    // say.
    Operand<TFloat32> factors =
        fed.isPresent() && draws.stream().allMatch(Optional::isPresent)
            ? fed.get().add(tf, x, draws.stream().map(Optional::get).toList())
            : drawn(tf, x, draws, training.get().step());
    // A product instead of a choice between two values: its gradient is one product more.
    return tf.math.mul(x, factors);
  }

  /** What a call draws; absent if it drops nothing. */
  private Optional<DropoutDraws.Draw> draw(Optional<Training> training, int call) {
    return training
        .filter(form -> rate > 0)
        .flatMap(form -> form.dropoutSeed(path(), scope().store().seeds()))
        .map(seed -> DropoutDraws.Draw.of(seed, call, callsPerStep, rate));
  }

  /** Factors that ops of the graph draw, of x's shape. */
  private static Operand<TFloat32> drawn(
      Ops tf, Operand<TFloat32> x, List<Optional<DropoutDraws.Draw>> draws, Operand<TInt32> step) {
    Operand<TInt32> all = tf.shape(x);
    Operand<TInt32> shape =
        draws.size() == 1
            ? all
            : tf.math.div(all, partsOfAxis1(tf, draws.size(), x.shape().numDimensions()));
    List<Operand<TFloat32>> sideBySide =
        draws.stream()
            .map(
                draw ->
                    draw.map(of -> of.factors(tf, of.kept(tf, step, shape)))
                        .orElseGet(() -> tf.fill(shape, tf.constant(1f)))) // [B, n, …]
            .toList();
    return Shapes.concat(tf, sideBySide, 1);
  }

  /** By what a shape is divided so that axis 1 is in {@code parts}: [1, parts, 1, …]. */
  private static Operand<TInt32> partsOfAxis1(Ops tf, int parts, int axes) {
    int[] divisors = new int[axes];
    Arrays.fill(divisors, 1);
    divisors[1] = parts;
    return tf.constant(divisors);
  }
}
