package io.scenerank.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.common.collect.ImmutableList;
import io.scenerank.data.Batch;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.model.Models;
import io.scenerank.parity.ParityCheck;
import io.scenerank.train.Device;
import io.scenerank.train.TrainingGraph;
import io.scenerank.train.TrainingState.TrainedState;
import io.scenerank.train.optimizer.KerasOptimizer;
import io.scenerank.variable.FloatTensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TInt32;

/**
 * A model of keras-rs' layers and SpectralNormalization that Keras trained with Muon and moving
 * averages, written by {@code make_graph_artefacts.py}.
 */
@Tag("slow")
class RecommendersImportTest {
  private static final Path FILE = Path.of("src/test/resources/keras/graphs/recommenders.keras");

  @TempDir private Path temp;

  @Test
  void computesAndTrainsAsKerasDoes() {
    ParityCheck.CaseResult result =
        new ParityCheck(Models.standard()).run(FILE, FILE.resolveSibling("recommenders.cases.h5"));
    assertThat(result.tensors()).hasSizeGreaterThan(15);
    assertThat(result.passed()).as("%s", result.tensors()).isTrue();
  }

  @Test
  void theOptimizersStateIsReadAndWritten() throws IOException {
    KerasModel model = KerasModels.read(FILE);
    assertThat(model.warnings()).isEmpty();
    assertThat(model.state().step()).isEqualTo(8);
    assertThat(model.state().slots().keySet())
        .contains(
            "optimizer/average/is_click/kernel",
            "optimizer/m/is_click/kernel",
            "optimizer/v/user/embeddings",
            "optimizer/v/feature_cross_1/dense/kernel")
        .doesNotContain("optimizer/v/is_click/kernel");
    Path copy = temp.resolve("copy.keras");
    new KerasExporter(model.experiment(), model.state()).writeArchive(copy);
    KerasModel again = KerasModels.read(copy);
    assertThat(again.state()).usingRecursiveComparison().isEqualTo(model.state());
    assertThat(again.experiment().training().learningRate()).isEqualTo(0.01f);
    assertThat(again.experiment().training().optimizer().key()).contains("\"clipnorm\":0.5");
  }

  @Test
  void aFileHasTheKernelUnderSpectralNormalizationTwice() throws IOException {
    KerasModel model = KerasModels.read(FILE);
    Path copy = temp.resolve("copy.weights.h5");
    new KerasExporter(model.experiment(), model.state()).writeWeights(copy);
    try (Hdf5 file = Hdf5.open(copy, "copy")) {
      Map<String, StoredVariable> arrays = file.arrays("layers/spectral_normalization");
      assertThat(arrays.keySet().stream().filter(key -> key.endsWith("vars/0"))).hasSize(2);
    }
  }

  @Test
  void aTrainingBeginsWithTheStateAndEndsWithTheAverages() {
    KerasModel model = KerasModels.read(FILE);
    TrainingGraph.Options options =
        TrainingGraph.Options.of(model.experiment().training(), 0, Device.parse("cpu"), 1);
    try (TrainingGraph graph = new TrainingGraph(model.experiment().definition(), options)) {
      graph.assign(model.state());
      TrainedState found = graph.state(8);
      model
          .state()
          .slots()
          .forEach(
              (path, values) ->
                  assertThat(found.slots().get(path).values()).as(path).isEqualTo(values.values()));
      KerasOptimizer optimizer = (KerasOptimizer) graph.optimizer();
      Map<String, FloatTensor> finished = optimizer.finished(graph.read(), found.slots());
      for (String path : ImmutableList.of("user/embeddings", "is_click/kernel")) {
        assertThat(finished.get(path).values())
            .isEqualTo(model.state().slots().get("optimizer/average/" + path).values());
      }
      assertThat(finished.get("spectral_normalization/vector_u").values())
          .isEqualTo(model.state().weights().get("spectral_normalization/vector_u").values());
    }
  }

  /**
   * Tables of one width are one variable here, and each a variable of its own for Muon in Keras.
   */
  @Test
  void tablesOfOneVariableAreClippedAndUpdatedApart() {
    KerasModel model = KerasModels.read(FILE);
    assertThat(model.experiment().definition().columns())
        .extracting(FeatureColumn::name)
        .containsExactly("user_id", "item_id", "price");
    TrainingGraph.Options options =
        TrainingGraph.Options.of(model.experiment().training(), 0, Device.parse("cpu"), 1);
    try (Hdf5 cases = Hdf5.open(FILE.resolveSibling("recommenders.cases.h5"), "cases");
        TrainingGraph graph = new TrainingGraph(model.experiment().definition(), options);
        Batch batch = batch(cases.arrays(""))) {
      graph.assign(model.state());
      float[] losses = new float[5];
      for (int i = 0; i < losses.length; i++) {
        losses[i] = graph.step(batch, 8 + i, 0.01f);
      }
      float[] expected = cases.arrays("").get("losses").read("cases").values();
      assertThat(losses).containsExactly(expected, within(1e-5f));
    }
  }

  private static Batch batch(Map<String, StoredVariable> arrays) {
    long[] users = arrays.get("inputs/user_id").values().integers();
    long[] items = arrays.get("inputs/item_id").values().integers();
    TInt32 ids = TInt32.tensorOf(Shape.of(users.length, 2));
    for (int row = 0; row < users.length; row++) {
      ids.setInt((int) users[row], row, 0);
      ids.setInt((int) items[row], row, 1);
    }
    return new Batch(
        ids,
        Optional.of(arrays.get("inputs/price").read("cases").toTensor()),
        Optional.of(arrays.get("targets/0").read("cases").toTensor()),
        users.length);
  }
}
