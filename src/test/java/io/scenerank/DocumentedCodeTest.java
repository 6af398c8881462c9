package io.scenerank;

import static org.assertj.core.api.Assertions.assertThat;

import io.scenerank.testing.ChildProcess;
import io.scenerank.testing.Compiler;
import io.scenerank.testing.Page;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The lines of Java in the documentation compile, also those that no test runs. */
class DocumentedCodeTest {
  private static final Path SOURCES = Path.of("src/main/java");

  /** What the lines use without saying where it is from. */
  private static final String GIVEN =
      "  static ModelDefinition<?> definition;\n  static Batch batch;\n";

  private static final String COMMON_IMPORTS =
      """
      import io.scenerank.testing.TestGraph;
      import java.nio.file.Path;
      import java.util.*;
      import org.tensorflow.Operand;
      import org.tensorflow.types.TFloat32;
      """;

  @TempDir private Path temp;

  /** Blocks of lines; whole classes and the listings of layers are compiled elsewhere. */
  private static List<String> blocks() throws IOException {
    List<Page> pages = new ArrayList<>(Page.documentation());
    pages.add(Page.of("CONTRIBUTING.md"));
    return pages.stream()
        .map(page -> new Page(page.path(), page.text().replaceAll("(?s)<table>.*?</table>", "")))
        .flatMap(page -> page.sections().stream())
        .flatMap(section -> section.code("java").stream())
        .filter(block -> !block.startsWith("package "))
        .toList();
  }

  private static String allImports() throws IOException {
    try (Stream<Path> files = Files.walk(SOURCES.resolve("io"))) {
      return files
          .filter(path -> path.endsWith("package-info.java"))
          .map(path -> SOURCES.relativize(path.getParent()).toString().replace('/', '.'))
          .map(name -> "import " + name + ".*;\n")
          .collect(Collectors.joining());
    }
  }

  private static boolean isImport(String line) {
    return line.startsWith("import ");
  }

  private static String program(String name, String block) throws IOException {
    List<String> imports = block.lines().filter(DocumentedCodeTest::isImport).toList();
    String body = block.lines().filter(line -> !isImport(line)).collect(Collectors.joining("\n"));
    boolean isComplete = !imports.isEmpty(); // It says where everything is from.
    return String.join("\n", imports)
        + (isComplete ? "" : allImports() + COMMON_IMPORTS)
        + "\npublic class "
        + name
        + " {\n"
        + (isComplete ? "" : GIVEN)
        + "  public static void run() throws Exception {\n"
        + body
        + "\n}}\n";
  }

  @Test
  void compiles() throws IOException {
    List<Path> files = new ArrayList<>();
    for (String block : blocks()) {
      String name = "Lines" + files.size();
      files.add(Files.writeString(temp.resolve(name + ".java"), program(name, block)));
    }
    assertThat(files).hasSizeGreaterThan(6);
    Compiler.compile(ChildProcess.classpath(), temp, files);
  }
}
