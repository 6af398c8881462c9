package io.scenerank.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.layer.LayerTypes;
import io.scenerank.layer.ModelReader;
import io.scenerank.layer.base.Layer;
import io.scenerank.model.KerasGraph.KerasGraphParams;
import io.scenerank.serve.Features;
import io.scenerank.serve.Ranker;
import io.scenerank.train.optimizer.AdamState;
import io.scenerank.train.optimizer.OptimizerFactory.OptimizerType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models of any layers: out of a file of Keras, and back into one. */
class GraphImportTest {
  private static final Path GRAPHS = Path.of("src/test/resources/keras/graphs");
  private static final Path DEEPFM = GRAPHS.resolve("deepfm.keras");

  @TempDir private Path temp;

  private static JsonNode json(KerasModel model) {
    KerasGraphParams params = (KerasGraphParams) model.experiment().definition().params();
    return new ConfigMapper().parsePython(params.kerasJson(), "test");
  }

  @Test
  void inputsAreColumnsAndOutputsAreTasks() {
    KerasModel model = KerasModels.read(DEEPFM);
    assertThat(model.experiment().definition().params().taskNames()).containsExactly("is_click");
    assertThat(model.experiment().definition().columns())
        .extracting(FeatureColumn::name, FeatureColumn::vocabSize)
        .containsExactly(tuple("user_id", 50), tuple("item_id", 80), tuple("price", 0));
    assertThat(model.layers()).extracting(Layer::name).contains("user", "item", "is_click");
    assertThat(model.summary())
        .contains("user (Embedding)", "(None, 1, 4)", "Total params: 609", "user_id[0][0]");
  }

  @Test
  void whatKerasTrainedResumes() {
    KerasModel model = KerasModels.read(DEEPFM);
    assertThat(model.warnings()).isEmpty();
    assertThat(model.experiment().training().optimizer()).isEqualTo(OptimizerType.ADAM);
    assertThat(model.experiment().training().learningRate()).isEqualTo(0.01f);
    assertThat(model.state().adam().map(AdamState::step)).hasValue(8L);
  }

  @Test
  void anArchiveThatIsWrittenAgainHasTheSameArraysAndLayers() throws IOException {
    KerasModel model = KerasModels.read(DEEPFM);
    Path copy = temp.resolve("copy.keras");
    new KerasExporter(model.experiment(), model.state()).writeArchive(copy);
    KerasModel again = KerasModels.read(copy);
    assertThat(again.state()).usingRecursiveComparison().isEqualTo(model.state());
    assertThat(json(again)).isEqualTo(json(model));
    assertThat(again.experiment().training())
        .usingRecursiveComparison()
        .isEqualTo(model.experiment().training());
  }

  @Test
  void anArchiveMayBeUnpacked() throws IOException {
    Path folder = temp.resolve("deepfm");
    try (ZipFile zip = new ZipFile(DEEPFM.toFile())) {
      for (ZipEntry entry : Collections.list(zip.entries())) {
        Path file = folder.resolve(entry.getName());
        Files.createDirectories(file.getParent());
        try (InputStream in = zip.getInputStream(entry)) {
          Files.copy(in, file);
        }
      }
    }
    assertThat(KerasModels.read(folder).state())
        .usingRecursiveComparison()
        .isEqualTo(KerasModels.read(DEEPFM).state());
  }

  @Test
  void scoresOneRow() {
    try (Ranker ranker = KerasModels.read(DEEPFM).ranker()) {
      Features features =
          Features.builder().ids("user_id", 3).ids("item_id", 5).floats("price", 0.5f).build();
      assertThat(ranker.predict(features).get("is_click")[0]).isBetween(0f, 1f);
    }
  }

  @Test
  void aNumberThatIsNaNStaysANumber() throws IOException {
    KerasModel model = KerasModels.read(GRAPHS.resolve("not_a_number.keras"));
    Path copy = temp.resolve("copy.keras");
    new KerasExporter(model.experiment(), model.state()).writeArchive(copy);
    KerasModel again = KerasModels.read(copy);
    assertThat(json(again).findValue("mask_value").isNumber()).isTrue();
    assertThat(json(again)).isEqualTo(json(model));
    try (Ranker ranker = again.ranker()) {
      Features features =
          Features.builder().floats("steps", new float[][] {{1, 2, 3, 4, 5, 6}}).build();
      assertThat(ranker.predict(features).get("is_click")[0]).isBetween(0f, 1f);
    }
  }

  @Test
  void allThatIsNotComputedIsNamedAtOnce() {
    ObjectNode json = (ObjectNode) json(KerasModels.read(DEEPFM));
    JsonNode layers = json.path("config").path("layers");
    for (JsonNode layer : layers) {
      if (layer.path("name").asText().equals("user")) {
        ((ObjectNode) layer).put("class_name", "Lambda");
      }
      if (layer.path("name").asText().equals("is_click")) {
        ((ObjectNode) layer.path("config")).put("activation", "wobble");
      }
      if (layer.path("name").asText().equals("item")) {
        ((ObjectNode) layer.path("config")).put("weights", 1).put("surprise", 2);
      }
    }
    InvalidInputException error =
        catchThrowableOfType(
            InvalidInputException.class,
            () -> ModelReader.read(LayerTypes.standard(), json, "deepfm.keras"));
    assertThat(error).hasMessageStartingWith("deepfm.keras: the model needs what is not computed");
    assertThat(error.details())
        .hasSize(3)
        .anySatisfy(line -> assertThat(line).contains("'user'", "Lambda"))
        .anySatisfy(
            line -> assertThat(line).contains("'item'", "weights is 1", "surprise is unknown"))
        .anySatisfy(line -> assertThat(line).contains("'is_click'", "wobble"));
  }
}
