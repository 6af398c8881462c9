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
 */
public record ModelType<P extends ModelParams>(
    String name,
    Class<P> paramsType,
    Function<ImmutableList<String>, P> defaults,
    Factory<P> factory) {

  /** Creates a model's layers and variables below {@code scope}. */
  @FunctionalInterface
  public interface Factory<P> {
    RankingModel create(P params, LayerScope scope, FeatureInputs inputs);
  }
}
