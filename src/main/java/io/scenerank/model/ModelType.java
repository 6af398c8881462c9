package io.scenerank.model;

import com.google.common.collect.ImmutableList;
import io.scenerank.layer.LayerScope;
import java.util.function.Function;

/**
 * A kind of model, as the registry lists it.
 *
 * @param name the name on the command line and in configurations
 * @param paramsType the record of its parameters
 * @param defaults the default parameters for these tasks
 * @param factory creates the model's variables
 * @param learningRate the rate that training starts with where none is asked for; it suits batches
 *     of 128 and lazy Adam
 */
public record ModelType<P extends ModelParams>(
    String name,
    Class<P> paramsType,
    Function<ImmutableList<String>, P> defaults,
    Factory<P> factory,
    float learningRate) {
  private static final float USUAL_RATE = 0.008f;

  /** A kind of model that trains at the usual rate, 0.008. */
  public ModelType(
      String name,
      Class<P> paramsType,
      Function<ImmutableList<String>, P> defaults,
      Factory<P> factory) {
    this(name, paramsType, defaults, factory, USUAL_RATE);
  }

  /** Creates a model's layers and variables below {@code scope}. */
  @FunctionalInterface
  public interface Factory<P> {
    RankingModel create(P params, LayerScope scope, FeatureInputs inputs);
  }
}
