package io.scenerank.keras;

import static org.assertj.core.api.Assertions.assertThat;

import io.scenerank.train.optimizer.KerasOptimizer;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An optimizer inside one that scales the loss, written by make_graph_artefacts.py. */
class LossScaleTest {
  private static final Path GRAPHS = Path.of("src/test/resources/keras/graphs");

  @TempDir private Path temp;

  @ParameterizedTest
  @ValueSource(strings = {"loss_scale.keras", "loss_scale.h5"})
  void theOptimizerInsideResumesWithItsSettings(String file) {
    KerasModel model = KerasModels.read(GRAPHS.resolve(file));
    assertThat(model.warnings())
        .singleElement()
        .asString()
        .contains("scales the loss (LossScaleOptimizer, at 256), which is not carried over");
    assertThat(model.experiment().training().learningRate()).isEqualTo(0.01f);
    assertThat(model.experiment().training().optimizer())
        .isInstanceOfSatisfying(
            KerasOptimizer.class,
            adam -> assertThat(adam.config().path("beta_1").asDouble()).isEqualTo(0.8));
    assertThat(model.state().step()).isEqualTo(8);
    assertThat(model.state().slots()).hasSize(8);
  }

  @Test
  void everyFileHasTheSameState() throws IOException {
    KerasModel archive = KerasModels.read(GRAPHS.resolve("loss_scale.keras"));
    assertThat(KerasModels.read(GRAPHS.resolve("loss_scale.h5")).state())
        .usingRecursiveComparison()
        .isEqualTo(archive.state());
    Path copy = temp.resolve("copy.keras");
    new KerasExporter(archive.experiment(), archive.state()).writeArchive(copy);
    KerasModel again = KerasModels.read(copy);
    assertThat(again.warnings()).as("an export has the optimizer inside alone").isEmpty();
    assertThat(again.state()).usingRecursiveComparison().isEqualTo(archive.state());
  }
}
