package io.scenerank.cli;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import io.scenerank.testing.ParquetTable;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code prepare --guess} takes for labels, and what never becomes a feature. */
@Tag("slow")
class GuessLabelsTest {
  private static final List<String> FEATURES = List.of("user_id", "item_id", "page");

  @TempDir private Path temp;

  /** Labels that are known where the click is 1, as conversions are. */
  @Test
  void labelsThatAreMissingInSomeRowsAreLeftOut() throws Exception {
    List<String> names =
        List.of(
            "purchase",
            "buy",
            "bought",
            "order",
            "cart",
            "pay",
            "cvr",
            "conv",
            "install",
            "fav",
            "follow",
            "share",
            "skip",
            "finish");
    List<String> marks =
        List.of(
            "NaN", "nan", "NULL", "null", "NA", "N/A", "\\N", "None", "-", "<NA>", "?", "(null)",
            "", " ");
    StringBuilder columns = new StringBuilder();
    for (int c = 0; c < names.size(); c++) {
      columns
          .append(c == 0 ? "" : ", ")
          .append("CASE WHEN hash(i) % 5 < 2 THEN CAST(i % 2 AS VARCHAR) ELSE '")
          .append(marks.get(c))
          .append("' END AS \"")
          .append(names.get(c))
          .append('"');
    }
    GuessedColumns guess = GuessedColumns.of(temp, columns.toString());
    assertThat(guess.features()).isEqualTo(FEATURES);
    assertThat(guess.yaml().get("labels").toString()).isEqualTo("{\"click\":\"click\"}");
    assertThat(guess.yaml().path("missing_values"))
        .extracting(node -> node.asText())
        .containsExactlyInAnyOrderElementsOf(marks.subList(0, marks.size() - 2));
    assertThat(guess.data().get("rows").asInt()).isEqualTo(200);
    for (String name : names) {
      assertThat(guess.text())
          .contains(
              "# Note: '" + name + "' looks like a label too, but is missing in some rows (63%")
          .containsPattern("# " + name + ": .*needs where: \"?" + name + "\"? IS NOT NULL");
    }
  }

  @Test
  void whereTheOnlyLabelIsMissingItsRowsAreLeftOut() throws Exception {
    GuessedColumns guess =
        GuessedColumns.ofQuery(
            temp,
            "SELECT i % 31 AS user_id, i % 23 AS item_id, CASE WHEN i % 4 > 0 THEN i // 4 % 2 END"
                + " AS purchase FROM range(200) t(i)");
    assertThat(guess.label("purchase")).isEqualTo("purchase");
    assertThat(guess.yaml().get("where").asText()).isEqualTo("purchase IS NOT NULL");
    assertThat(guess.data().get("rows").asInt()).isEqualTo(150);
    assertThat(guess.text())
        .contains("# Note: the label 'purchase' is missing in some rows (25% missing)");
  }

  @Test
  void spellingsOfLabels() throws Exception {
    // Name, spelling of a truth and the expression that reads it.
    String[][] spellings = {
      {"click", "CASE WHEN yes THEN 1 ELSE 0 END", "click"},
      {"clk", "CASE WHEN yes THEN 1.0 ELSE 0.0 END", "clk"},
      {"like", "CASE WHEN yes THEN '1' ELSE '0' END", "\"like\""},
      {"follow", "CASE WHEN yes THEN 1 ELSE -1 END", "follow = 1"},
      {"share", "CASE WHEN yes THEN 2 ELSE 1 END", "share = 2"},
      {"buy", "CASE WHEN yes THEN '2.0' ELSE '1.0' END", "buy = 2"},
      {"purchase", "CASE WHEN yes THEN 'yes' ELSE 'no' END", "purchase = 'yes'"},
      {"conversion", "CASE WHEN yes THEN 'Yes' ELSE 'No' END", "conversion = 'Yes'"},
      {"order", "CASE WHEN yes THEN 'Y' ELSE 'N' END", "\"order\" = 'Y'"},
      {"cart", "CASE WHEN yes THEN 't' ELSE 'f' END", "cart = 't'"},
      {"fav", "CASE WHEN yes THEN 'true' ELSE 'false' END", "fav"},
      {"install", "CASE WHEN yes THEN 'True' ELSE 'False' END", "install"},
      {"skip", "CASE WHEN yes THEN 'TRUE' ELSE 'FALSE' END", "skip"},
      {"finish", "CASE WHEN yes THEN 'positive' ELSE 'negative' END", "finish = 'positive'"},
      {"label", "CASE WHEN yes THEN '是' ELSE '否' END", "label = '是'"},
      {"target", "CASE WHEN yes THEN 1 + i % 4 ELSE 0 END", "target > 0"},
      {"y", "CASE WHEN yes THEN 3 ELSE 0 END", "y > 0"}
    };
    String rows =
        "SELECT i % 31 AS user_id, i % 23 AS item_id, hash(i) % 3 = 0 AS yes, i FROM range(200)"
            + " t(i)";
    String columns =
        Stream.of(spellings).map(s -> s[1] + " AS \"" + s[0] + "\"").collect(joining(", "));
    GuessedColumns guess =
        GuessedColumns.ofQuery(
            temp, "SELECT user_id, item_id, " + columns + " FROM (" + rows + ")");
    Path truth = ParquetTable.write(temp.resolve("truth.parquet"), rows);
    List<String> expected =
        ParquetTable.rows(truth, "SELECT count(*), count(*) FILTER (yes) FROM %s");
    for (String[] spelling : spellings) {
      assertThat(guess.label(spelling[0])).isEqualTo(spelling[2]);
      assertThat(
              ParquetTable.rows(
                  temp.resolve("data/*.parquet"),
                  "SELECT count(*), count(*) FILTER (\"" + spelling[0] + "\" = 1) FROM %s"))
          .as(spelling[0])
          .isEqualTo(expected);
    }
  }

  @Test
  void namesOfLabels() throws Exception {
    List<String> names =
        List.of(
            "clk",
            "is_clicked",
            "isClick",
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
            "target",
            "y",
            "clicks",
            "is-click",
            "has_paid",
            "converted",
            "is_attributed",
            "add_to_cart",
            "is_fav",
            "clicked:float",
            "y_true",
            "label1");
    String columns =
        names.stream().map(name -> "i // 3 % 2 AS \"" + name + "\"").collect(joining(", "));
    GuessedColumns guess = GuessedColumns.of(temp, columns);
    assertThat(guess.features()).isEqualTo(FEATURES);
    assertThat(guess.yaml().get("labels").fieldNames())
        .toIterable()
        .containsAll(names.stream().map(name -> name.replace(":float", "")).toList());
  }

  @Test
  void eventsBecomeATaskEach() throws Exception {
    GuessedColumns guess =
        GuessedColumns.ofQuery(
            temp,
            "SELECT i % 31 AS user_id, i % 23 AS item_id, ['pv', 'cart', 'fav', 'buy', 'pv'][i % 5"
                + " + 1] AS behavior_type FROM range(200) t(i)");
    assertThat(guess.yaml().get("labels").toString())
        .contains(
            "\"cart\":\"behavior_type = 'cart'\"",
            "\"fav\":\"behavior_type = 'fav'\"",
            "\"buy\":\"behavior_type = 'buy'\"")
        .doesNotContain("pv");
    assertThat(guess.features()).doesNotContain("behavior_type");
  }

  /** Columns that say no yes or no. */
  @Test
  void whatIsCalledLikeALabelIsNoFeature() throws Exception {
    String[] columns = {
      "['a', 'b'][i % 2 + 1] AS purchase",
      "i % 3 - 1 AS conversion",
      "DATE '2022-05-01' + (i * 7 % 90)::INT AS bought",
      "1 AS follow",
      "100 + i * 37 % 91 AS \"order\"",
      "'a note ' || i AS comment",
      "0.5 + sin(i) AS target",
      "CASE WHEN i % 3 = 0 THEN 'c1' END AS cvr",
      "i % 4 + 1 AS behavior_type",
      "CASE i % 3 WHEN 0 THEN 'yes' WHEN 1 THEN 'no' ELSE 'perhaps' END AS like"
    };
    GuessedColumns guess = GuessedColumns.of(temp, String.join(", ", columns));
    assertThat(guess.features()).isEqualTo(FEATURES);
    assertThat(guess.yaml().get("labels").toString()).isEqualTo("{\"click\":\"click\"}");
    assertThat(
            guess
                .text()
                .split("is has the name of a label, but its values do not say what is a yes"))
        .hasSize(columns.length + 1);
  }

  @Test
  void ratingsAreALabelAlsoWhereTheyMiss() throws Exception {
    GuessedColumns guess =
        GuessedColumns.ofQuery(
            temp,
            "SELECT i % 31 AS user_id, i % 23 AS item_id, CASE WHEN i % 5 > 0 THEN i // 5 % 5 + 1"
                + " END AS rating FROM range(200) t(i)");
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
