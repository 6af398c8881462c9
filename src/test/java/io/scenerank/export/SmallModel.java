package io.scenerank.export;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import io.scenerank.data.PackedRows;
import io.scenerank.data.RowSource.RowFormat;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.FeatureColumn.ColumnType;
import io.scenerank.feature.PackedLayout;
import io.scenerank.feature.Schema;
import io.scenerank.model.ModelDefinition;
import io.scenerank.model.ModelParams.Activation;
import io.scenerank.model.Models;
import io.scenerank.model.PepNetParams;
import io.scenerank.serve.Features;
import io.scenerank.train.Checkpoints;
import io.scenerank.train.Device;
import io.scenerank.train.LearningRateSchedule.Schedule;
import io.scenerank.train.Loss.LossForm;
import io.scenerank.train.Trainer;
import io.scenerank.train.TrainingConfig;
import io.scenerank.train.TrainingGraph;
import io.scenerank.train.TrainingListener;
import io.scenerank.train.optimizer.OptimizerFactory.OptimizerType;
import io.scenerank.variable.FloatTensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A PEPNet of a few hundred numbers with everything that an export has to carry: a sequence that
 * shares a sparse column's table, dense columns of one and of several values, two widths of
 * embedding, linear logits, and a name beyond ASCII.
 */
public final class SmallModel {
  public static final ImmutableList<String> TASKS = ImmutableList.of("click", "like");
  public static final int ROWS = 64;

  public static final ImmutableList<FeatureColumn> COLUMNS =
      ImmutableList.of(
          FeatureColumn.sparse("user", 20, 4, "dnn", "pepnet", "linear"),
          FeatureColumn.dense("age", 1, "dnn", "linear"),
          FeatureColumn.sequence("history", "video", 30, 4, 3, "dnn"),
          FeatureColumn.sparse("scene", 3, 4, "epnet"),
          FeatureColumn.dense("vector", 2, "dnn"),
          FeatureColumn.sparse("größe", 5, 2, "dnn", "linear"),
          FeatureColumn.sparse("video", 30, 4, "dnn", "pepnet"));

  private static SmallModel trained;

  private final Path folder;
  private final ImmutableMap<String, FloatTensor> weights;
  private final float[][] scores;

  private SmallModel(Path folder, ImmutableMap<String, FloatTensor> weights, float[][] scores) {
    this.folder = folder;
    this.weights = weights;
    this.scores = scores;
  }

  /** The exported model, {@code <folder>/1}; trained once for all tests. */
  public Path folder() {
    return folder;
  }

  /** The variables as training left them. */
  public ImmutableMap<String, FloatTensor> weights() {
    return weights;
  }

  /** The trainer's probabilities of {@link #rows}, [task][row]. */
  public float[][] scores() {
    return scores;
  }

  public static synchronized SmallModel get() {
    if (trained == null) {
      try {
        Path folder = Files.createTempDirectory("scenerank-small-model");
        Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(folder)));
        trained = train(folder);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return trained;
  }

  private static void delete(Path folder) {
    try {
      MoreFiles.deleteRecursively(folder, RecursiveDeleteOption.ALLOW_INSECURE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static SmallModel train(Path folder) throws IOException {
    ModelDefinition<PepNetParams> definition = definition();
    PackedRows rows = rows(ROWS);
    TrainingConfig config =
        new TrainingConfig(
            2,
            16,
            OptimizerType.LAZY_ADAM,
            0.05f,
            Schedule.CONSTANT,
            LossForm.LOGITS,
            ImmutableMap.of(),
            0,
            0);
    try (Trainer trainer =
        new Trainer(
            definition,
            TrainingGraph.Options.of(config, 3, cpu(), 1),
            new Schema.Scenario("scene", ImmutableList.of()),
            TrainingListener.NONE)) {
      trainer.fit(rows, new Checkpoints(folder.resolve("checkpoint")));
      Path exported =
          new SavedModelExporter().export(definition, trainer.graph(), folder, 1, false);
      return new SmallModel(exported, trainer.graph().read(), trainer.predict(rows));
    }
  }

  static Device cpu() {
    return new Device(Device.Kind.CPU, 0);
  }

  public static ModelDefinition<PepNetParams> definition() {
    return definition(TASKS, COLUMNS);
  }

  public static ModelDefinition<PepNetParams> definition(
      ImmutableList<String> tasks, ImmutableList<FeatureColumn> columns) {
    return new ModelDefinition<>(
        Models.PEPNET,
        new PepNetParams(tasks, ImmutableList.of(8, 4), Activation.RELU, 0.1f, 1e-5f, true),
        columns);
  }

  /** A graph of the definition with first values, for exports that need no training. */
  public static TrainingGraph untrained(ModelDefinition<?> definition) {
    return new TrainingGraph(
        definition, TrainingGraph.Options.of(TrainingConfig.defaults(), 5, cpu(), 1));
  }

  /** Rows that are a function of their number, every id of every column among them. */
  public static PackedRows rows(int count) {
    PackedLayout layout = PackedLayout.of(COLUMNS);
    PackedRows.Builder builder =
        PackedRows.builder(new RowFormat(layout, TASKS, Optional.of("user"), Optional.of("scene")));
    for (int row = 0; row < count; row++) {
      builder.add(
          ids(row), new float[] {row / 10f, -row / 20f, 0.5f}, new float[] {row % 2, row / 2 % 2});
    }
    return builder.build();
  }

  private static int[] ids(int row) {
    return new int[] {row % 20, row % 30, (row + 11) % 30, 0, row % 3, row % 5, (row * 7 + 1) % 30};
  }

  /** The rows {@code from} to {@code from + count} as a caller gives them. */
  public static Features features(int from, int count) {
    return features(rows(from + count), from, count);
  }

  public static Features features(PackedRows rows, int from, int count) {
    Features.Builder features = Features.builder();
    for (FeatureColumn column : rows.layout().columns()) {
      int offset = rows.layout().offset(column);
      int[][] ids = new int[count][column.width()];
      float[][] floats = new float[count][column.width()];
      for (int row = 0; row < count; row++) {
        if (column.type() == ColumnType.DENSE) {
          rows.copyDense(from + row, offset, floats[row], 0, column.width());
        } else {
          rows.copyIds(from + row, offset, ids[row], 0, column.width());
        }
      }
      if (column.type() == ColumnType.DENSE) {
        features.floats(column.name(), floats);
      } else {
        features.ids(column.name(), ids);
      }
    }
    return features.build();
  }
}
