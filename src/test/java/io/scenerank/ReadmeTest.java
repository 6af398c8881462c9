package io.scenerank;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.data.DuckDbOptions;
import io.scenerank.data.synthetic.SyntheticOptions;
import io.scenerank.data.synthetic.SyntheticSource;
import io.scenerank.feature.ConfigMapper;
import io.scenerank.model.ModelType;
import io.scenerank.model.Models;
import io.scenerank.savedmodel.SavedModelPredictor;
import io.scenerank.testing.ChildProcess;
import java.io.File;
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
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the README shows is what the library does: its Java programs, which a comment {@code test:
 * Name} before the block marks, compile and run, and its tables of parameters have the defaults.
 */
class ReadmeTest {
  private static final Path README = Path.of("README.md");
  private static final Pattern PROGRAM =
      Pattern.compile("<!-- test: (\\w+) -->\\R```java\\R(.*?)\\R```", Pattern.DOTALL);
  private static final Pattern CODE = Pattern.compile("`([^`]+)`");
  private static final ConfigMapper MAPPER = new ConfigMapper();

  @TempDir Path temp;

  @Test
  void everyMarkedProgramIsTried() throws IOException {
    assertThat(programs())
        .containsOnlyKeys("Predict", "GatedDnnParams", "GatedDnn", "TrainGatedDnn");
    assertThat(Files.readString(README).split("<!-- test:", -1)).hasSize(programs().size() + 1);
  }

  @Test
  void theLinesThatLoadAndPredictRun() throws Exception {
    compile(ImmutableMap.of("Predict", asProgram("Predict", programs().get("Predict"))));
    URL[] classes = {temp.resolve("classes").toUri().toURL()};
    try (URLClassLoader loader = new URLClassLoader(classes, getClass().getClassLoader())) {
      loader.loadClass("Predict").getMethod("main", String[].class).invoke(null, (Object) null);
    }
  }

  @Test
  void theModelOfTheReadersOwnTrainsAndIsExported() throws Exception {
    Map<String, String> programs = new LinkedHashMap<>(programs());
    programs.remove("Predict");
    compile(programs);
    Path data = temp.resolve("data");
    new SyntheticSource(new SyntheticOptions(2000, SyntheticOptions.DEFAULT.seed()))
        .write(data, false, DuckDbOptions.DEFAULT, rows -> {});
    Path out = temp.resolve("out");

    ChildProcess.Outcome outcome =
        ChildProcess.run(
            temp,
            ChildProcess.java(
                temp.resolve("classes") + File.pathSeparator + ChildProcess.classpath(),
                "com.example.ranking.TrainGatedDnn",
                data.toString(),
                out.toString(),
                "epochs=3",
                "batch_size=64",
                "units=[16, 8]"));

    assertThat(outcome.exitCode()).as("%s", outcome).isZero();
    List<String> lines = outcome.out().lines().toList();
    assertThat(lines).as("%s", outcome).hasSize(6);
    assertThat(lines.subList(3, 6)).as("%s", outcome).containsOnly("reloaded, the same: true");
    List<Double> losses =
        lines.subList(0, 3).stream()
            .map(line -> Double.valueOf(line.replaceFirst("epoch \\d: loss ", "")))
            .toList();
    assertThat(losses.get(1)).isLessThan(losses.get(0));
    assertThat(losses.get(2)).isLessThan(losses.get(1));
    try (SavedModelPredictor predictor =
        SavedModelPredictor.load(out.resolve("saved_model").resolve("1"))) {
      assertThat(predictor.outputs()).containsExactlyInAnyOrder("is_click", "is_like", "long_view");
      assertThat(predictor.inputs()).containsKeys("tab", "user_id");
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

  /** The code after each mark, by name. */
  private static Map<String, String> programs() throws IOException {
    Map<String, String> programs = new LinkedHashMap<>();
    Matcher matcher = PROGRAM.matcher(Files.readString(README));
    while (matcher.find()) {
      programs.put(matcher.group(1), matcher.group(2));
    }
    return programs;
  }

  /** Statements below their imports, as the main method of a class. */
  private static String asProgram(String name, String lines) {
    StringBuilder imports = new StringBuilder();
    StringBuilder body = new StringBuilder();
    lines
        .lines()
        .forEach(line -> (line.startsWith("import ") ? imports : body).append(line + "\n"));
    return imports
        + "public class "
        + name
        + " { public static void main(String[] args) throws Exception {\n"
        + body
        + "}}\n";
  }

  /** Compiles programs, by the names of their classes, into {@code classes}. */
  private void compile(Map<String, String> programs) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("-proc:none", "-Xlint:all,-path", "-Werror"));
    arguments.addAll(List.of("-cp", ChildProcess.classpath()));
    arguments.addAll(List.of("-d", temp.resolve("classes").toString()));
    for (Map.Entry<String, String> program : programs.entrySet()) {
      Path file = temp.resolve(program.getKey() + ".java");
      arguments.add(Files.writeString(file, program.getValue()).toString());
    }
    int compiled =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, arguments.toArray(String[]::new));
    assertThat(compiled).as("the README's %s compile", programs.keySet()).isZero();
  }
}
