package io.scenerank.run;

import static io.scenerank.testing.KerasJson.table;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import io.scenerank.data.PreparedDataset;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.Schema;
import io.scenerank.testing.GrowingDays;
import io.scenerank.testing.TestGraph;
import io.scenerank.train.Device;
import io.scenerank.train.TrainingGraph;
import io.scenerank.train.TrainingState.TrainedState;
import io.scenerank.train.experiment.Experiment;
import io.scenerank.train.experiment.SavedRun;
import io.scenerank.variable.FloatTensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TType;

/** Runs that are continued on data whose vocabularies have grown. */
@Tag("slow")
class GrowingRunTest extends GrowingRuns {
  @ParameterizedTest
  @CsvSource({"lazy_adam,12", "adam,12", "adagrad,4", "sgd,4"})
  void rowsStayAndNewOnesAreFirstValues(String optimizer, int tables) throws IOException {
    Path run = train(optimizer);
    Grown grown = Grown.of(run, 1);
    requireTrained(grown);
    assertThat(requireGrown(grown, 0, 1)).hasSize(tables);
    assertThat(requireGrown(Grown.of(run, 2), 0, 2)).hasSize(tables);
    requireSameDayByDay(run);
  }

  @Test
  void accumulatorsOfAdagradGrow() throws IOException {
    SavedRun run = SavedRun.open(train("adagrad"));
    PreparedDataset data = PreparedDataset.open(DAYS.get(2));
    Experiment experiment = run.retrain(Optional.empty(), List.of(), data.schema(), line -> {});
    Path grown = temp.resolve("grown");
    try (TrainingGraph graph =
        new TrainingGraph(
            experiment.definition(),
            TrainingGraph.Options.of(experiment.training(), 1, Device.parse("cpu"), 1))) {
      run.restore(graph, run.growth(experiment, data.schema(), data::idsSince));
      graph.saveCheckpoint(grown);
    }
    String path = "optimizer/accumulator/embedding/item/embeddings";
    FloatTensor before = variable(run.folder().resolve("checkpoint/epoch-00001/variables"), path);
    FloatTensor after = variable(grown, path);
    assertThat(before.values().length).isEqualTo(30 * 4);
    float[] first = new float[(int) after.shape().get(1)];
    Arrays.fill(first, 0.1f);
    int changed = 0;
    for (int row = 0; row < GrowingDays.ITEMS.get(2); row++) {
      float[] expected = isKept(path, row, 0, 2) ? row(before, row) : first;
      assertThat(row(after, row)).as("row %s", row).isEqualTo(expected);
      changed += Arrays.equals(expected, first) ? 0 : 1;
    }
    assertThat(changed).as("rows that a batch has touched").isGreaterThan(20);
  }

  private static FloatTensor variable(Path checkpoint, String path) {
    try (TestGraph graph = new TestGraph()) {
      Ops tf = graph.tf();
      return graph.run(
          tf.train
              .restore(
                  tf.constant(checkpoint.toString()),
                  tf.array(path),
                  tf.array(""),
                  List.<Class<? extends TType>>of(TFloat32.class))
              .tensors()
              .get(0)
              .expect(TFloat32.class));
    }
  }

  @Test
  void frozenTablesAndOthersOptimizersGrowToo() throws IOException {
    List<Path> days = new ArrayList<>();
    for (int day : new int[] {0, 2}) {
      days.add(GrowingDays.write(temp.resolve("frozen" + day), day, frozen(day)));
    }
    Path run = temp.resolve("run");
    Runs.standard().run(small(RunRequest.of("shared_bottom", days.get(0)), run));
    Grown grown = Grown.of(run, days.get(1), "optimizer=adagrad");
    assertThat(grown.after().slots()).isEmpty();
    assertThat(grown.after().adam()).isEmpty();
    for (String path : List.of("embedding/item/embeddings", "embedding/user/embeddings")) {
      FloatTensor table = grown.after().weights().get(path);
      for (int row = 0; row < table.shape().get(0); row++) {
        TrainedState source = isKept(path, row, 0, 2) ? grown.before() : grown.first();
        assertThat(row(table, row)).isEqualTo(row(source.weights().get(path), row));
      }
    }
    RunResult result =
        Runs.standard().run(small(RunRequest.from(run, days.get(1)), temp.resolve("next")));
    assertThat(
            SavedRun.open(result.folder())
                .read()
                .weights()
                .get("embedding/item/embeddings")
                .values())
        .as("a frozen table")
        .isEqualTo(grown.after().weights().get("embedding/item/embeddings").values());
  }

  /** Items that are not trained, users with a regulariser. */
  private static Schema frozen(int day) {
    Schema schema = GrowingDays.schema(day);
    return new Schema(
        schema.name(),
        schema.source(),
        schema.columns().stream()
            .map(column -> new Schema.Column(frozen(column.column()), column.groups()))
            .collect(ImmutableList.toImmutableList()),
        schema.tasks(),
        schema.scenario(),
        schema.userColumn(),
        schema.vocabularies(),
        schema.fingerprint(),
        schema.targets(),
        schema.pretrained());
  }

  private static FeatureColumn frozen(FeatureColumn column) {
    return new FeatureColumn(
        column.name(),
        column.embName(),
        column.embDim(),
        column.vocabSize(),
        column.group(),
        column.type(),
        column.maxLen(),
        column.dimension(),
        column.combiner(),
        column.maskZero(),
        column.name().equals("user") ? 0.01f : 0f,
        column.initializer(),
        !column.embName().equals("item"),
        null);
  }
}
