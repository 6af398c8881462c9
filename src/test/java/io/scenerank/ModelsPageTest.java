package io.scenerank;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import io.scenerank.config.ConfigMapper;
import io.scenerank.model.ModelType;
import io.scenerank.model.Models;
import io.scenerank.testing.Page;
import java.io.IOException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The tables of models and of their parameters are complete. */
class ModelsPageTest {
  private static final String PAGE = "docs/models.md";
  private static final Pattern CODE = Pattern.compile("`([^`]+)`");
  private static final ConfigMapper MAPPER = new ConfigMapper();

  static Collection<String> models() {
    return Models.standard().names();
  }

  @ParameterizedTest
  @MethodSource("models")
  void theTableOfAModelsParametersHasEveryDefault(String model) throws IOException {
    Map<String, JsonNode> expected = new LinkedHashMap<>();
    ModelType<?> type = Models.standard().get(model);
    ObjectNode defaults = MAPPER.toTree(type.defaults(ImmutableList.of("a", "b")));
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

  @ParameterizedTest
  @ValueSource(strings = {"README.md", PAGE})
  void theTableOfModelsHasThemAll(String page) throws IOException {
    assertThat(Page.of(page).table("| `run MODEL` |").stream().map(row -> row.get(0)).toList())
        .containsExactlyElementsOf(models().stream().map(name -> "`" + name + "`").toList());
  }

  /** Defaults by key; a row may describe several keys. */
  private static Map<String, JsonNode> defaultsInTheTable(String model) throws IOException {
    Map<String, JsonNode> defaults = new LinkedHashMap<>();
    for (List<String> row : Page.of(PAGE).table("| `" + model + "` parameter |")) {
      String value = row.get(1).replace("`", "");
      Matcher key = CODE.matcher(row.get(0));
      while (key.find()) {
        defaults.put(key.group(1), MAPPER.parseScalar(value, key.group(1)));
      }
    }
    return defaults;
  }
}
