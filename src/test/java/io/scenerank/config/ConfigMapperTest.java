package io.scenerank.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.feature.FeatureColumn.ColumnType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigMapperTest {
  private final ConfigMapper mapper = new ConfigMapper();
  @TempDir Path folder;

  /** A configuration with every kind of value. */
  record Settings(
      int epochs,
      float rate,
      boolean fast,
      ColumnType type,
      ImmutableList<Integer> units,
      ImmutableMap<String, Float> weights,
      Inner inner) {
    record Inner(String name, int depth) {}
  }

  @Test
  void anAliasIsTheValueOfItsAnchor() {
    JsonNode tree =
        mapper.parseYaml(
            "first: &id001 [dnn, user]\nsecond: *id001\nthird: [&a {x: 1}, *a, 'a']\n", "text");
    assertThat(tree.toString())
        .isEqualTo(
            "{\"first\":[\"dnn\",\"user\"],\"second\":[\"dnn\",\"user\"],"
                + "\"third\":[{\"x\":1},{\"x\":1},\"a\"]}");
  }

  @Test
  void aliasesThatMeanTooMuchAreRefused() {
    StringBuilder yaml = new StringBuilder("a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n");
    for (int i = 1; i < 9; i++) {
      yaml.append("a").append(i).append(": &a").append(i).append(" [");
      yaml.append(("*a" + (i - 1) + " , ").repeat(9)).append("*a").append(i - 1).append(" ]\n");
    }
    assertThatThrownBy(() -> mapper.parseYaml(yaml.toString(), "text"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("aliases");
  }

  private static final Settings DEFAULTS =
      new Settings(
          3,
          0.5f,
          true,
          ColumnType.DENSE,
          ImmutableList.of(8, 4),
          ImmutableMap.of("click", 1f),
          new Settings.Inner("deep", 2));

  private JsonNode json(String text) {
    return mapper.parse(text.replace('\'', '"'), "text");
  }

  private Path write(String name, String content) throws IOException {
    return Files.writeString(folder.resolve(name), content);
  }

  private Settings merge(String overrides) {
    return mapper.merge(DEFAULTS, Settings.class, json(overrides), "here");
  }

  @Test
  void mergeKeepsWhatIsNotNamed() {
    assertThat(merge("{}")).isEqualTo(DEFAULTS);
  }

  @Test
  void mergeGoesIntoNestedKeysAndReplacesLists() {
    Settings merged =
        merge("{'epochs': 7, 'units': [1], 'weights': {'like': 2.5}, 'inner': {'depth': 9}}");
    assertThat(merged)
        .isEqualTo(
            new Settings(
                7,
                0.5f,
                true,
                ColumnType.DENSE,
                ImmutableList.of(1),
                ImmutableMap.of("click", 1f, "like", 2.5f),
                new Settings.Inner("deep", 9)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'epoch': 3} | unknown key 'epoch'; did you mean 'epochs'?",
        "{'inner': {'dept': 3}} | unknown key 'inner.dept'; did you mean 'depth'?",
        "{'xyzzy': 3} | unknown key 'xyzzy'; known: epochs, fast, inner, rate, type, units,"
            + " weights",
        "[1, 2] | found [1,2], expected keys and values",
      })
  void unknownKeys(String overrides, String message) {
    assertThatThrownBy(() -> merge(overrides))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("here: " + message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'epochs': 'many'} | epochs | found \"many\", expected a whole number",
        "{'epochs': '3'} | epochs | found \"3\", expected a whole number",
        "{'epochs': 3.5} | epochs | found 3.5, expected a whole number",
        "{'epochs': 3000000000} | epochs | 3000000000",
        "{'epochs': true} | epochs | found true, expected a whole number",
        "{'epochs': [3]} | epochs | found [3], expected a whole number",
        "{'epochs': null} | epochs | found null, expected a value",
        "{'rate': 'fast'} | rate | found \"fast\", expected a number",
        "{'fast': 1} | fast | found 1, expected true or false",
        "{'fast': 'yes'} | fast | found \"yes\", expected true or false",
        "{'type': 'sprase'} | type | expected one of sparse, varlen_sparse, dense, text; did you"
            + " mean 'sparse'?",
        "{'units': 3} | units | found 3, expected a list",
        "{'units': [1, 'two']} | units | found [1,\"two\"], expected a whole number",
        "{'weights': {'click': 'x'}} | weights | x",
        "{'inner': 3} | inner | found 3, expected keys and values",
        "{'inner': {'depth': 'x'}} | inner.depth | found \"x\", expected a whole number"
      })
  void valueOfAnotherTypeNamesTheKey(String overrides, String key, String value) {
    assertThatThrownBy(() -> merge(overrides))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("here: key '" + key + "': ")
        .hasMessageContaining(value)
        .message()
        .doesNotContain("\n");
  }

  @ParameterizedTest
  @CsvSource({"a.json,JSON", "a.yaml,YAML", "a.yml,YAML"})
  void readsByTheFilesEnding(String name, String format) throws IOException {
    String content =
        format.equals("JSON") ? "{\"inner\": {\"depth\": 4}}" : "# why\ninner:\n  depth: 4\n";
    assertThat(mapper.readTree(write(name, content)).at("/inner/depth").asInt()).isEqualTo(4);
  }

  @ParameterizedTest
  @CsvSource({"empty.yaml", "empty.json"})
  void emptyFileHasNoKeys(String name) throws IOException {
    assertThat(mapper.readTree(write(name, "")).isEmpty()).isTrue();
  }

  @Test
  void malformedYamlNamesFileAndLine() throws IOException {
    Path file = write("bad.yaml", "epochs: 3\nunits: [1, 2\nfast: true\n");
    assertThatThrownBy(() -> mapper.readTree(file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(file + ": not well formed: ")
        .hasMessageContaining("at line 3")
        .message()
        .doesNotContain("\n");
  }

  @Test
  void theLineOfAnUnfinishedJsonIsSaidWithoutWordsOfTheParser() throws IOException {
    Path file = write("bad.json", "{\n");
    assertThatThrownBy(() -> mapper.readTree(file))
        .hasMessageStartingWith(file + ": not well formed: ")
        .hasMessageContaining("line: 1")
        .message()
        .doesNotContain("Source", "REDACTED");
  }

  @Test
  void malformedJsonNamesFileAndLine() throws IOException {
    Path file = write("bad.json", "{\n  \"epochs\": 3,\n  \"units\": oops\n}\n");
    assertThatThrownBy(() -> mapper.readTree(file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(file + ": not well formed: ")
        .hasMessageContaining("at line 3")
        .hasMessageContaining("oops");
  }

  @Test
  void keyThatStandsTwiceIsAnError() throws IOException {
    Path json = write("twice.json", "{\"epochs\": 3,\n \"epochs\": 4}");
    assertThatThrownBy(() -> mapper.readTree(json))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(json.toString())
        .hasMessageContaining("epochs");
    Path yaml = write("twice.yaml", "training:\n  epochs: 3\n  epochs: 4\n");
    assertThatThrownBy(() -> mapper.readTree(yaml))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(yaml.toString())
        .hasMessageContaining("epochs");
  }

  @Test
  void missingFile() {
    Path file = folder.resolve("none.yaml");
    assertThatThrownBy(() -> mapper.readTree(file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(file + ": cannot be read (no such file)");
  }

  @Test
  void scalarsAreYaml() {
    assertThat(mapper.parseScalar("3", "x").isInt()).isTrue();
    assertThat(mapper.parseScalar("1e-3", "x").asDouble()).isEqualTo(1e-3);
    assertThat(mapper.parseScalar("true", "x").isBoolean()).isTrue();
    assertThat(mapper.parseScalar("adam", "x").asText()).isEqualTo("adam");
    assertThat(mapper.parseScalar("[64, 32]", "x").size()).isEqualTo(2);
    assertThat(mapper.parseScalar("", "x").asText()).isEmpty();
    assertThatThrownBy(() -> mapper.parseScalar("[64", "units"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("units: '[64' is not a YAML value");
  }

  @Test
  void whatIsWrittenIsReadBack() throws IOException {
    Path yaml = write("out.yaml", mapper.toYaml(DEFAULTS));
    assertThat(mapper.convert(mapper.readTree(yaml), Settings.class, "yaml")).isEqualTo(DEFAULTS);
    Path json = write("out.json", mapper.toJson(DEFAULTS));
    assertThat(mapper.convert(mapper.readTree(json), Settings.class, "json")).isEqualTo(DEFAULTS);
  }
}
