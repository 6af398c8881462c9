package io.scenerank.train.experiment;

import com.google.common.collect.ImmutableList;
import io.scenerank.config.InvalidInputException;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.Schema;
import io.scenerank.model.ModelDefinition;
import io.scenerank.model.ModelParams;
import io.scenerank.model.ModelType;
import io.scenerank.train.TrainingConfig;
import java.util.Optional;

/**
 * An experiment of which it is not yet known whether the data set has the columns for it.
 *
 * @param columns the columns that the configuration names; empty for the data set's
 */
public record ExperimentDraft<P extends ModelParams>(
    ModelType<P> type,
    P params,
    TrainingConfig training,
    Optional<ImmutableList<FeatureColumn>> columns) {

  /**
   * Completes the experiment with the tasks and columns of a data set.
   *
   * @throws InvalidInputException naming what the model needs and the columns lack
   */
  public Experiment complete(Schema schema) {
    return complete(columns.orElseGet(() -> schema.columnsFor(type.name())));
  }

  /**
   * @throws InvalidInputException naming what the model needs and the columns lack
   */
  Experiment complete(ImmutableList<FeatureColumn> found) {
    return new Experiment(ModelDefinition.of(type, params, found), training);
  }
}
