package io.scenerank;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A package is small enough to be read through. */
class PackageSizesTest {
  private static final Path SOURCES = Path.of("src/main/java/io/scenerank");
  private static final int MOST_FILES = 45;

  /** Packages that are larger: one file for each rule of the guess, and for each form of Keras. */
  private static final ImmutableSet<String> LARGER = ImmutableSet.of("data.prepare", "keras");

  @Test
  void noPackageHasMoreThan45Files() throws IOException {
    Map<String, Integer> files = new TreeMap<>();
    try (Stream<Path> sources = Files.walk(SOURCES)) {
      sources
          .filter(file -> file.toString().endsWith(".java"))
          .forEach(
              file ->
                  files.merge(
                      SOURCES.relativize(file.getParent()).toString().replace('/', '.'),
                      1,
                      Integer::sum));
    }
    assertThat(files).as("files by package").hasSizeGreaterThan(20).containsKeys("data", "run");
    files.keySet().removeAll(LARGER);
    files.values().removeIf(number -> number <= MOST_FILES);
    assertThat(files).as("packages of more than " + MOST_FILES + " files").isEmpty();
  }
}
