package io.scenerank.train.experiment;

import com.google.common.collect.ImmutableList;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.model.ModelDefinition;
import io.scenerank.train.TrainingConfig;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A model and how it is trained: the content of a model's YAML.
 *
 * @param definition the model with its columns
 * @param training how it is trained
 */
public record Experiment(ModelDefinition<?> definition, TrainingConfig training) {

  /** The keys and values of the YAML, every default written out. */
  public Map<String, Object> toConfig() {
    ImmutableList<FeatureColumn> columns = definition.columns();
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("model", definition.type().name());
    config.put("model_params", definition.params());
    config.put("training", training);
    config.put("feature_columns", columns);
    return config;
  }
}
