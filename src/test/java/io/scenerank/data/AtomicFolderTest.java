package io.scenerank.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scenerank.feature.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFolderTest {
  @TempDir Path temp;
  private Path target;

  @BeforeEach
  void place() {
    target = temp.resolve("out");
  }

  private static IOConsumer<Path> writing(String text) {
    return folder -> {
      Files.createDirectory(folder.resolve("sub"));
      Files.writeString(folder.resolve("sub/file"), text);
    };
  }

  private void assertHolds(String text) {
    assertThat(target.resolve("sub/file")).hasContent(text);
    assertThat(temp).isDirectoryContaining(path -> path.equals(target));
    assertThat(temp.toFile().list()).containsExactly("out");
  }

  @Test
  void writesANewFolder() throws IOException {
    AtomicFolder.write(target, false, writing("new"));
    assertHolds("new");
  }

  @Test
  void makesParents() throws IOException {
    AtomicFolder.write(temp.resolve("a/b/c"), false, writing("new"));
    assertThat(temp.resolve("a/b/c/sub/file")).hasContent("new");
  }

  @Test
  void refusesAnExistingFolder() throws IOException {
    AtomicFolder.write(target, false, writing("old"));
    assertThatThrownBy(() -> AtomicFolder.write(target, false, writing("new")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(target + ": exists already; replace it with --force");
    assertHolds("old");
  }

  @Test
  void forceReplaces() throws IOException {
    AtomicFolder.write(target, false, writing("old"));
    AtomicFolder.write(target, true, writing("new"));
    assertHolds("new");
  }

  @Test
  void failureKeepsTheOldFolderAndLeavesNothing() throws IOException {
    AtomicFolder.write(target, false, writing("old"));
    assertThatThrownBy(
            () ->
                AtomicFolder.write(
                    target,
                    true,
                    folder -> {
                      writing("new").accept(folder);
                      throw new IOException("disk full");
                    }))
        .isInstanceOf(IOException.class)
        .hasMessage("disk full");
    assertHolds("old");
  }

  @Test
  void failureLeavesNoNewFolder() {
    assertThatThrownBy(
            () ->
                AtomicFolder.write(
                    target,
                    false,
                    folder -> {
                      writing("new").accept(folder);
                      throw new IllegalStateException("bug");
                    }))
        .isInstanceOf(IllegalStateException.class);
    assertThat(temp).isEmptyDirectory();
  }

  @Test
  void targetThatAppearsMeanwhileStays() {
    assertThatThrownBy(
            () ->
                AtomicFolder.write(
                    target,
                    false,
                    folder -> {
                      writing("new").accept(folder);
                      AtomicFolder.write(target, false, writing("faster"));
                    }))
        .isInstanceOf(InvalidInputException.class);
    assertHolds("faster");
  }

  @Test
  void refusesTheWorkingDirectoryAndItsParents() {
    for (Path path : new Path[] {Path.of(""), Path.of(".."), Path.of("/")}) {
      assertThatThrownBy(() -> AtomicFolder.write(path, true, writing("new")))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageEndingWith("expected a folder of its own");
    }
  }

  @Test
  void followsALinkToTheFolder() throws IOException {
    Path real = Files.createDirectory(temp.resolve("real"));
    Files.createSymbolicLink(target, real);
    AtomicFolder.write(target, true, writing("new"));
    assertThat(target).isSymbolicLink();
    assertThat(real.resolve("sub/file")).hasContent("new");
  }

  @Test
  void fileAppearsWholeOrNotAtAll() throws IOException {
    AtomicFile.write(target, file -> Files.writeString(file, "old"));
    assertThatThrownBy(
            () ->
                AtomicFile.write(
                    target,
                    file -> {
                      Files.writeString(file, "half");
                      throw new IOException("disk full");
                    }))
        .hasMessage("disk full");
    assertThat(target).hasContent("old");
    AtomicFile.write(target, file -> Files.writeString(file, "new"));
    assertThat(target).hasContent("new");
    assertThat(temp.toFile().list()).containsExactly("out");
  }
}
