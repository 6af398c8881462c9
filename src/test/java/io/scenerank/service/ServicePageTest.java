package io.scenerank.service;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import io.scenerank.export.SavedModelExporter;
import io.scenerank.export.SmallModel;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.model.ModelDefinition;
import io.scenerank.testing.ChildProcess;
import io.scenerank.testing.Compiler;
import io.scenerank.testing.Page;
import io.scenerank.train.TrainingGraph;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The lines of docs/serving.md that serve a folder of versions run. */
class ServicePageTest {
  private static final Pattern LINES =
      Pattern.compile("<!-- test: service -->\\R```java\\R(.*?)\\R```", Pattern.DOTALL);

  private static final ImmutableList<FeatureColumn> COLUMNS =
      ImmutableList.of(
          FeatureColumn.sparse("user_id", 20, 4, "dnn", "pepnet"),
          FeatureColumn.sparse("tab", 3, 4, "epnet", "linear"),
          FeatureColumn.sparse("video_id", 30, 4, "dnn", "pepnet"));

  @TempDir private Path temp;

  @Test
  void theLinesRun() throws Exception {
    ModelDefinition<?> definition = SmallModel.definition(ImmutableList.of("is_click"), COLUMNS);
    Path base = temp.resolve("models/pepnet");
    try (TrainingGraph graph = SmallModel.untrained(definition)) {
      new SavedModelExporter().export(definition, graph, base, 1, false);
    }
    Matcher lines = LINES.matcher(Page.of("docs/serving.md").text());
    assertThat(lines.find()).isTrue();
    String code = lines.group(1).replace("Path.of(\"models/pepnet\")", "Path.of(\"" + base + "\")");
    assertThat(run(code)).hasSize(3).doesNotContain(0f);
  }

  /** Runs the lines; the result is their last variable, inside their last block. */
  private float[] run(String code) throws Exception {
    String imports =
        code.lines().filter(line -> line.startsWith("import ")).collect(Collectors.joining("\n"));
    String body =
        code.lines().filter(line -> !line.startsWith("import ")).collect(Collectors.joining("\n"));
    String program =
        imports
            + "\npublic class Serving { public static float[] run() throws Exception {\n"
            + body.substring(0, body.lastIndexOf('}'))
            + "return clicks;\n}}}\n";
    Path source = Files.writeString(temp.resolve("Serving.java"), program);
    Compiler.compile(ChildProcess.classpath(), temp, List.of(source));
    URL[] classes = {temp.toUri().toURL()};
    try (URLClassLoader loader = new URLClassLoader(classes, getClass().getClassLoader())) {
      return (float[]) loader.loadClass("Serving").getMethod("run").invoke(null);
    }
  }
}
