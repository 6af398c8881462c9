package io.scenerank.layer.base;

import io.scenerank.variable.DropoutDraws.Draw;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TFloating;
import org.tensorflow.types.family.TType;

/**
 * Dropout inside a layer, as the seed generator that Keras gives the layer draws it.
 *
 * @param scope of the layer
 * @param generator the attribute that holds the layer with the generator; empty for the layer
 *     itself
 * @param rate probability of a drop, in [0, 1)
 * @param drawsPerCall number of draws in one call of the layer
 */
public record SeededDropout(BuildScope scope, String generator, float rate, int drawsPerCall) {

  /**
   * What values are multiplied by: 0, or 1 / (1 - rate). Absent where nothing is dropped: at
   * inference, and with a rate of 0.
   *
   * @param number of the draw in this call, from 0
   * @param shape of the values
   */
  public Optional<Operand<TFloating>> factors(
      CallContext context, int number, Operand<TInt32> shape, Class<? extends TType> type) {
    String path = generator.isEmpty() ? scope.path() : scope.path() + "/" + generator;
    Ops tf = context.tf();
    return scope
        .training()
        .filter(form -> rate > 0)
        .flatMap(
            form ->
                form.dropoutSeed(path, scope.store().seeds())
                    .map(
                        seed ->
                            Draw.of(
                                seed,
                                context.number() * drawsPerCall + number,
                                scope.calls() * drawsPerCall,
                                rate))
                    .map(draw -> draw.factors(tf, draw.kept(tf, form.step(), shape))))
        .map(factors -> Casts.toFloating(tf, factors, type));
  }

  /** Drops values by the first draw of a call. */
  public Operand<TFloating> call(CallContext context, Operand<TFloating> x) {
    Ops tf = context.tf();
    return factors(context, 0, tf.shape(x), x.type())
        .<Operand<TFloating>>map(factors -> tf.math.mul(x, factors))
        .orElse(x);
  }

  /**
   * A rate of an argument.
   *
   * @throws io.scenerank.config.InvalidInputException if it is outside [0, 1)
   */
  public static float rate(LayerConfig config, String key) {
    double rate = config.number(key);
    if (!(rate >= 0 && rate < 1)) {
      throw config.wrong(key, "a number in [0, 1)");
    }
    return (float) rate;
  }
}
