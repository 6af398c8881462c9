package io.scenerank.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.scenerank.testing.ParquetTable;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code prepare --guess} takes for labels, and what never becomes a feature. */
class GuessLabelsTest {
  private static final List<String> FEATURES = List.of("user_id", "item_id", "page");

  // Known where the click is 1, as conversions are.
  private static final String AFTER_CLICK =
      "CASE WHEN hash(i) % 5 < 2 THEN CAST(i % 2 AS VARCHAR) ELSE '%MARK%' END AS purchase";

  @TempDir private Path temp;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "NaN", "nan", "NULL", "null", "NA", "N/A", "\\N", "None", "-", "<NA>", "?", "(null)", "",
        " "
      })
  void aLabelThatIsMissingInSomeRowsIsLeftOut(String mark) throws Exception {
    GuessedColumns guess =
        GuessedColumns.of(temp, AFTER_CLICK.replace("%MARK%", mark.replace("'", "''")));
    assertThat(guess.features()).isEqualTo(FEATURES);
    assertThat(guess.yaml().get("labels").toString()).isEqualTo("{\"click\":\"click\"}");
    assertThat(guess.text())
        .contains("# Note: 'purchase' looks like a label too, but is missing in some rows (63%")
        .contains("# purchase: purchase", "needs where: purchase IS NOT NULL");
    List<String> marks = mark.isBlank() ? List.of() : List.of(mark);
    assertThat(guess.yaml().path("missing_values"))
        .extracting(node -> node.asText())
        .isEqualTo(marks);
    assertThat(guess.data().get("rows").asInt()).isEqualTo(200);
  }

  @Test
  void whereTheOnlyLabelIsMissingItsRowsAreLeftOut() throws Exception {
    GuessedColumns guess =
        GuessedColumns.ofQuery(
            temp,
            "SELECT i % 31 AS user_id, i % 23 AS item_id, CASE WHEN i % 4 > 0 THEN i // 4 % 2 END AS"
                + " purchase FROM range(200) t(i)");
    assertThat(guess.label("purchase")).isEqualTo("purchase");
    assertThat(guess.yaml().get("where").asText()).isEqualTo("purchase IS NOT NULL");
    assertThat(guess.data().get("rows").asInt()).isEqualTo(150);
    assertThat(guess.text())
        .contains("# Note: the label 'purchase' is missing in some rows (25% missing)");
  }

  /** Spellings of a label, as SQL over the truth, and the expression that reads them. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "CASE WHEN yes THEN 1 ELSE 0 END | label",
        "CASE WHEN yes THEN 1.0 ELSE 0.0 END | label",
        "CASE WHEN yes THEN '1' ELSE '0' END | label",
        "CASE WHEN yes THEN 1 ELSE -1 END | label = 1",
        "CASE WHEN yes THEN 2 ELSE 1 END | label = 2",
        "CASE WHEN yes THEN '2.0' ELSE '1.0' END | label = 2",
        "CASE WHEN yes THEN 'yes' ELSE 'no' END | label = 'yes'",
        "CASE WHEN yes THEN 'Yes' ELSE 'No' END | label = 'Yes'",
        "CASE WHEN yes THEN 'Y' ELSE 'N' END | label = 'Y'",
        "CASE WHEN yes THEN 't' ELSE 'f' END | label = 't'",
        "CASE WHEN yes THEN 'true' ELSE 'false' END | label",
        "CASE WHEN yes THEN 'True' ELSE 'False' END | label",
        "CASE WHEN yes THEN 'TRUE' ELSE 'FALSE' END | label",
        "CASE WHEN yes THEN 'positive' ELSE 'negative' END | label = 'positive'",
        "CASE WHEN yes THEN '是' ELSE '否' END | label = '是'",
        "CASE WHEN yes THEN 1 + i % 4 ELSE 0 END | label > 0",
        "CASE WHEN yes THEN 3 ELSE 0 END | label > 0",
      })
  void spellingsOfALabel(String values, String expected) throws Exception {
    String rows =
        "SELECT i % 31 AS user_id, i % 23 AS item_id, hash(i) % 3 = 0 AS yes, i FROM range(200) t(i)";
    GuessedColumns guess =
        GuessedColumns.ofQuery(
            temp, "SELECT * EXCLUDE (yes, i), " + values + " AS label FROM (" + rows + ")");
    assertThat(guess.label("label")).isEqualTo(expected);
    Path truth = ParquetTable.write(temp.resolve("truth.parquet"), rows);
    String counts = "SELECT count(*), count(*) FILTER (yes) FROM %s";
    String labels = "SELECT count(*), count(*) FILTER (label = 1) FROM %s";
    assertThat(ParquetTable.rows(temp.resolve("data/*.parquet"), labels))
        .isEqualTo(ParquetTable.rows(truth, counts));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "clk",
        "is_clicked",
        "isClick",
        "IsClick",
        "isclick",
        "click_label",
        "label_click",
        "click_flag",
        "click_bool",
        "buy",
        "bought",
        "conversion",
        "is_conversion",
        "cvr",
        "ctcvr",
        "purchase",
        "Purchased",
        "label",
        "Label",
        "target",
        "y",
        "clicks",
        "is-click",
        "has_paid",
        "converted",
        "is_attributed",
        "add_to_cart",
        "is_fav",
        "click:float",
        "y_true",
        "label1"
      })
  void namesOfLabels(String name) throws Exception {
    GuessedColumns guess =
        GuessedColumns.ofQuery(
            temp,
            "SELECT i % 31 AS user_id, i % 23 AS item_id, i // 3 % 2 AS \""
                + name
                + "\" FROM range(200) t(i)");
    assertThat(guess.yaml().get("labels")).hasSize(1);
    assertThat(guess.yaml().get("labels").fieldNames().next())
        .isEqualTo(name.replace(":float", ""));
    assertThat(guess.features()).containsExactly("user_id", "item_id", "all_scenarios");
  }

  @Test
  void eventsBecomeATaskEach() throws Exception {
    GuessedColumns guess =
        GuessedColumns.ofQuery(
            temp,
            "SELECT i % 31 AS user_id, i % 23 AS item_id, ['pv', 'cart', 'fav', 'buy', 'pv'][i % 5 + 1]"
                + " AS behavior_type FROM range(200) t(i)");
    assertThat(guess.yaml().get("labels").toString())
        .contains(
            "\"cart\":\"behavior_type = 'cart'\"",
            "\"fav\":\"behavior_type = 'fav'\"",
            "\"buy\":\"behavior_type = 'buy'\"")
        .doesNotContain("pv");
    assertThat(guess.features()).doesNotContain("behavior_type");
  }

  /** Columns that are called like a label, but say no yes or no. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "['a', 'b'][i % 2 + 1] AS purchase",
        "i % 3 - 1 AS conversion",
        "DATE '2022-05-01' + (i * 7 % 90)::INT AS bought",
        "1 AS follow",
        "100 + i * 37 % 91 AS \"order\"",
        "'a note ' || i AS comment",
        "0.5 + sin(i) AS target",
        "CASE WHEN i % 3 = 0 THEN 'c1' END AS conversion",
        "i % 4 + 1 AS behavior_type",
        "CASE i % 3 WHEN 0 THEN 'yes' WHEN 1 THEN 'no' ELSE 'perhaps' END AS like",
      })
  void whatIsCalledLikeALabelIsNoFeature(String column) throws Exception {
    GuessedColumns guess = GuessedColumns.of(temp, column);
    assertThat(guess.features()).isEqualTo(FEATURES);
    assertThat(guess.yaml().get("labels").toString()).isEqualTo("{\"click\":\"click\"}");
    assertThat(guess.text())
        .contains("# Note: '", "is called like a label, but its values do not say what is a yes");
  }

  @Test
  void ratingsAreALabelAlsoWhereTheyMiss() throws Exception {
    GuessedColumns guess =
        GuessedColumns.ofQuery(
            temp,
            "SELECT i % 31 AS user_id, i % 23 AS item_id, CASE WHEN i % 5 > 0 THEN i // 5 % 5 + 1 END"
                + " AS rating FROM range(200) t(i)");
    assertThat(guess.label("high_rating")).isEqualTo("rating >= 4");
    assertThat(guess.features()).doesNotContain("rating");
    assertThat(guess.data().get("rows").asInt()).isEqualTo(160);
  }

  @Test
  void aRatingThatIsNeverBadIsStillALabelOfTwoValues() throws Exception {
    GuessedColumns guess =
        GuessedColumns.ofQuery(
            temp,
            "SELECT i % 31 AS user_id, i % 23 AS item_id, 9 + i // 5 % 2 AS rating FROM range(200)"
                + " t(i)");
    assertThat(guess.label("high_rating")).isEqualTo("rating >= 10");
  }
}
