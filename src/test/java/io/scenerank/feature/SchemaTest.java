package io.scenerank.feature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SchemaTest {
  private static final String VALID =
      """
      {"name": "small", "source": "by hand",
       "feature_columns": [
         {"name": "user", "vocab_size": 7, "group": ["dnn"], "groups": {"pepnet": ["dnn", "pepnet"]}},
         {"name": "item", "vocab_size": 11, "group": ["dnn"]},
         {"name": "scene", "vocab_size": 3, "groups": {"pepnet": ["epnet"], "apg": ["domain"]}},
         {"name": "age", "type": "dense", "group": ["dnn"], "groups": {"apg": []}}],
       "tasks": ["click", "like"],
       "scenario": {"column": "scene", "names": ["home", "search"]},
       "user_column": "user",
       "vocabularies": {"item": "vocab/item.parquet"}}
      """;

  private final ConfigMapper mapper = new ConfigMapper();

  private Schema read(String json) {
    return mapper.convert(mapper.parse(json, "schema.json"), Schema.class, "schema.json");
  }

  private static List<String> names(List<FeatureColumn> columns) {
    return columns.stream().map(column -> column.name() + column.group()).toList();
  }

  @Test
  void eachModelTakesItsOwnGroups() {
    Schema schema = read(VALID);
    assertThat(names(schema.columnsFor("pepnet")))
        .containsExactly("user[dnn, pepnet]", "item[dnn]", "scene[epnet]", "age[dnn]");
    assertThat(names(schema.columnsFor("apg")))
        .as("a model with an empty list leaves the column out")
        .containsExactly("user[dnn]", "item[dnn]", "scene[domain]");
    assertThat(names(schema.columnsFor("mmoe")))
        .as("a model that is not named takes the column's own group")
        .containsExactly("user[dnn]", "item[dnn]", "age[dnn]");
  }

  @Test
  void modelWithoutAColumn() {
    Schema schema =
        read(VALID.replace("\"group\": [\"dnn\"],", "").replace(", \"group\": [\"dnn\"]", ""));
    assertThatThrownBy(() -> schema.columnsFor("mmoe"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("schema: no feature column has a group for the model 'mmoe'");
  }

  @Test
  void layoutHoldsEveryColumn() {
    assertThat(read(VALID).layout().columns())
        .extracting(FeatureColumn::name)
        .containsExactly("user", "item", "scene", "age");
  }

  @Test
  void whatIsWrittenIsReadBack() {
    Schema schema = read(VALID);
    assertThat(read(mapper.toJson(schema))).isEqualTo(schema);
  }

  @Test
  void scenariosHaveNamesOrNumbers() {
    Schema.Scenario scenario = read(VALID).scenario();
    assertThat(scenario.nameOf(1)).isEqualTo("search");
    assertThat(scenario.nameOf(2)).isEqualTo("2");
    assertThat(scenario.nameOf(-1)).isEqualTo("-1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[\"click\", \"like\"] | [] | schema: tasks is empty, expected at least one label column",
        "[\"click\", \"like\"] | [\"click\", \"click\"]"
            + "| schema: a task occurs twice in [click, click]",
        "\"user_column\": \"user\" | \"user_column\": \"usr\""
            + "| schema: 'usr' is not a sparse feature column; did you mean 'user'?",
        "\"column\": \"scene\" | \"column\": \"age\""
            + "| schema: 'age' is not a sparse feature column; known: item, scene, user",
        "\"user_column\": \"user\", | | schema: user_column is missing",
        "\"column\": \"scene\", | | schema: scenario.column is missing",
        "\"name\": \"item\" | \"name\": \"user\" | feature column 'user' occurs twice",
        "\"name\": \"small\" | \"nam\": 1, \"name\": \"small\""
            + "| unknown key 'nam'; did you mean 'name'?",
        "\"name\": \"small\" | \"format\": 2" + "| schema: format is 2, this version reads 1",
        "\"user_column\" | \"user_colum\" "
            + "| unknown key 'user_colum'; did you mean 'user_column'?"
      })
  void namesWhatIsWrong(String old, String changed, String message) {
    String json = VALID.replace(old, changed == null ? "" : changed);
    assertThat(json).as("the change").isNotEqualTo(VALID);
    assertThatThrownBy(() -> read(json))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("schema.json: " + message);
  }

  @Test
  void unknownKeyOfAColumn() {
    assertThatThrownBy(() -> read(VALID.replace("\"vocab_size\": 11", "\"vocab_sise\": 11")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("vocab_sise'; did you mean 'vocab_size'?");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"pepnet\": [\"epnet\"], \"apg\": [\"domain\"]} | [\"epnet\"]",
        "[\"domain\"] | \"domain\"",
        "[\"domain\"] | [1]",
        "[\"domain\"] | null"
      })
  void groupsAreListsOfNamesByModel(String old, String changed) {
    String json = VALID.replace(old, changed);
    assertThat(json).as("the change").isNotEqualTo(VALID);
    assertThatThrownBy(() -> read(json))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("schema.json: ")
        .hasMessageContaining("'scene'")
        .hasMessageContaining("groups");
  }
}
