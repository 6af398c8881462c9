package io.scenerank.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scenerank.config.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InnerPathTest {
  @TempDir private Path temp;

  @ParameterizedTest
  @ValueSource(strings = {"", "..", "../a.csv", "a/../../b.csv", "a/..", "/tmp/a.csv", "a\0b"})
  void pathsThatLeadOutAreRefused(String path) {
    assertThatThrownBy(() -> InnerPath.require("vocabulary 'user'", path))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "vocabulary 'user': '" + path + "' is outside the folder, expected a file inside it");
  }

  @Test
  void linksThatLeadOutAreRefused() throws IOException {
    Path folder = Files.createDirectory(temp.resolve("data"));
    Path outside = Files.createDirectory(temp.resolve("outside"));
    Files.writeString(outside.resolve("a.csv"), "value,id\n");
    Files.createSymbolicLink(folder.resolve("file.csv"), outside.resolve("a.csv"));
    Files.createSymbolicLink(folder.resolve("vocab"), outside);
    for (String path : new String[] {"file.csv", "vocab/a.csv"}) {
      assertThatThrownBy(() -> InnerPath.resolve(folder, "vocabulary 'user'", path))
          .hasMessage(
              "%s: vocabulary 'user': '%s' is outside the folder, expected a file inside it",
              folder, path);
    }
  }

  @Test
  void linksWithinAFolderAndToItAreFine() throws IOException {
    Path folder = Files.createDirectory(temp.resolve("data"));
    Files.writeString(folder.resolve("a..csv"), "value,id\n");
    Files.createSymbolicLink(folder.resolve("b.csv"), Path.of("a..csv"));
    Path link = Files.createSymbolicLink(temp.resolve("link"), folder);
    for (Path place : new Path[] {folder, link}) {
      for (String path : new String[] {"a..csv", "./b.csv", "missing/c.csv"}) {
        assertThat(InnerPath.resolve(place, "it", path)).isEqualTo(place.resolve(path));
      }
    }
  }
}
