package io.scenerank.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import io.scenerank.config.InvalidInputException;
import io.scenerank.model.Models;
import io.scenerank.variable.FloatTensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;

/** Artefacts that cannot be imported, each refused with the reason in one line. */
class BadArtefactsTest {
  private static final Path RESOURCES = Path.of("src/test/resources/keras");

  @TempDir private Path temp;

  private AbstractThrowableAssert<?, ? extends Throwable> assertRefused(Path path, String yaml) {
    return assertThatThrownBy(() -> read(path, yaml)).isInstanceOf(InvalidInputException.class);
  }

  private static KerasModel read(Path path, String yaml) {
    return new KerasModels(Models.standard(), 1)
        .read(path, Optional.ofNullable(yaml).map(RESOURCES::resolve));
  }

  @Test
  void nothingIsThere() {
    Path none = temp.resolve("none.keras");
    assertRefused(none, null).hasMessage(none + ": no such file or folder");
    assertRefused(temp, null)
        .hasMessage(
            temp
                + ": neither a .keras archive nor an HDF5 file nor a folder of a SavedModel or a"
                + " checkpoint");
  }

  @Test
  void somethingElse() throws IOException {
    Path text = Files.writeString(temp.resolve("model.keras"), "not a model\n");
    assertRefused(text, null)
        .hasMessage(
            text
                + ": neither a .keras archive nor an HDF5 file nor a folder of a SavedModel or a"
                + " checkpoint");
  }

  @ParameterizedTest(name = "after {0} bytes")
  @CsvSource({"9", "100", "2000", "50000"})
  void aTruncatedHdf5File(int length) throws IOException {
    byte[] whole = Files.readAllBytes(RESOURCES.resolve("apg.weights.h5"));
    Path cut = Files.write(temp.resolve("cut.weights.h5"), Arrays.copyOf(whole, length));
    assertRefused(cut, "apg.yaml").hasMessageStartingWith(cut + ": damaged or not an HDF5 file (");
  }

  @Test
  void hdf5OfAnotherProgram() {
    Path foreign = temp.resolve("foreign.h5");
    try (WritableHdfFile file = HdfFile.write(foreign)) {
      file.putGroup("measurements").putDataset("x", new double[] {1, 2});
    }
    assertRefused(foreign, "apg.yaml")
        .hasMessageStartingWith(foreign + ": holds no weights of Keras")
        .hasMessageContaining("'layer_names'");
  }

  @Test
  void weightsWithoutTheirModel() throws IOException {
    Path weights = Files.copy(RESOURCES.resolve("apg.weights.h5"), temp.resolve("a.weights.h5"));
    assertRefused(weights, null)
        .hasMessageStartingWith(weights + ": ")
        .hasMessageContaining(".weights.h5 of Keras 3")
        .hasMessageContaining("--model")
        .hasMessageContaining("--config");
  }

  @Test
  void weightsOfAnotherModelAreListed() {
    Path weights = RESOURCES.resolve("mmoe.weights.h5");
    assertThatThrownBy(() -> read(weights, "apg.yaml"))
        .isInstanceOfSatisfying(
            InvalidInputException.class,
            e -> {
              assertThat(e.getMessage()).startsWith(weights + ": ");
              assertThat(e.details())
                  .anyMatch(line -> line.contains("is missing, apg_layer_0/"))
                  .anyMatch(line -> line.matches("array 'layers/dnn.*' belongs to no layer.*"));
            });
  }

  @Test
  void anotherShapeIsListed() {
    Path weights = temp.resolve("shape.weights.h5");
    KerasModel model = read(RESOURCES.resolve("apg.keras"), null);
    try (Hdf5Writer writer = new Hdf5Writer(weights)) {
      writer.put("layers/embedding/vars", "0", new FloatTensor(Shape.of(2, 3), new float[6]));
      writer.attribute("layers/embedding/vars", "name", "embedding__user_id");
    }
    assertThatThrownBy(() -> read(weights, "apg.yaml"))
        .isInstanceOfSatisfying(
            InvalidInputException.class,
            e ->
                assertThat(e.details())
                    .hasSize(model.state().weights().size())
                    .anyMatch(
                        line ->
                            line.equals(
                                "array 'layers/embedding/vars/0' is [2, 3], expected [29, 4], the"
                                    + " shape of embedding/user_id/embeddings of the model")));
  }

  @Test
  void anArchiveWithANameThatLeadsOutOfIt() throws IOException {
    Path zip = archive(temp.resolve("evil.keras"), config -> config, "../../outside");
    assertRefused(zip, null)
        .hasMessage(
            zip + ": the archive has an entry named '../../outside', which is outside the archive");
    assertThat(temp.resolveSibling("outside")).doesNotExist();
  }

  @Test
  void anArchiveThatUnpacksToFarMoreThanItSays() throws IOException {
    Path bomb = temp.resolve("bomb.keras");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(bomb))) {
      zip.putNextEntry(new ZipEntry(KerasArchive.CONFIG));
      byte[] blanks = new byte[1 << 20];
      Arrays.fill(blanks, (byte) ' ');
      for (int i = 0; i < 100; i++) {
        zip.write(blanks);
      }
      zip.closeEntry();
    }
    assertRefused(bomb, null)
        .hasMessageStartingWith(bomb + ": entry 'config.json' unpacks to more than");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"config.json", "model.weights.h5"})
  void anArchiveWithoutAPart(String part) throws IOException {
    Path zip = Files.copy(RESOURCES.resolve("apg.keras"), temp.resolve("part.keras"));
    try (FileSystem files = FileSystems.newFileSystem(zip)) {
      Files.delete(files.getPath(part));
    }
    assertRefused(zip, null).hasMessage(zip + ": not a .keras archive (" + part + " is missing)");
  }

  @Test
  void aLayerThatIsNotKnown() throws IOException {
    Path zip =
        archive(
            temp.resolve("unknown.keras"),
            config -> config.replace("\"ApgLayer\"", "\"ApgLayr\""),
            null);
    assertThatThrownBy(() -> read(zip, null))
        .isInstanceOfSatisfying(
            InvalidInputException.class,
            e -> {
              assertThat(e.getMessage()).startsWith(zip + ": the model needs what is not computed");
              assertThat(e.details())
                  .first()
                  .asString()
                  .contains("apg_layer_0", "the class ApgLayr is unknown; did you mean 'A");
            });
  }

  @Test
  void aNewerKerasIsAWarning() throws IOException {
    Path zip = Files.copy(RESOURCES.resolve("apg.keras"), temp.resolve("newer.keras"));
    try (FileSystem files = FileSystems.newFileSystem(zip)) {
      Files.writeString(
          files.getPath("metadata.json"), "{\"keras_version\": \"3.99.0\", \"date_saved\": \"\"}");
    }
    assertThat(read(zip, null).warnings())
        .containsExactly(zip + ": written by Keras 3.99.0; the newest tried is 3.15");
  }

  @Test
  void weightsOfDoublePrecisionAreConvertedWithAWarning() {
    Path weights = temp.resolve("double.weights.h5");
    KerasModel model = read(RESOURCES.resolve("mmoe.keras"), null);
    try (Hdf5 source = Hdf5.open(RESOURCES.resolve("mmoe.weights.h5"), "mmoe");
        Hdf5Writer writer = new Hdf5Writer(weights)) {
      source
          .arrays(Keras3Layout.LAYERS)
          .forEach(
              (path, array) -> {
                int cut = path.lastIndexOf('/');
                writer.put(
                    Keras3Layout.LAYERS + "/" + path.substring(0, cut),
                    path.substring(cut + 1),
                    doubles(array));
              });
      for (String group : source.groups()) {
        source
            .text(group, "name")
            .filter(name -> group.startsWith(Keras3Layout.LAYERS))
            .ifPresent(name -> writer.attribute(group, "name", name));
      }
    }
    KerasModel read = read(weights, "mmoe.yaml");
    assertThat(read.warnings())
        .containsExactly(
            weights
                + ": 28 arrays are float64 and are rounded to float32, layers/embedding/vars/0"
                + " first; an export has these values as float64");
    assertThat(read.state().weights().get("expert_0/dense_layers/0/kernel").values())
        .isEqualTo(model.state().weights().get("expert_0/dense_layers/0/kernel").values());
  }

  /** The values of a vector or a matrix in double precision. */
  private static Object doubles(StoredVariable array) {
    float[] values = array.values().floats();
    boolean vector = array.shape().numDimensions() == 1;
    int columns = Math.toIntExact(vector ? values.length : array.shape().get(1));
    double[][] rows = new double[values.length / columns][columns];
    for (int i = 0; i < values.length; i++) {
      rows[i / columns][i % columns] = values[i];
    }
    return vector ? rows[0] : rows;
  }

  @Test
  void aSavedModelWithoutSignaturesHasNothingToCompareWith() throws IOException {
    Path folder = savedModel("mmoe-keras2", graph -> graph.toBuilder().clearSignatureDef().build());
    KerasModel model = read(folder, null);
    assertThat(model.difference()).isEmpty();
    assertThat(model.state().weights())
        .hasSameSizeAs(read(Path.of("savedmodels/mmoe-keras2"), null).state().weights());
  }

  @Test
  void aSavedModelWithInputsOfAnotherType() throws IOException {
    Path folder =
        savedModel(
            "mmoe-keras2", graph -> withInput(graph, info -> info.setDtype(DataType.DT_BOOL)));
    assertRefused(folder, null)
        .hasMessageStartingWith(folder + ": ")
        .hasMessageContaining("user_id")
        .hasMessageContaining("DT_BOOL");
  }

  @Test
  void aSignatureThatNamesATensorWhichTheGraphLacks() throws IOException {
    Path folder =
        savedModel("mmoe-keras2", graph -> withInput(graph, info -> info.setName("nothing:0")));
    assertRefused(folder, null)
        .hasMessageStartingWith(folder + ": ")
        .hasMessageContaining("nothing");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"variables.index", "variables.data-00000-of-00001"})
  void aCheckpointWithAMissingFile(String file) throws IOException {
    Path folder = savedModel("mmoe-keras2", graph -> graph);
    Path missing = folder.resolve("variables").resolve(file);
    Files.delete(missing);
    assertRefused(folder, null).hasMessageStartingWith(missing + ": no such file");
  }

  @Test
  void aCheckpointWithChangedBytes() throws IOException {
    Path folder = savedModel("mmoe-keras2", graph -> graph);
    Path data = folder.resolve("variables").resolve("variables.data-00000-of-00001");
    byte[] bytes = Files.readAllBytes(data);
    bytes[bytes.length - 1] ^= 1;
    Files.write(data, bytes);
    assertRefused(folder, null).hasMessageStartingWith(folder + "/variables/variables: tensor '");
  }

  private static MetaGraphDef withInput(
      MetaGraphDef graph, UnaryOperator<TensorInfo.Builder> change) {
    SignatureDef signature = graph.getSignatureDefOrThrow("serving_default");
    TensorInfo input = change.apply(signature.getInputsOrThrow("user_id").toBuilder()).build();
    return graph.toBuilder()
        .putSignatureDef(
            "serving_default", signature.toBuilder().putInputs("user_id", input).build())
        .build();
  }

  /** A copy of one of the project's SavedModels with another graph. */
  private Path savedModel(String name, UnaryOperator<MetaGraphDef> change) throws IOException {
    Path source = Path.of("savedmodels", name);
    Path target = temp.resolve(name);
    for (String file :
        ImmutableList.of(
            "saved_model.pb",
            "keras_metadata.pb",
            "variables/variables.index",
            "variables/variables.data-00000-of-00001")) {
      Files.createDirectories(target.resolve(file).getParent());
      Files.copy(source.resolve(file), target.resolve(file));
    }
    Path file = target.resolve("saved_model.pb");
    SavedModel model = SavedModel.parseFrom(Files.readAllBytes(file));
    Files.write(
        file,
        model.toBuilder()
            .setMetaGraphs(0, change.apply(model.getMetaGraphs(0)))
            .build()
            .toByteArray());
    return target;
  }

  /** The archive of an APG with another config.json and, where it is named, one more entry. */
  private static Path archive(Path path, UnaryOperator<String> config, String entry)
      throws IOException {
    try (FileSystem source = FileSystems.newFileSystem(RESOURCES.resolve("apg.keras"));
        ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(path))) {
      for (String name :
          ImmutableList.of(KerasArchive.METADATA, KerasArchive.CONFIG, KerasArchive.WEIGHTS)) {
        byte[] bytes = Files.readAllBytes(source.getPath(name));
        if (name.equals(KerasArchive.CONFIG)) {
          bytes =
              config
                  .apply(new String(bytes, StandardCharsets.UTF_8))
                  .getBytes(StandardCharsets.UTF_8);
        }
        zip.putNextEntry(new ZipEntry(name));
        zip.write(bytes);
      }
      if (entry != null) {
        zip.putNextEntry(new ZipEntry(entry));
        zip.write(1);
      }
    }
    return path;
  }
}
