package io.scenerank.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scenerank.config.InvalidInputException;
import io.scenerank.model.Models;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that say more or less than they hold: sizes are checked before memory is allocated. */
class ForeignFilesTest {
  private static final Path FORMS = Path.of("src/test/resources/keras/forms");

  @TempDir private Path temp;

  @Test
  void anArchiveUnpacksNoMoreThanItsModelNeeds() throws IOException {
    Path path = temp.resolve("zeros.keras");
    try (FileSystem source = FileSystems.newFileSystem(FORMS.resolve("k3-momentum.keras"));
        ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(path))) {
      zip.putNextEntry(new ZipEntry(KerasArchive.CONFIG));
      Files.copy(source.getPath(KerasArchive.CONFIG), zip);
      zip.putNextEntry(new ZipEntry(KerasArchive.WEIGHTS));
      zip.write(new byte[40 << 20]);
      zip.closeEntry();
    }
    for (int way = 0; way < 2; way++) {
      boolean inspects = way == 0;
      assertThatThrownBy(
              () -> {
                if (inspects) {
                  new Inspector().inspect(path);
                } else {
                  KerasModels.read(path);
                }
              })
          .isInstanceOf(InvalidInputException.class)
          .hasMessageStartingWith(path + ": entry 'model.weights.h5' unpacks to more than ")
          .hasMessageEndingWith("which is more than its model needs");
    }
  }

  @Test
  void entriesThatAreNotNeededAreNotUnpacked() throws IOException {
    Path path = temp.resolve("assets.keras");
    try (FileSystem source = FileSystems.newFileSystem(FORMS.resolve("k3-momentum.keras"));
        ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(path))) {
      for (String name : new String[] {KerasArchive.CONFIG, KerasArchive.WEIGHTS}) {
        zip.putNextEntry(new ZipEntry(name));
        Files.copy(source.getPath(name), zip);
      }
      zip.putNextEntry(new ZipEntry("assets/large"));
      zip.write(new byte[40 << 20]);
      zip.closeEntry();
    }
    assertThat(KerasModels.read(path).state().weights()).hasSize(8);
  }

  @Test
  void compressedArraysAreRead() {
    try (Hdf5 file = Hdf5.open(FORMS.resolve("compressed.h5"), "compressed.h5")) {
      float[] values = file.arrays("").get("whole").values().floats();
      assertThat(values).hasSize(600);
      for (int i = 0; i < values.length; i++) {
        assertThat(values[i]).isEqualTo(i);
      }
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "long,compressed.h5: array 'long': a chunk unpacks to more than its 16 bytes",
    "lzf,compressed.h5: array 'lzf': is compressed with another method than gzip; write it without"
        + " compression",
  })
  void aChunkIsNoLongerThanTheFileSays(String array, String message) {
    try (Hdf5 file = Hdf5.open(FORMS.resolve("compressed.h5"), "compressed.h5")) {
      StoredVariable variable = file.arrays("").get(array);
      assertThatThrownBy(() -> variable.values().floats())
          .isInstanceOf(InvalidInputException.class)
          .hasMessage(message);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "i1", "i2", "i4", ">i4", "i8", "u1", "u2", "u4", "f2", "f4", ">f8", "fortran", "cube"
      })
  void arraysOfNumpyInAnyType(String name) {
    try (Npz npz = Npz.open(FORMS.resolve("arrays.npz"))) {
      assertThat(npz.read(name, 3)).isDeepEqualTo(new double[][] {{1, 2, 3}, {4, 5, 6}});
    }
  }

  @Test
  void arraysOfNumpyWithOneValueARow() {
    try (Npz npz = Npz.open(FORMS.resolve("arrays.npz"))) {
      assertThat(npz.read("row", 1)).isDeepEqualTo(new double[][] {{1}, {4}});
      assertThat(npz.read("scalar", 1)).isDeepEqualTo(new double[][] {{7}});
      assertThat(npz.read("bool", 3)[1]).containsExactly(1, 1, 1);
      assertThatThrownBy(() -> npz.read("U3", 3))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageEndingWith(
              "array 'U3': is text [2, 3], expected numbers (ids as the model takes them)");
      assertThatThrownBy(() -> npz.read("row", 2))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageEndingWith("array 'row': is int64 [2], expected [rows, 2]");
    }
  }

  @Test
  void aDamagedNpzIsReadOrRefusedInOneLine() throws IOException {
    byte[] whole = Files.readAllBytes(FORMS.resolve("arrays.npz"));
    Path path = temp.resolve("damaged.npz");
    int refused = 0;
    for (int seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      byte[] bytes =
          seed % 5 == 0 ? Arrays.copyOf(whole, random.nextInt(whole.length)) : whole.clone();
      for (int i = 0; i < 3 && bytes.length > 0; i++) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      Files.write(path, bytes);
      try (Npz npz = Npz.open(path)) {
        npz.read("i4", 3);
        npz.read("f4", -1);
      } catch (InvalidInputException e) {
        refused++;
        assertThat(e.getMessage()).as("seed %d", seed).doesNotContain("\n");
      }
    }
    assertThat(refused).isBetween(1, 300);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "{}|'weight_map' names 0 files",
        "{\"weight_map\": {\"/layers\": \"../k3-shards_00000.weights.h5\"}}|expected a .h5 in the"
            + " same folder",
        "{\"weight_map\": {\"/layers\": [\"/tmp/x.h5\"]}}|expected a .h5 in the same folder",
        "{\"weight_map\": {\"/layers\": 7}}|expected a .h5 in the same folder",
        "{\"weight_map\": {\"/layers\": \"none.h5\"}}|none.h5: no such file",
        "{\"weight_map\": |not well formed",
      })
  void aListOfShardsThatIsWrong(String text, String message) throws IOException {
    Path path = Files.writeString(temp.resolve("m.weights.json"), text);
    KerasModels models = new KerasModels(Models.standard(), 1);
    assertThatThrownBy(() -> models.read(path, Optional.of(FORMS.resolve("k3.yaml"))))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(message);
  }

  @Test
  void aMissingShardIsNamed() throws IOException {
    for (String name : new String[] {"k3-shards.weights.json", "k3-shards_00000.weights.h5"}) {
      Files.copy(FORMS.resolve(name), temp.resolve(name));
    }
    KerasModels models = new KerasModels(Models.standard(), 1);
    Path path = temp.resolve("k3-shards.weights.json");
    assertThatThrownBy(() -> models.read(path, Optional.of(FORMS.resolve("k3.yaml"))))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(temp.resolve("k3-shards_00001.weights.h5") + ": no such file");
  }
}
