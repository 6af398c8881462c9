package io.scenerank;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.base.Splitter;
import io.scenerank.data.synthetic.SyntheticSource;
import io.scenerank.data.synthetic.SyntheticSource.SyntheticOptions;
import io.scenerank.testing.ChildProcess;
import io.scenerank.testing.Compiler;
import io.scenerank.testing.Page;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The front page is short, and its lines that predict and that train run. */
class ReadmeTest {
  private static final int LINES = 200;
  private static final int WORDS = 1500;

  @TempDir private Path temp;
  private Page readme;

  @BeforeEach
  void read() throws IOException {
    readme = Page.of("README.md");
  }

  @Test
  void isShort() {
    assertThat(readme.text().lines()).hasSizeLessThanOrEqualTo(LINES);
    assertThat(Splitter.on(Pattern.compile("\\s+")).omitEmptyStrings().split(readme.text()))
        .hasSizeLessThanOrEqualTo(WORDS);
  }

  @Test
  void theLinesThatLoadAndPredictRun() throws Exception {
    float[] click = (float[]) run("Predict", snippet("Predict"), "click");
    assertThat(click).as("one probability a row").hasSize(2);
  }

  @Test
  void theLinesThatTrainRun() throws Exception {
    new SyntheticSource(new SyntheticOptions(1000, 1)).write(temp.resolve("data"), false);
    String lines =
        snippet("Train")
            .replace("Path.of(\"data\")", "Path.of(\"" + temp.resolve("data") + "\")")
            .replace("Path.of(\"runs/", "Path.of(\"" + temp + "/runs/");
    Path savedModel = (Path) run("Train", lines, "savedModel");
    assertThat(savedModel).startsWith(temp.resolve("runs/mmoe"));
    assertThat(savedModel.resolve("saved_model.pb")).isNotEmptyFile();
  }

  private String snippet(String name) {
    Matcher marked =
        Pattern.compile("<!-- test: " + name + " -->\\R```java\\R(.*?)\\R```", Pattern.DOTALL)
            .matcher(readme.text());
    assertThat(marked.find()).as("the lines below '<!-- test: %s -->'", name).isTrue();
    return marked.group(1);
  }

  /** The value of a variable at the end of the lines, or of their last block. */
  private Object run(String name, String lines, String variable) throws Exception {
    Path source = Files.writeString(temp.resolve(name + ".java"), asProgram(name, lines, variable));
    Compiler.compile(ChildProcess.classpath(), temp, List.of(source));
    URL[] classes = {temp.toUri().toURL()};
    try (URLClassLoader loader = new URLClassLoader(classes, getClass().getClassLoader())) {
      return loader.loadClass(name).getMethod("run").invoke(null);
    }
  }

  private static String asProgram(String name, String lines, String variable) {
    StringBuilder imports = new StringBuilder();
    StringBuilder body = new StringBuilder();
    lines
        .lines()
        .forEach(line -> (line.startsWith("import ") ? imports : body).append(line).append("\n"));
    int block = body.lastIndexOf("}");
    int end = body.toString().stripTrailing().length() == block + 1 ? block : body.length();
    return imports
        + "public class "
        + name
        + " { public static Object run() throws Exception {\n"
        + body.insert(end, "return " + variable + ";\n")
        + "}}\n";
  }
}
