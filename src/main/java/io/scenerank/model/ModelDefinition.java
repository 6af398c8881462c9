package io.scenerank.model;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.InvalidInputException;
import io.scenerank.feature.PackedLayout;
import io.scenerank.layer.LayerScope;

/**
 * The one description from which a model's graphs are built.
 *
 * @param type which model
 * @param params its parameters
 * @param columns the feature columns that it reads, in order; others that are handed in are left
 *     out
 */
public record ModelDefinition<P extends ModelParams>(
    ModelType<P> type, P params, ImmutableList<FeatureColumn> columns) {

  /**
   * @throws InvalidInputException if there is no task or one stands twice, or if a group that the
   *     model needs has no column
   */
  public ModelDefinition {
    requireTasks(params);
    columns = columns.stream().filter(params::reads).collect(ImmutableList.toImmutableList());
    for (String group : params.groups()) {
      if (columns.stream().noneMatch(column -> column.group().contains(group))) {
        throw new InvalidInputException(
            "model '" + type.name() + "': no feature column is in the group '" + group + "'");
      }
    }
  }

  /**
   * Checks that there is a task and none stands twice.
   *
   * @throws InvalidInputException naming what is wrong
   */
  public static void requireTasks(ModelParams params) {
    if (params.taskNames().isEmpty()) {
      throw new InvalidInputException("model_params.task_names is empty");
    }
    if (ImmutableSet.copyOf(params.taskNames()).size() < params.taskNames().size()) {
      throw new InvalidInputException(
          "model_params.task_names: a task stands twice in " + params.taskNames());
    }
  }

  /** Where each column stands in the packed input. */
  public PackedLayout layout() {
    return PackedLayout.of(columns);
  }

  /** Creates the model's layers and variables in a graph. */
  public RankingModel create(LayerScope scope, FeatureInputs inputs) {
    return type.factory().create(params, scope, inputs);
  }
}
