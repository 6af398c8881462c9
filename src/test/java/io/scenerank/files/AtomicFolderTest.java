package io.scenerank.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scenerank.config.InvalidInputException;
import io.scenerank.files.AtomicFile.IOConsumer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
        .hasMessage(target + ": exists already; replace it with force (--force)");
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
        .hasMessage(target + ": not written (disk full)");
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
          .hasMessageEndingWith("expected another folder");
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

  /** As a killed process leaves it, with a lock that nobody holds, or without one. */
  private Path leftover(String name, boolean withLock) throws IOException {
    Path folder = Files.createDirectories(temp.resolve(name + ".tmp-0123abcd-89abcdef"));
    if (withLock) {
      Files.createFile(folder.resolve("lock"));
    }
    writing("half").accept(Files.createDirectory(folder.resolve("new")));
    return folder;
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatAKilledProcessLeftGoesWithTheNextWriting(boolean withLock) throws IOException {
    leftover("out", withLock);
    Path others = leftover("other", withLock);
    Path users = Files.createDirectory(temp.resolve("out.tmp-mine"));
    AtomicFolder.write(target, false, writing("new"));
    assertThat(target.resolve("sub/file")).hasContent("new");
    assertThat(temp.toFile().list())
        .containsExactlyInAnyOrder(
            "out", others.getFileName().toString(), users.getFileName().toString());
    AtomicFolder.cleanUp(temp);
    assertThat(temp.toFile().list()).containsExactlyInAnyOrder("out", "out.tmp-mine");
  }

  @Test
  void whatALivingWriterHasStays() throws IOException {
    Path folder = leftover("out", true);
    try (LockFile lock = LockFile.tryLock(folder.resolve("lock")).orElseThrow()) {
      assertThat(lock).isNotNull();
      AtomicFolder.write(target, false, writing("new"));
      assertThat(folder.resolve("new/sub/file")).hasContent("half");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anExchangeThatWasCutOffIsEnded(boolean isNewComplete) throws IOException {
    Path folder = leftover("out", true);
    Files.move(folder.resolve("new"), folder.resolve(isNewComplete ? "new" : "gone"));
    writing("old").accept(Files.createDirectory(folder.resolve("old")));
    assertThatThrownBy(() -> AtomicFolder.write(target, false, writing("other")))
        .as("it is there again before anything is written")
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(target + ": exists already; replace it with force (--force)");
    assertHolds(isNewComplete ? "half" : "old");
  }

  @Test
  void aFolderIsReplacedByAnotherAndDeleted() throws IOException {
    AtomicFolder.write(target, false, writing("old"));
    Path ready = temp.resolve("ready");
    AtomicFolder.write(ready, false, writing("new"));
    AtomicFolder.replace(target, ready);
    assertHolds("new");
    AtomicFolder.delete(target);
    assertThat(temp).isEmptyDirectory();
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
        .hasMessage(target + ": not written (disk full)");
    assertThat(target).hasContent("old");
    AtomicFile.write(target, file -> Files.writeString(file, "new"));
    assertThat(target).hasContent("new");
    assertThat(temp.toFile().list()).containsExactly("out");
  }
}
