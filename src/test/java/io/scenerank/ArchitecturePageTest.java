package io.scenerank;

import static org.assertj.core.api.Assertions.assertThat;

import io.scenerank.testing.Page;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the pages for contributors name is there: packages and classes. */
class ArchitecturePageTest {
  private static final Path SOURCES = Path.of("src/main/java/io/scenerank");
  private static final Pattern CLASS =
      Pattern.compile("`([A-Z][a-z]+(?:[A-Z0-9][A-Za-z0-9]*)?)\\b[^`]*`");
  private static final Pattern NAME = Pattern.compile("`([a-z.]+)`");

  /** Names in Python, of Maven or of the JDK. */
  private static final Set<String> OTHERS = Set.of("LayerCode", "Callable", "Optional");

  private static Set<String> classes() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("src"))) {
      return files
          .map(path -> path.getFileName().toString())
          .filter(name -> name.endsWith(".java"))
          .map(name -> name.replace(".java", ""))
          .collect(Collectors.toSet());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"docs/architecture.md", "CONTRIBUTING.md", "docs/extending.md"})
  void everyClassThatIsNamedExists(String page) throws IOException {
    List<String> named =
        CLASS
            .matcher(Page.of(page).prose())
            .results()
            .map(name -> name.group(1))
            .filter(name -> !OTHERS.contains(name))
            .toList();
    assertThat(classes()).containsAll(named);
  }

  @Test
  void theTableHasEveryPackage() throws IOException {
    List<String> listed =
        Page.of("docs/architecture.md").table("| package |").stream()
            .flatMap(row -> NAME.matcher(row.get(0)).results())
            .map(MatchResult::group)
            .map(name -> name.replace("`", ""))
            .toList();
    try (Stream<Path> files = Files.walk(SOURCES)) {
      assertThat(files.filter(path -> path.endsWith("package-info.java")))
          .filteredOn(path -> !path.getParent().equals(SOURCES))
          .extracting(path -> SOURCES.relativize(path.getParent()).toString().replace('/', '.'))
          .containsExactlyInAnyOrderElementsOf(listed);
    }
  }
}
