package io.scenerank;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import io.scenerank.feature.ConfigMapper;
import io.scenerank.model.ModelType;
import io.scenerank.model.Models;
import io.scenerank.testing.ChildProcess;
import io.scenerank.testing.Compiler;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The README's lines that load and predict run, and its tables have every model and default. */
class ReadmeTest {
  private static final Path README = Path.of("README.md");
  private static final Pattern PREDICT =
      Pattern.compile("<!-- test: Predict -->\\R```java\\R(.*?)\\R```", Pattern.DOTALL);
  private static final Pattern CODE = Pattern.compile("`([^`]+)`");
  private static final ConfigMapper MAPPER = new ConfigMapper();

  @TempDir Path temp;

  @Test
  void theLinesThatLoadAndPredictRun() throws Exception {
    Matcher marked = PREDICT.matcher(Files.readString(README));
    assertThat(marked.find()).as("the lines below '<!-- test: Predict -->'").isTrue();
    Path source = Files.writeString(temp.resolve("Predict.java"), asProgram(marked.group(1)));
    Compiler.compile(ChildProcess.classpath(), temp, List.of(source));
    URL[] classes = {temp.toUri().toURL()};
    try (URLClassLoader loader = new URLClassLoader(classes, getClass().getClassLoader())) {
      float[] click = (float[]) loader.loadClass("Predict").getMethod("run").invoke(null);
      assertThat(click).as("one probability a row").hasSize(2);
    }
  }

  static Collection<String> models() {
    return Models.standard().names();
  }

  @ParameterizedTest
  @MethodSource("models")
  void theTableOfAModelsParametersHasEveryDefault(String model) throws IOException {
    Map<String, JsonNode> expected = new LinkedHashMap<>();
    ModelType<?> type = Models.standard().get(model);
    ObjectNode defaults = MAPPER.toTree(type.defaults().apply(ImmutableList.of("a", "b")));
    defaults.properties().forEach(field -> expected.put(field.getKey(), field.getValue()));
    expected.remove("task_names");
    Map<String, JsonNode> table = defaultsInTheTable(model);
    assertThat(table.keySet()).isEqualTo(expected.keySet());
    expected.forEach(
        (key, value) -> {
          JsonNode shown = table.get(key);
          if (value.isFloatingPointNumber()) {
            assertThat(shown.floatValue()).as(key).isEqualTo(value.floatValue());
          } else {
            assertThat(shown.toString()).as(key).isEqualTo(value.toString());
          }
        });
  }

  @Test
  void theTableOfModelsHasThemAll() throws IOException {
    assertThat(rows("| `run MODEL` |").stream().map(row -> row.get(0)).toList())
        .containsExactlyElementsOf(
            Models.standard().names().stream().map(n -> "`" + n + "`").toList());
  }

  /** Defaults by key; a row may stand for several keys. */
  private static Map<String, JsonNode> defaultsInTheTable(String model) throws IOException {
    Map<String, JsonNode> defaults = new LinkedHashMap<>();
    for (List<String> row : rows("| `" + model + "` parameter |")) {
      String value = row.get(1).replace("`", "");
      Matcher key = CODE.matcher(row.get(0));
      while (key.find()) {
        defaults.put(key.group(1), MAPPER.parseScalar(value, key.group(1)));
      }
    }
    return defaults;
  }

  /** The cells of the table whose header begins so. */
  private static List<List<String>> rows(String header) throws IOException {
    List<String> lines = Files.readAllLines(README);
    int from =
        Stream.iterate(0, i -> i < lines.size(), i -> i + 1)
            .filter(i -> lines.get(i).startsWith(header))
            .findFirst()
            .orElseThrow(() -> new AssertionError("no table " + header));
    List<List<String>> rows = new ArrayList<>();
    for (String line : lines.subList(from + 2, lines.size())) {
      if (!line.startsWith("|")) {
        break;
      }
      rows.add(Splitter.on('|').trimResults().splitToList(line.substring(1)));
    }
    return rows;
  }

  /** The lines below their imports, as a method that returns what the last line computes. */
  private static String asProgram(String lines) {
    StringBuilder imports = new StringBuilder();
    StringBuilder body = new StringBuilder();
    lines
        .lines()
        .forEach(line -> (line.startsWith("import ") ? imports : body).append(line).append("\n"));
    int end = body.lastIndexOf("}");
    return imports
        + "public class Predict { public static float[] run() {\n"
        + body.insert(end, "return click;\n")
        + "}}\n";
  }
}
