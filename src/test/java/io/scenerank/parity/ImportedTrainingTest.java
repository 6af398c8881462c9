package io.scenerank.parity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.common.collect.ImmutableMap;
import io.scenerank.data.Batch;
import io.scenerank.keras.KerasModel;
import io.scenerank.keras.KerasModels;
import io.scenerank.model.ModelDefinition;
import io.scenerank.model.Models;
import io.scenerank.train.Device;
import io.scenerank.train.TrainingGraph;
import io.scenerank.train.optimizer.AdamState;
import io.scenerank.variable.FloatTensor;
import io.scenerank.variable.LayerScope.Training.DropoutSeed;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Imports what Keras saved in the middle of a training and continues the training; the continuation
 * by Keras of the same model and optimizer is recorded next to it.
 */
@Tag("slow")
class ImportedTrainingTest {
  private static final Path ARTEFACTS = Path.of("src/test/resources/keras");

  /** Recorded outputs differ by some 1e-7 between CPUs. */
  private static final float OUTPUT = 1e-6f;

  /** Of a loss, relative, and of a weight after all steps: the tolerances of the replays. */
  private static final float LOSS = 1e-5f;

  private static final float WEIGHT = 1e-4f;

  @ParameterizedTest(name = "{0}")
  @CsvSource({"pepnet", "apg", "m2m", "mmoe", "shared_bottom"})
  void goesOnWhereKeras3Stopped(String model) {
    CaseFile recorded = recorded(model + "-continued-keras3.h5");
    KerasModel imported = read(path(model + ".keras"), Optional.empty());
    assertSameModel(imported, recorded);
    assertContinues(imported, recorded);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"pepnet", "apg", "m2m", "mmoe", "shared_bottom"})
  void findsTheSameInTheWeightsAlone(String model) {
    KerasModel whole = read(path(model + ".keras"), Optional.empty());
    KerasModel weights = read(path(model + ".weights.h5"), Optional.of(path(model + ".yaml")));
    assertThat(weights.experiment().training())
        .as("optimizer and learning rate")
        .isEqualTo(whole.experiment().training());
    assertSameValues("weights", weights.state().weights(), whole.state().weights());
    AdamState found = weights.state().adam().orElseThrow();
    AdamState expected = whole.state().adam().orElseThrow();
    assertThat(found.step()).isEqualTo(expected.step());
    assertSameValues("first moments", found.m(), expected.m());
    assertSameValues("second moments", found.v(), expected.v());
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"pepnet", "apg", "m2m", "mmoe", "shared_bottom"})
  void goesOnWhereKeras2Stopped(String model) {
    CaseFile recorded = recorded(model + "-continued-keras2.h5");
    KerasModel imported = read(Path.of("savedmodels", model + "-keras2"), Optional.empty());
    assertThat(imported.difference().orElseThrow().largest())
        .as("largest difference of the native graph and the SavedModel's own")
        .isLessThanOrEqualTo(OUTPUT);
    assertSameModel(imported, recorded);
    assertContinues(imported, recorded);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"pepnet", "apg", "m2m", "mmoe", "shared_bottom"})
  void readsTheWeightsOfKeras2(String model) {
    KerasModel imported =
        read(path(model + "-keras2.h5"), Optional.of(path(model + "-keras2.yaml")));
    assertSameModel(imported, recorded(model + "-continued-keras2.h5"));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"pepnet", "apg", "m2m", "mmoe", "shared_bottom"})
  void readsTheExportOfKeras3(String model) {
    Path folder = Path.of("savedmodels", model + "-keras3");
    KerasModel imported = read(folder, Optional.of(path(model + "-keras2.yaml")));
    assertThat(imported.difference().orElseThrow().largest())
        .as("largest difference of the native graph and the SavedModel's own")
        .isLessThanOrEqualTo(OUTPUT);
    assertSameModel(imported, new CaseReader().read(Path.of(folder + ".h5")));
  }

  private static Path path(String name) {
    return ARTEFACTS.resolve(name);
  }

  private static CaseFile recorded(String name) {
    return new CaseReader().read(path(name));
  }

  private static KerasModel read(Path source, Optional<Path> config) {
    return new KerasModels(Models.standard(), 1).read(source, config);
  }

  private static void assertSameModel(KerasModel imported, CaseFile recorded) {
    assertSameValues("weights", imported.state().weights(), recorded.weights());
    ModelDefinition<?> definition = imported.experiment().definition();
    CaseInputs inputs = new CaseInputs(recorded, definition, definition.columns());
    try (TrainingGraph graph = graph(imported, ImmutableMap.of());
        Batch batch = inputs.batch(inputs.allRows())) {
      graph.assign(imported.state());
      float[][] scores = new float[definition.params().taskNames().size()][batch.size()];
      graph.predict(batch, scores, 0);
      for (int task = 0; task < scores.length; task++) {
        String name = definition.params().taskNames().get(task);
        assertThat(scores[task])
            .as("probabilities of " + name)
            .containsExactly(recorded.outputs().get(name).values(), within(OUTPUT));
      }
    }
  }

  private static void assertSameValues(
      String what, Map<String, FloatTensor> found, Map<String, FloatTensor> expected) {
    assertThat(found.keySet()).as(what).isEqualTo(expected.keySet());
    expected.forEach(
        (path, value) -> {
          assertThat(found.get(path).shape()).as(path).isEqualTo(value.shape());
          assertThat(found.get(path).values()).as(path).isEqualTo(value.values());
        });
  }

  private static TrainingGraph graph(KerasModel imported, ImmutableMap<String, DropoutSeed> seeds) {
    return new TrainingGraph(
        imported.experiment().definition(),
        new TrainingGraph.Options(
            imported.experiment().training(), 0, Device.parse("cpu"), 1, Optional.of(seeds)));
  }

  private static void assertContinues(KerasModel imported, CaseFile recorded) {
    CaseFile.Steps steps = recorded.steps().orElseThrow();
    CaseInputs inputs =
        new CaseInputs(
            recorded,
            imported.experiment().definition(),
            imported.experiment().definition().columns());
    int first = Math.toIntExact(imported.state().adam().map(AdamState::step).orElseThrow());
    assertThat(first).as("steps of Adam before the file was saved").isEqualTo(16);
    // A graph counts dropouts by its steps, so those before the first are in its number already.
    ImmutableMap.Builder<String, DropoutSeed> seeds = ImmutableMap.builder();
    steps
        .dropoutSeeds()
        .forEach((path, state) -> seeds.put(path, new DropoutSeed(state.seed(), 0)));
    int size = Math.toIntExact(steps.batchRows().shape().get(1));
    try (TrainingGraph graph = graph(imported, seeds.buildOrThrow())) {
      graph.assign(imported.state());
      float rate = imported.experiment().training().learningRate();
      for (int i = 0; i < steps.batchRows().shape().get(0); i++) {
        int[] rows = Arrays.copyOfRange(steps.batchRows().values(), i * size, (i + 1) * size);
        float expected = steps.loss().values()[i];
        try (Batch batch = inputs.labelledBatch(rows)) {
          assertThat(graph.step(batch, first + i, rate))
              .as("loss of step %d", i)
              .isCloseTo(expected, within(LOSS * expected));
        }
      }
      Map<String, FloatTensor> after = graph.read();
      steps
          .weightsAfter()
          .forEach(
              (path, value) -> {
                if (!isNormalizedAway(path, after.keySet())) {
                  assertThat(after.get(path).values())
                      .as(path)
                      .containsExactly(value.values(), within(WEIGHT));
                }
              });
    }
  }

  /**
   * A batch normalisation takes away what the bias before it adds: that bias' gradient is rounding
   * noise, of which Adam makes steps of the learning rate's order, and the moving mean follows it.
   * So does a softmax with an attention's key bias, which adds the same to all scores of a query.
   */
  private static boolean isNormalizedAway(String path, Set<String> paths) {
    return path.endsWith("/moving_mean")
        || path.endsWith("/_key_dense/bias")
        || (path.matches(".*/dense_layers/\\d+/bias")
            && paths.contains(
                path.replaceFirst("dense_layers/(\\d+)/bias$", "bn_layers/$1/moving_mean")));
  }
}
