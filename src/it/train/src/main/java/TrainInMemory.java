import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.data.Batch;
import io.scenerank.data.Batcher;
import io.scenerank.data.PackedRows;
import io.scenerank.data.RowSource.RowFormat;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.Schema;
import io.scenerank.model.Models;
import io.scenerank.train.Device;
import io.scenerank.train.Trainer;
import io.scenerank.train.TrainingGraph;
import io.scenerank.train.TrainingListener;
import io.scenerank.train.experiment.Experiment;
import io.scenerank.train.experiment.ExperimentReader;
import java.util.List;
import java.util.Optional;

/** Trains MMoE on rows that Java builds, and scores them; writes no file. */
public final class TrainInMemory {
  private static final int USERS = 20;
  private static final int ROWS = 2000;
  private static final int BATCH = 100;

  public static void main(String[] args) {
    ImmutableList<FeatureColumn> columns =
        ImmutableList.of(
            FeatureColumn.sparse("user", USERS + 1, 4, "mmoe"),
            FeatureColumn.sparse("scene", 3, 2, "mmoe"));
    Schema schema =
        new Schema(
            "memory",
            "code",
            columns.stream()
                .map(column -> new Schema.Column(column, ImmutableMap.of()))
                .collect(ImmutableList.toImmutableList()),
            ImmutableList.of("click"),
            new Schema.Scenario("scene", ImmutableList.of("home", "search")),
            "user",
            ImmutableMap.of());
    PackedRows.Builder builder = PackedRows.builder(RowFormat.of(schema));
    for (int row = 0; row < ROWS; row++) {
      int user = 1 + row % USERS;
      builder.add(new int[] {user, 1 + row / USERS % 2}, new float[0], new float[] {user % 2});
    }
    PackedRows rows = builder.build();

    Models models = Models.standard();
    Experiment experiment =
        new ExperimentReader(models)
            .read(models.get("mmoe"), Optional.empty(), List.of("batch_size=" + BATCH), schema);
    TrainingGraph.Options options =
        TrainingGraph.Options.of(experiment.training(), 1, Device.auto(), 1);
    try (Trainer trainer =
        new Trainer(experiment.definition(), options, schema.scenario(), TrainingListener.NONE)) {
      int step = 0;
      for (int epoch = 0; epoch < 5; epoch++) {
        try (Batcher batches = Batcher.of(rows).shuffled(1, epoch).batchSize(BATCH).start()) {
          while (batches.hasNext()) {
            try (Batch batch = batches.next()) {
              trainer.graph().step(batch, ++step, 0.01f);
            }
          }
        }
      }
      float[] click = trainer.predict(rows)[0];
      System.out.println(
          "after " + step + " steps: " + click[0] + " for 1, " + click[1] + " for 0");
      if (!(click[0] > 0.9 && click[1] < 0.1)) {
        throw new IllegalStateException("the model did not learn who clicks");
      }
    }
  }

  private TrainInMemory() {}
}
