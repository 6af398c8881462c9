package io.scenerank.layer.base;

import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.Layer.CallContext;
import io.scenerank.variable.DropoutDraws;
import io.scenerank.variable.DropoutDraws.Draw;
import io.scenerank.variable.LayerScope.Training;
import io.scenerank.variable.Shapes;
import java.util.Arrays;
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
  private final String path;
  private final Optional<Integer> seed;
  private final int drawsPerCall;

  private Noise(BuildScope scope, String path, Optional<Integer> seed, int drawsPerCall) {
    this.scope = scope;
    this.path = path;
    this.seed = seed;
    this.drawsPerCall = drawsPerCall;
  }

  /** The noise of a layer that draws once in a call. */
  public static Noise of(BuildScope scope, LayerConfig config) {
    return of(scope, config, 1);
  }

  /**
   * The noise of a layer.
   *
   * @param config with the argument {@code seed}, an integer, or None for a seed from the model's
   * @param drawsPerCall number of draws in one call of the layer
   */
  public static Noise of(BuildScope scope, LayerConfig config, int drawsPerCall) {
    return new Noise(scope, scope.path(), seed(config), drawsPerCall);
  }

  /**
   * The noise of a layer inside this one, which draws once in a call and has this one's seed.
   *
   * @param attribute that holds the layer
   */
  public static Noise inside(BuildScope scope, LayerConfig config, String attribute) {
    return new Noise(scope, scope.path() + "/" + attribute, seed(config), 1);
  }

  private static Optional<Integer> seed(LayerConfig config) {
    return config.has("seed") ? Optional.of(config.integer("seed")) : Optional.empty();
  }

  /**
   * A rate of an argument.
   *
   * @throws io.scenerank.config.InvalidInputException if it is outside [0, 1)
   */
  public static double rate(LayerConfig config, String key) {
    double rate = config.number(key);
    if (!(rate >= 0 && rate < 1)) {
      throw config.wrong(key, "a number of at least 0 and below 1");
    }
    return rate;
  }

  /** What a draw of a call is; absent if it draws nothing. */
  Optional<DropoutDraws.Draw> draw(CallContext context, int number, double rate) {
    return context
        .training()
        .flatMap(
            form ->
                form.dropoutSeed(path, scope.store().seeds())
                    .map(
                        of ->
                            seed.isPresent() && form.replayed().isEmpty()
                                ? new Training.DropoutSeed(seed.get(), 0)
                                : of))
        .map(
            of ->
                DropoutDraws.Draw.of(
                    of,
                    context.number() * drawsPerCall + number,
                    scope.calls() * drawsPerCall,
                    (float) rate));
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
    Optional<DropoutDraws.Draw> draw = rate > 0 ? draw(context, 0, rate) : Optional.empty();
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
    return tf.math.mul(x, factors(context, draw.get(), shape(tf, x, shape), x, rate));
  }

  /**
   * What dropout multiplies values by: 0, or 1 / (1 - rate). Absent where nothing is dropped.
   *
   * @param number of the draw in this call, from 0
   * @param shape of the values
   * @param like of their type
   */
  public Optional<Operand<TFloating>> factors(
      CallContext context,
      int number,
      Operand<TInt32> shape,
      Operand<TFloating> like,
      double rate) {
    Optional<DropoutDraws.Draw> draw = rate > 0 ? draw(context, number, rate) : Optional.empty();
    return draw.map(of -> factors(context, of, shape, like, rate));
  }

  /** A product instead of a choice between two values: its gradient is one product more. */
  private static Operand<TFloating> factors(
      CallContext context,
      DropoutDraws.Draw draw,
      Operand<TInt32> shape,
      Operand<TFloating> like,
      double rate) {
    Ops tf = context.tf();
    Operand<TFloating> kept =
        Casts.toFloating(tf, kept(context, draw, shape, like.type()), like.type());
    return tf.math.mul(kept, context.number(like, 1 / (1 - rate)));
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
    return draw(context, 0, rate)
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
    return draw(context, 0, 0)
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

  /** A dropout whose every value is decided on its own. */
  public interface DropoutCall extends Layer.Call {
    /** What draws. */
    Noise noise();

    /** Probability of a drop. */
    double rate();

    /**
     * A call of a layer.
     *
     * @param number of the call among the layer's in one forward pass, from 0
     */
    record Numbered(DropoutCall layer, int number) {}

    /**
     * Several calls at once: their inputs are side by side on axis 1.
     *
     * @param x [B, calls · n, …]
     * @param calls of layers of one rate
     */
    static Operand<TFloating> sideBySide(
        CallContext context, Operand<TFloating> x, List<Numbered> calls) {
      Ops tf = context.tf();
      ImmutableList<Optional<Draw>> draws =
          calls.stream()
              .map(
                  call ->
                      call.layer().rate() > 0
                          ? call.layer()
                              .noise()
                              .draw(
                                  new CallContext(tf, context.training(), call.number()),
                                  0,
                                  call.layer().rate())
                          : Optional.<Draw>empty())
              .collect(ImmutableList.toImmutableList());
      if (draws.stream().allMatch(Optional::isEmpty)) {
        return x;
      }
      Training form = context.training().orElseThrow();
      Operand<TFloat32> like = Casts.to(tf, x, TFloat32.class);
      // Where one of them drops nothing, its values keep their scale too, which a decision cannot
      // say.
      Operand<TFloat32> factors =
          form.fed().isPresent()
                  && DropoutDraws.canTake(like)
                  && draws.stream().allMatch(Optional::isPresent)
              ? form.fed().get().add(tf, like, draws.stream().map(Optional::get).toList())
              : drawn(tf, x, draws, form.step());
      return tf.math.mul(x, Casts.toFloating(tf, factors, x.type()));
    }

    private static Operand<TFloat32> drawn(
        Ops tf, Operand<TFloating> x, List<Optional<Draw>> draws, Operand<TInt32> step) {
      int[] parts = new int[x.shape().numDimensions()];
      Arrays.fill(parts, 1);
      parts[1] = draws.size();
      Operand<TInt32> shape = tf.math.div(tf.shape(x), tf.constant(parts)); // of one call
      List<Operand<TFloat32>> sideBySide =
          draws.stream()
              .map(
                  draw ->
                      draw.map(of -> of.factors(tf, of.kept(tf, step, shape)))
                          .orElseGet(() -> tf.fill(shape, tf.constant(1f))))
              .toList();
      return Shapes.concat(tf, sideBySide, 1);
    }
  }
}
