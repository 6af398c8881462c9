package io.scenerank.bench;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import io.scenerank.data.RowSource.RowFormat;
import io.scenerank.data.synthetic.SyntheticSource;
import io.scenerank.data.synthetic.SyntheticSource.SyntheticOptions;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.FeatureColumn.ColumnType;
import io.scenerank.feature.Schema;
import io.scenerank.feature.Targets;
import io.scenerank.feature.Targets.Target;
import io.scenerank.feature.Targets.TaskType;
import io.scenerank.model.ModelDefinition;
import io.scenerank.model.ModelParams;
import io.scenerank.model.ModelType;
import io.scenerank.train.LearningRateSchedule.Schedule;
import io.scenerank.train.Loss.LossForm;
import io.scenerank.train.TrainingConfig;
import io.scenerank.train.optimizer.OptimizerFactory.OptimizerType;
import java.util.Optional;

/**
 * The models that are timed: on those of KuaiRand's 85 columns that a model reads, one id each,
 * tables of width 8 without a regulariser, the default sizes and the three tasks; APG has the one
 * task that it has by default.
 */
final class BenchModel {
  private static final int WIDTH = 8;
  static final int USUAL_ROWS = 100_000;

  /** The column whose table may be given another size. */
  static final String GROWING = "video_id";

  private static final String ONE_TASK_MODEL = "apg";

  private static final int BATCH_SIZE = 1024;
  private static final String WEIGHT_COLUMN = "weight";

  private BenchModel() {}

  /** How these models are trained: as by default, with a rate that stays. */
  static TrainingConfig training() {
    return new TrainingConfig(
        1,
        BATCH_SIZE,
        OptimizerType.LAZY_ADAM,
        0.001f,
        Schedule.CONSTANT,
        LossForm.LOGITS,
        ImmutableMap.of(),
        0,
        0);
  }

  /** The model with tables of their usual sizes. */
  public static ModelDefinition<?> of(ModelType<?> type) {
    return of(type, USUAL_ROWS);
  }

  /**
   * The model.
   *
   * @param rowsOfVideoId rows of the table {@code video_id}, usually 100,000
   */
  public static ModelDefinition<?> of(ModelType<?> type, int rowsOfVideoId) {
    Schema schema = new SyntheticSource(SyntheticOptions.DEFAULT).schema();
    ImmutableList<String> tasks =
        type.name().equals(ONE_TASK_MODEL) ? schema.tasks().subList(0, 1) : schema.tasks();
    ImmutableList<FeatureColumn> columns =
        schema.columnsFor(type.name()).stream()
            .filter(column -> column.type() == ColumnType.SPARSE)
            .map(column -> column(column, rowsOfVideoId))
            .collect(ImmutableList.toImmutableList());
    return define(type, tasks, columns);
  }

  private static <P extends ModelParams> ModelDefinition<P> define(
      ModelType<P> type, ImmutableList<String> tasks, ImmutableList<FeatureColumn> columns) {
    return ModelDefinition.of(type, type.defaults(tasks), columns);
  }

  private static FeatureColumn column(FeatureColumn column, int rowsOfVideoId) {
    int rows = column.name().equals(GROWING) ? rowsOfVideoId : column.vocabSize();
    return FeatureColumn.sparse(column.name(), rows, WIDTH, column.group().toArray(String[]::new));
  }

  /** The same model of rows that have weights and may lack labels. */
  static ModelDefinition<?> weighted(ModelDefinition<?> definition) {
    Target target = new Target(TaskType.BINARY, null, true, WEIGHT_COLUMN);
    return definition.withTargets(
        Targets.of(Maps.toMap(definition.params().taskNames(), task -> target)));
  }

  /** The rows' format: the model's columns and tasks. */
  static RowFormat format(ModelDefinition<?> definition) {
    return new RowFormat(
        definition.layout(),
        definition.params().taskNames(),
        Optional.empty(),
        Optional.empty(),
        ImmutableMap.of(),
        definition.targets());
  }
}
