package io.scenerank.train.experiment;

import com.google.common.collect.ImmutableList;
import io.scenerank.config.InvalidInputException;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.Schema;
import io.scenerank.feature.Targets;
import io.scenerank.model.ModelDefinition;
import io.scenerank.model.ModelParams;
import io.scenerank.model.ModelType;
import io.scenerank.train.TrainingConfig;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A model and how it is trained: the content of a model's YAML.
 *
 * @param definition the model with its columns
 * @param training how it is trained
 */
public record Experiment(ModelDefinition<?> definition, TrainingConfig training) {
  /** What the labels of the tasks are, where they are not all binary and in every row. */
  static final String TARGETS = "targets";

  /** The keys and values of the YAML, every default written out. */
  public Map<String, Object> toConfig() {
    ImmutableList<FeatureColumn> columns = definition.columns();
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("model", definition.type().name());
    config.put("model_params", definition.params());
    config.put("training", training);
    config.put("feature_columns", columns);
    if (!definition.targets().isEmpty()) {
      config.put(TARGETS, definition.targets());
    }
    return config;
  }

  /**
   * An experiment of which it is not yet known whether the data set has the columns for it.
   *
   * @param columns the columns that the configuration names; empty for the data set's
   * @param targets what the model's labels are; empty for the data set's
   */
  public record Draft<P extends ModelParams>(
      ModelType<P> type,
      P params,
      TrainingConfig training,
      Optional<ImmutableList<FeatureColumn>> columns,
      Optional<Targets> targets) {

    /**
     * Completes the experiment with the tasks and columns of a data set.
     *
     * @throws InvalidInputException naming what the model needs and the columns lack
     */
    public Experiment complete(Schema schema) {
      return complete(columns.orElseGet(() -> schema.columnsFor(type.name())), schema.targets());
    }

    /**
     * @param labels what the labels are that the model is trained on
     * @throws InvalidInputException naming what the model needs and the columns lack, or the task
     *     whose labels are others than the model's
     */
    Experiment complete(ImmutableList<FeatureColumn> found, Targets labels) {
      ModelDefinition<P> definition = ModelDefinition.of(type, params, found).withTargets(labels);
      targets.ifPresent(own -> definition.withTargets(own).requireLabels(labels));
      training.requireMonitor(params.taskNames(), definition.targets());
      return new Experiment(definition, training);
    }
  }
}
