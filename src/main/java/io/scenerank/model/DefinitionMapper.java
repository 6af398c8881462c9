package io.scenerank.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import io.scenerank.feature.FeatureColumn;
import java.util.List;

/** Makes a model's definition of parameters in JSON. */
final class DefinitionMapper {
  private final ConfigMapper mapper = new ConfigMapper();

  /**
   * Defines a model from parameters that a file or a request gives.
   *
   * @param given the parameters that are not the defaults; the tasks have none
   * @param where how messages call the parameters
   * @throws InvalidInputException naming the parameter that is unknown, of another type or out of
   *     range, or what the model needs and the columns lack
   */
  <P extends ModelParams> ModelDefinition<P> define(
      ModelType<P> type, JsonNode given, List<FeatureColumn> columns, String where) {
    P defaults = type.defaults(ImmutableList.of());
    return ModelDefinition.of(
        type,
        mapper.merge(
            defaults,
            type.paramsType(),
            type.translate(OriginalParams.activations(given), columns),
            where),
        ImmutableList.copyOf(columns));
  }
}
