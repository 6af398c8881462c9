package io.scenerank.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import io.scenerank.config.InvalidInputException;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.keras.Inspector.Inspection;
import io.scenerank.keras.Inspector.Inspection.LayerInfo;
import io.scenerank.model.Models;
import io.scenerank.train.optimizer.AdamState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A model of two towers that are one sequential model with a frozen layer, in every form in which
 * Keras saved it ({@code python-parity/make_model_forms.py}).
 */
class KerasModelFormsTest {
  private static final Path FORMS = Path.of("src/test/resources/keras/graphs/forms");

  @TempDir private Path temp;

  private static KerasModel read(Path path, Optional<Path> model) {
    return new KerasModels(Models.standard(), 1)
        .read(path, KerasModels.Given.of(Optional.empty(), model));
  }

  private Path copy(String generation) throws IOException {
    Path source = FORMS.resolve(generation);
    Path target = temp.resolve(generation);
    try (Stream<Path> walk = Files.walk(source)) {
      for (Path from : walk.toList()) {
        Files.copy(from, target.resolve(source.relativize(from).toString()));
      }
    }
    return target;
  }

  @ParameterizedTest(name = "{0} of {1}")
  @CsvSource({
    "whole.h5,keras3,.h5 of Keras 3,true",
    "object.weights.h5,keras3,.weights.h5 of Keras 3,true",
    "shards.weights.json,keras3,sharded weights of Keras 3,true",
    "saved,keras3,SavedModel of Keras 3,false",
    "whole.h5,keras2,.h5 of Keras 2,true",
    "object.weights.h5,keras2,.weights.h5 of Keras 2,false",
    "list.h5,keras2,.h5 of Keras 2,false",
    "saved,keras2,SavedModel of Keras 2,true",
    "checkpoint,keras2,checkpoint of Keras 2,true",
    "checkpoint/checkpoint,keras2,checkpoint of Keras 2,true",
    "checkpoint/weights.index,keras2,checkpoint of Keras 2,true",
    "checkpoint/weights,keras2,checkpoint of Keras 2,true",
  })
  void everyFormHasTheBitsOfTheArchive(String form, String generation, String kind, boolean adam) {
    Path folder = FORMS.resolve(generation);
    KerasModel whole = read(folder.resolve("whole.keras"), Optional.empty());
    KerasModel model =
        read(
            folder.resolve(form),
            Optional.of(folder.resolve("model.json"))
                .filter(json -> !adam || form.startsWith("checkpoint")));
    assertThat(model.kind()).isEqualTo(kind);
    assertThat(model.state().weights()).hasSize(11);
    whole
        .state()
        .weights()
        .forEach(
            (path, value) ->
                assertThat(model.state().weights().get(path).values())
                    .as(path)
                    .containsExactly(value.values()));
    assertThat(model.state().adam().map(AdamState::step))
        .isEqualTo(adam ? Optional.of(4L) : Optional.empty());
    if (adam) {
      AdamState expected = whole.state().adam().orElseThrow();
      AdamState found = model.state().adam().orElseThrow();
      expected
          .v()
          .forEach(
              (path, value) ->
                  assertThat(found.v().get(path).values()).containsExactly(value.values()));
      assertThat(found.m().keySet()).isEqualTo(expected.m().keySet());
    }
  }

  @Test
  void aTableInsideAModelInsideTheModelGivesTheColumnItsVocabulary() {
    KerasModel model = read(FORMS.resolve("keras2/whole.h5"), Optional.empty());
    assertThat(model.experiment().definition().columns())
        .extracting(FeatureColumn::vocabSize)
        .containsExactly(40, 40);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "keras3/whole.h5,.h5 of Keras 3,Adam,14",
    "keras3/saved,SavedModel of Keras 3,Adam,0",
    "keras2/whole.keras,.keras of Keras 2,Adam,14",
    "keras2/saved,SavedModel of Keras 2,Adam,14",
    "keras2/checkpoint,checkpoint of Keras 2,,14",
  })
  void isInspected(String form, String kind, String optimizer, int slots) {
    Inspection inspection = new Inspector().inspect(FORMS.resolve(form));
    assertThat(inspection.kind()).isEqualTo(kind);
    assertThat(inspection.layers()).extracting(LayerInfo::name).contains("tower", "is_click");
    assertThat(inspection.variables()).hasSize(11);
    assertThat(inspection.optimizer().orElseThrow().name())
        .isEqualTo(Optional.ofNullable(optimizer));
    assertThat(inspection.optimizer().orElseThrow().slots()).isEqualTo(slots);
  }

  @Test
  void anOptimizerThatNothingDescribesIsAWarning() {
    Path weights = FORMS.resolve("keras2/object.weights.h5");
    assertThat(read(weights, Optional.empty()).warnings())
        .containsExactly(
            weights
                + ": holds the state of an optimizer, and nothing says of which one; training"
                + " starts with a new Adam");
  }

  @ParameterizedTest(name = "{1} of {0}")
  @CsvSource({
    "keras3,object.weights.h5,--model",
    "keras3,shards.weights.json,--model",
    "keras3,saved,--model",
    "keras2,object.weights.h5,--model",
    "keras2,list.h5,--model",
    "keras2,checkpoint,--model",
  })
  void weightsWithoutTheirModelSayWhatTheyNeed(String generation, String form, String option)
      throws IOException {
    Path folder = copy(generation);
    Files.delete(folder.resolve("model.json"));
    Path path = folder.resolve(form);
    assertThatThrownBy(() -> read(path, Optional.empty()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(path + ": ")
        .hasMessageContaining(option);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "keras3,object.weights.h5",
    "keras3,whole.h5",
    "keras3,saved",
    "keras2,object.weights.h5",
    "keras2,list.h5",
    "keras2,saved",
    "keras2,checkpoint",
  })
  void arraysOfAnotherModelAreNamed(String generation, String form) throws IOException {
    Path json = temp.resolve("other.json");
    String text = Files.readString(FORMS.resolve(generation).resolve("model.json"));
    Files.writeString(
        json,
        text.replaceFirst("\"output_dim\": 4", "\"output_dim\": 5").replace("[1, 4]", "[1, 5]"));
    Path path = FORMS.resolve(generation).resolve(form);
    assertThatThrownBy(() -> read(path, Optional.of(json)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(path + ": ")
        .hasMessageContaining("[40, 4], expected [40, 5], the shape of tower/embedding/embeddings")
        .hasMessageNotContaining("\n");
  }

  @Test
  void anArrayThatIsMissingIsNamed() {
    Path weights = temp.resolve("part.weights.h5");
    try (Hdf5 source = Hdf5.open(FORMS.resolve("keras3/object.weights.h5"), "source");
        Hdf5Writer writer = new Hdf5Writer(weights)) {
      source
          .arrays("layers")
          .forEach(
              (path, array) -> {
                if (array.isFloat() && !path.equals("sequential/layers/dense_1/vars/1")) {
                  String group = "layers/" + path.substring(0, path.lastIndexOf('/'));
                  writer.put(group, path.substring(path.lastIndexOf('/') + 1), array.numbers());
                }
              });
    }
    assertThatThrownBy(() -> read(weights, Optional.of(FORMS.resolve("keras3/model.json"))))
        .hasMessage(
            weights
                + ": array 'layers/sequential/layers/dense_1/vars/1' is missing, tower/dense_1/bias"
                + " of the model");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"shards_00001.weights.h5", "saved/variables/variables.data-00000-of-00001"})
  void aFileThatIsMissingIsNamed(String file) throws IOException {
    Path folder = copy("keras3");
    Files.delete(folder.resolve(file));
    Path path = folder.resolve(file.startsWith("saved") ? "saved" : "shards.weights.json");
    assertThatThrownBy(() -> read(path, Optional.empty()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(folder.resolve(file) + ": no such file");
  }

  @Test
  void aCheckpointThatWasMovedIsFoundNextToItsList() throws IOException {
    Path folder = copy("keras2");
    Files.writeString(
        folder.resolve("checkpoint/checkpoint"),
        "model_checkpoint_path: \"/elsewhere/epoch/weights\"\n");
    assertThat(read(folder.resolve("checkpoint"), Optional.empty()).state().weights()).hasSize(11);
    MoreFiles.deleteRecursively(folder.resolve("checkpoint"), RecursiveDeleteOption.ALLOW_INSECURE);
    assertThatThrownBy(() -> read(folder.resolve("checkpoint"), Optional.empty()))
        .hasMessageContaining("no such file or folder");
  }

  @Test
  void weightsThatUnpackToFarMoreThanTheirArchiveAreRefused() throws IOException {
    Path bomb = temp.resolve("bomb.keras");
    try (ZipFile source = new ZipFile(FORMS.resolve("keras3/whole.keras").toFile());
        ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(bomb))) {
      zip.putNextEntry(new ZipEntry(KerasArchive.CONFIG));
      source.getInputStream(source.getEntry(KerasArchive.CONFIG)).transferTo(zip);
      zip.putNextEntry(new ZipEntry(KerasArchive.WEIGHTS));
      for (int i = 0; i < 64; i++) {
        zip.write(new byte[1 << 20]);
      }
    }
    assertThatThrownBy(() -> read(bomb, Optional.empty()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(bomb + ": entry 'model.weights.h5' unpacks to more than ");
  }
}
