package io.scenerank.model;

import com.google.common.collect.ImmutableList;
import io.scenerank.variable.LayerScope;
import java.util.function.Function;

/**
 * A kind of model, as the registry lists it.
 *
 * @param name the name on the command line and in configurations
 * @param paramsType the record of its parameters
 * @param defaults the default parameters for these tasks
 * @param factory creates the model's variables
 * @param pace how long and how fast it trains where nothing else is asked for
 */
public record ModelType<P extends ModelParams>(
    String name,
    Class<P> paramsType,
    Function<ImmutableList<String>, P> defaults,
    Factory<P> factory,
    Pace pace) {

  /**
   * What suits a model under lazy Adam with a falling rate.
   *
   * @param epochs passes over the training rows
   * @param batchSize rows a step
   * @param learningRate rate of the first step
   */
  public record Pace(int epochs, int batchSize, float learningRate) {
    /** 3 epochs of batches of 128 rows, from the rate 0.008 on. */
    public static final Pace USUAL = new Pace(3, 128, 0.008f);

    Pace learningRate(float newRate) {
      return new Pace(epochs, batchSize, newRate);
    }
  }

  /** A kind of model that trains at the usual pace. */
  public ModelType(
      String name,
      Class<P> paramsType,
      Function<ImmutableList<String>, P> defaults,
      Factory<P> factory) {
    this(name, paramsType, defaults, factory, Pace.USUAL);
  }

  /** Creates a model's layers and variables below {@code scope}. */
  @FunctionalInterface
  public interface Factory<P> {
    RankingModel create(P params, LayerScope scope, FeatureInputs inputs);
  }
}
