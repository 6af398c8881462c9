package io.scenerank.model;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.scenerank.PublicApi;
import io.scenerank.config.InvalidInputException;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.PackedLayout;
import io.scenerank.feature.Targets;
import io.scenerank.layer.base.Functional;
import io.scenerank.model.Observations.Gate;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The one description from which a model's graphs are built.
 *
 * @param type which model
 * @param params its parameters
 * @param columns the feature columns that it reads, in order; others that are handed in are left
 *     out
 * @param targets what the labels of its tasks are; what is said about others is left out
 */
@PublicApi
public record ModelDefinition<P extends ModelParams>(
    ModelType<P> type, P params, ImmutableList<FeatureColumn> columns, Targets targets) {

  /**
   * @throws InvalidInputException if there is no task or one occurs twice, or if a group, a column
   *     or the weights of a sequence that the model needs are not there
   */
  public ModelDefinition {
    requireTasks(params);
    targets = targets.only(params.taskNames());
    try {
      columns = params.select(columns);
      PackedLayout.of(columns).requireWeights();
    } catch (InvalidInputException e) {
      throw new InvalidInputException("model '" + type.name() + "': " + e.getMessage(), e);
    }
  }

  /**
   * A model whose tasks are binary, each with a label in every row.
   *
   * @throws InvalidInputException as the other constructor
   */
  public ModelDefinition(ModelType<P> type, P params, ImmutableList<FeatureColumn> columns) {
    this(type, params, columns, Targets.NONE);
  }

  /**
   * Checks that there is a task and none occurs twice.
   *
   * @throws InvalidInputException naming what is wrong
   */
  public static void requireTasks(ModelParams params) {
    if (params.taskNames().isEmpty()) {
      throw new InvalidInputException("model_params.task_names is empty");
    }
    if (ImmutableSet.copyOf(params.taskNames()).size() < params.taskNames().size()) {
      throw new InvalidInputException(
          "model_params.task_names: a task occurs twice in " + params.taskNames());
    }
  }

  /**
   * A model.
   *
   * @param columns the feature columns, in order; those that the model does not read are left out
   * @throws InvalidInputException as the constructor
   */
  public static <P extends ModelParams> ModelDefinition<P> of(
      ModelType<P> type, P params, Iterable<FeatureColumn> columns) {
    return new ModelDefinition<>(type, params, ImmutableList.copyOf(columns), Targets.NONE);
  }

  /** The same model of tasks whose labels are otherwise. */
  public ModelDefinition<P> withTargets(Targets other) {
    return new ModelDefinition<>(type, params, columns, other);
  }

  /**
   * Checks that rows are labelled with what the model predicts; a Keras model predicts any label
   * that it is trained on.
   *
   * @param labels what the labels of the rows are
   * @throws InvalidInputException naming the task whose labels are of another type
   */
  public void requireLabels(Targets labels) {
    if (params.endsAnyLabels()) {
      return;
    }
    for (String task : params.taskNames()) {
      if (!targets.of(task).predictsAs(labels.of(task))) {
        throw new InvalidInputException(
            String.format(
                "task '%s' is %s in the data, but the model predicts %s",
                task, labels.of(task).text(), targets.of(task).text()));
      }
    }
  }

  /** Numbers that a row of labels has in a batch: the labels and, where there are some, weights. */
  public int labelWidth() {
    int tasks = params.taskNames().size();
    return targets.areWeighed(params.taskNames()) ? 2 * tasks : tasks;
  }

  /** The position of each column in the packed input. */
  public PackedLayout layout() {
    return PackedLayout.of(columns);
  }

  /** Multiply-adds of scoring one row; empty if nobody has counted them. */
  public OptionalLong scoringWork() {
    return work().map(work -> OptionalLong.of(work.forward())).orElseGet(OptionalLong::empty);
  }

  /** Multiply-adds of training on one row; empty if nobody has counted them. */
  public OptionalLong trainingWork() {
    return work().map(work -> OptionalLong.of(work.total())).orElseGet(OptionalLong::empty);
  }

  Optional<MultiplyAdds> work() {
    return type.work(params, columns);
  }

  /**
   * The layers of the model and their calls.
   *
   * @throws InvalidInputException if it needs a layer that there is not
   */
  public Functional functional() {
    return type.functional(params, columns, targets);
  }

  ImmutableList<Gate> gates(Observations observed) {
    return type.gates(observed, params, columns);
  }
}
