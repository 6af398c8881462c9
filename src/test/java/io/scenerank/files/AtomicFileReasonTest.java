package io.scenerank.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scenerank.config.InvalidInputException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file that cannot be written is named together with the reason. */
class AtomicFileReasonTest {
  @TempDir private Path temp;

  @Test
  void theFileIsNamedWhereTheReasonNamesNone() {
    Path target = temp.resolve("x.keras");
    assertThatThrownBy(() -> AtomicFile.write(target, file -> fail()))
        .isInstanceOf(IOException.class)
        .hasMessage(target + ": not written (No space left on device)");
    assertThatThrownBy(() -> AtomicFolder.write(target, false, folder -> fail()))
        .isInstanceOf(IOException.class)
        .hasMessage(target + ": not written (No space left on device)");
    assertThat(temp).isEmptyDirectory();
  }

  @Test
  void theRootFolderIsNoFile() {
    Path root = temp.getRoot();
    assertThatThrownBy(() -> AtomicFile.write(root, file -> fail()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(root + ": is the root folder, expected a path inside it");
  }

  @Test
  void whatNamesItsFileStaysAsItIs() {
    Path target = temp.resolve("x.keras");
    assertThatThrownBy(
            () ->
                AtomicFile.write(
                    target,
                    file -> {
                      throw new NoSuchFileException("other.h5");
                    }))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessage("other.h5");
    assertThatThrownBy(
            () ->
                AtomicFile.write(
                    target,
                    file -> {
                      throw new IOException(file + ": IO Error: No space left on device");
                    }))
        .hasMessageEndingWith(": IO Error: No space left on device")
        .message()
        .doesNotContain("not written");
  }

  @Test
  void aSourceThatCannotBeReadIsNotCalledAFileThatCannotBeWritten() {
    Path target = temp.resolve("data");
    assertThatThrownBy(
            () ->
                AtomicFolder.write(
                    target,
                    false,
                    folder -> {
                      throw new IOException("raw.csv: Input/output error");
                    }))
        .hasMessage(target + ": not written (raw.csv: Input/output error)");
  }

  private static void fail() throws IOException {
    throw new IOException("No space left on device");
  }
}
