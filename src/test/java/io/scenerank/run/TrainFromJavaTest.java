package io.scenerank.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.scenerank.data.synthetic.SyntheticSource;
import io.scenerank.data.synthetic.SyntheticSource.SyntheticOptions;
import io.scenerank.testing.ChildProcess;
import io.scenerank.testing.Compiler;
import io.scenerank.testing.Page;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The lines of docs/training.md that train a model are few, and run. */
class TrainFromJavaTest {
  private static final int IMPORTS = 5;
  private static final int LINES = 10;

  @TempDir private Path temp;

  private static boolean isImport(String line) {
    return line.startsWith("import ");
  }

  @Test
  void theLinesOfThePageTrain() throws Exception {
    Path data = temp.resolve("data");
    new SyntheticSource(new SyntheticOptions(1000, 1)).write(data, false);
    String block =
        Page.of("docs/training.md").sections().stream()
            .flatMap(section -> section.code("java").stream())
            .findFirst()
            .orElseThrow();
    List<String> imports = block.lines().filter(TrainFromJavaTest::isImport).toList();
    List<String> lines = block.lines().filter(line -> !isImport(line) && !line.isBlank()).toList();
    assertThat(imports).hasSizeLessThanOrEqualTo(IMPORTS);
    assertThat(lines).hasSizeLessThanOrEqualTo(LINES);
    double auc = (double) run(imports, lines, data);
    assertThat(auc).isBetween(0.0, 1.0);
    assertThat(temp.resolve("runs/java/saved_model/1/saved_model.pb")).isNotEmptyFile();
  }

  private Object run(List<String> imports, List<String> lines, Path data) throws Exception {
    String body =
        lines.stream()
            .collect(Collectors.joining("\n"))
            .replace("\"data\"", "\"" + data + "\"")
            .replace("\"runs/", "\"" + temp + "/runs/");
    Path source =
        Files.writeString(
            temp.resolve("Train.java"),
            String.join("\n", imports)
                + "\npublic class Train {\n  public static Object run() throws Exception {\n"
                + body
                + "\nreturn auc;\n}}\n");
    Compiler.compile(ChildProcess.classpath(), temp, List.of(source));
    URL[] classes = {temp.toUri().toURL()};
    try (URLClassLoader loader = new URLClassLoader(classes, getClass().getClassLoader())) {
      return loader.loadClass("Train").getMethod("run").invoke(null);
    }
  }
}
