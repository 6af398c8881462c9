package io.scenerank.keras;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.model.ModelDefinition;
import io.scenerank.model.ModelType;
import io.scenerank.model.Models;
import io.scenerank.train.TrainingConfig;
import io.scenerank.train.experiment.ExperimentReader;

/**
 * Reads a model's description: {@code model}, {@code model_params}, {@code feature_columns} and,
 * where it is there, {@code training}.
 */
final class DescribedExperiment {
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
   * The model.
   *
   * @param where how messages call the description
   * @throws InvalidInputException naming the key that is missing, unknown or of another type
   */
  ModelDefinition<?> definition(JsonNode description, String where) {
    ExperimentReader.requireKnownKeys(description, where);
    for (String key : new String[] {"model", "feature_columns"}) {
      if (!description.hasNonNull(key)) {
        throw new InvalidInputException(where + ": '" + key + "' is missing");
      }
    }
    try {
      return definition(models.get(description.get("model").asText()), description, where);
    } catch (InvalidInputException e) {
      throw e.in(where);
    }
  }

  /**
   * How to train the model.
   *
   * @param training what holds where the description does not say it
   */
  TrainingConfig training(JsonNode description, String where, TrainingConfig training) {
    return description.path("training").isObject()
        ? mapper.merge(
            training, TrainingConfig.class, description.get("training"), where + ": training")
        : training;
  }

  private ModelDefinition<?> definition(ModelType<?> type, JsonNode description, String where) {
    ObjectNode given =
        description.path("model_params") instanceof ObjectNode params
            ? params.deepCopy()
            : mapper.newObject();
    boolean masks = mapper.toTree(type.defaults(ImmutableList.of())).has(MASKING);
    if (masks && !given.hasNonNull(MASKING)) {
      given.put(MASKING, "keras" + generation);
    }
    return models.define(
        type,
        given,
        FeatureColumn.list(description.get("feature_columns"), where + ": feature_columns"),
        where + ": model_params");
  }
}
