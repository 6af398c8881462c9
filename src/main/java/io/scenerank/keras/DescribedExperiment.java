package io.scenerank.keras;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Sets;
import io.scenerank.feature.ConfigMapper;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.InvalidInputException;
import io.scenerank.feature.Nearest;
import io.scenerank.model.ModelDefinition;
import io.scenerank.model.ModelParams;
import io.scenerank.model.ModelType;
import io.scenerank.model.Models;
import io.scenerank.train.Experiment;
import io.scenerank.train.TrainingConfig;

/**
 * Reads a model's description: {@code model}, {@code model_params}, {@code feature_columns} and,
 * where it is there, {@code training}.
 */
final class DescribedExperiment {
  private static final ImmutableSet<String> KEYS =
      ImmutableSet.of("model", "model_params", "training", "feature_columns");
  private static final String MASKING = "attention_masking";

  private final ConfigMapper mapper = new ConfigMapper();
  private final Models models;
  private final int generation;

  /**
   * @param generation of Keras that trained the model: what its attention does with masks follows
   *     from it
   */
  DescribedExperiment(Models models, int generation) {
    this.models = models;
    this.generation = generation;
  }

  /**
   * @param where how messages call the description
   * @param training what holds where the description does not say how to train
   * @throws InvalidInputException naming the key that is missing, unknown or of another type
   */
  Experiment read(JsonNode description, String where, TrainingConfig training) {
    for (String key : Sets.difference(ImmutableSet.copyOf(description.fieldNames()), KEYS)) {
      throw new InvalidInputException(
          where + ": unknown key '" + key + "'" + Nearest.hint(key, KEYS));
    }
    for (String key : new String[] {"model", "feature_columns"}) {
      if (!description.hasNonNull(key)) {
        throw new InvalidInputException(where + ": '" + key + "' is missing");
      }
    }
    TrainingConfig own =
        description.path("training").isObject()
            ? mapper.merge(
                training, TrainingConfig.class, description.get("training"), where + ": training")
            : training;
    try {
      return new Experiment(
          definition(models.get(description.get("model").asText()), description, where), own);
    } catch (InvalidInputException e) {
      throw e.getMessage().startsWith(where)
          ? e
          : new InvalidInputException(where + ": " + e.getMessage(), e);
    }
  }

  private <P extends ModelParams> ModelDefinition<P> definition(
      ModelType<P> type, JsonNode description, String where) {
    P defaults = type.defaults().apply(ImmutableList.of());
    ObjectNode given =
        description.path("model_params") instanceof ObjectNode params
            ? params.deepCopy()
            : mapper.newObject();
    if (mapper.toTree(defaults).has(MASKING) && !given.hasNonNull(MASKING)) {
      given.put(MASKING, "keras" + generation);
    }
    P params = mapper.merge(defaults, type.paramsType(), given, where + ": model_params");
    ImmutableList<FeatureColumn> columns =
        ImmutableList.copyOf(
            mapper.convert(
                description.get("feature_columns"),
                FeatureColumn[].class,
                where + ": feature_columns"));
    return new ModelDefinition<>(type, params, columns);
  }
}
