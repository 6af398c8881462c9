package io.scenerank.layer.base;

import io.scenerank.variable.DropoutDraws;
import io.scenerank.variable.Training;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TFloating;

/**
 * The random numbers of a layer in training: Keras 3's, draw for draw. Each call of the layer in a
 * step draws again; at inference nothing is drawn, nor in a replay that does not name the layer.
 */
public final class Noise {
  private final BuildScope scope;
  private final Optional<Integer> seed;

  /**
   * @param scope of the layer that draws
   * @param seed the layer's own, instead of one from the model's
   */
  public Noise(BuildScope scope, Optional<Integer> seed) {
    this.scope = scope;
    this.seed = seed;
  }

  /** The noise of a layer whose argument {@code seed} is an integer or None. */
  public static Noise of(BuildScope scope, LayerConfig config) {
    return new Noise(
        scope, config.has("seed") ? Optional.of(config.integer("seed")) : Optional.empty());
  }

  /** What a call draws; absent if it draws nothing. */
  Optional<DropoutDraws.Draw> draw(CallContext context, double rate) {
    return context
        .training()
        .flatMap(
            form ->
                form.dropoutSeed(scope.path(), scope.store().seeds())
                    .map(
                        of ->
                            seed.isPresent() && form.replayed().isEmpty()
                                ? new Training.DropoutSeed(seed.get(), 0)
                                : of))
        .map(of -> DropoutDraws.Draw.of(of, context.number(), scope.calls(), (float) rate));
  }

  /**
   * Keras 3's dropout: each value is 0 with probability {@code rate} and scaled by {@code 1 / (1 -
   * rate)} otherwise.
   *
   * @param rate in [0, 1]
   * @param shape sizes of what is decided, 1 where one decision holds for a whole axis; absent for
   *     a decision for each value
   */
  public Operand<TFloating> dropout(
      CallContext context,
      Operand<TFloating> x,
      double rate,
      Optional<List<Operand<TInt32>>> shape) {
    Ops tf = context.tf();
    Optional<DropoutDraws.Draw> draw = rate > 0 ? draw(context, rate) : Optional.empty();
    if (draw.isEmpty()) {
      return x;
    }
    if (rate == 1) {
      return tf.math.mul(x, context.number(x, 0));
    }
    Training form = context.training().orElseThrow();
    Operand<TFloat32> like = Casts.to(tf, x, TFloat32.class);
    if (form.fed().isPresent()
        && shape.isEmpty()
        && x.type() == (Class<?>) TFloat32.class
        && DropoutDraws.canTake(like)) {
      Operand<TFloat32> factors = form.fed().get().add(tf, like, List.of(draw.get()));
      return tf.math.mul(x, Casts.toFloating(tf, factors, x.type()));
    }
    // A product instead of a choice between two values: its gradient is one product more.
    Operand<TFloating> kept =
        Casts.toFloating(tf, kept(context, draw.get(), shape(tf, x, shape), x.type()), x.type());
    return tf.math.mul(x, tf.math.mul(kept, context.number(x, 1 / (1 - rate))));
  }

  /**
   * Decisions that are true with probability {@code 1 - rate}; absent where nothing is drawn.
   *
   * @param shape as for {@link #dropout}
   */
  public Optional<Operand<TBool>> kept(
      CallContext context,
      Operand<TFloating> x,
      double rate,
      Optional<List<Operand<TInt32>>> shape) {
    return draw(context, rate)
        .map(draw -> kept(context, draw, shape(context.tf(), x, shape), TFloat32.class));
  }

  private static Operand<TInt32> shape(
      Ops tf, Operand<TFloating> x, Optional<List<Operand<TInt32>>> shape) {
    return shape.<Operand<TInt32>>map(tf::stack).orElseGet(() -> tf.shape(x));
  }

  private static Operand<TBool> kept(
      CallContext context,
      DropoutDraws.Draw draw,
      Operand<TInt32> shape,
      Class<? extends TFloating> type) {
    Ops tf = context.tf();
    Operand<? extends TFloating> uniform =
        tf.random.statelessRandomUniform(shape, seed(context, draw), type);
    return greaterEqual(tf, uniform, draw.rate());
  }

  @SuppressWarnings("unchecked")
  private static Operand<TBool> greaterEqual(
      Ops tf, Operand<? extends TFloating> uniform, double rate) {
    Operand<TFloating> values = (Operand<TFloating>) uniform;
    return tf.math.greaterEqual(values, Casts.number(tf, values, rate));
  }

  private static Operand<TInt32> seed(CallContext context, DropoutDraws.Draw draw) {
    return draw.seed(context.tf(), context.training().orElseThrow().step());
  }

  /**
   * Numbers of x's shape from a normal distribution; absent where nothing is drawn.
   *
   * @param deviation standard deviation
   */
  public Optional<Operand<TFloating>> normal(
      CallContext context, Operand<TFloating> x, double mean, double deviation) {
    Ops tf = context.tf();
    return draw(context, 0)
        .map(
            draw -> {
              Operand<TFloating> standard =
                  tf.random.statelessRandomNormal(tf.shape(x), seed(context, draw), x.type());
              // The op has no gradient, not even for the shape that it is given.
              return tf.math.add(
                  tf.math.mul(tf.stopGradient(standard), context.number(x, deviation)),
                  context.number(x, mean));
            });
  }
}
