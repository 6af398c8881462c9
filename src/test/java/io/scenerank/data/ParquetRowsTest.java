package io.scenerank.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scenerank.config.InvalidInputException;
import io.scenerank.data.RowSource.RowFormat;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.PackedLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ParquetRowsTest {
  /** A good table of ten rows, of which each test spoils something. */
  private static final String GOOD =
      "SELECT range::INTEGER AS \"user\", [0, 1, 2] AS history, 1 AS scene, 0.5::FLOAT AS age,"
          + " 7::BIGINT AS item, [1.5, 2.5] AS vector, 1::TINYINT AS click, false AS \"like\""
          + " FROM range(10)";

  @TempDir Path temp;
  private Path file;

  @BeforeEach
  void place() {
    file = temp.resolve("rows.parquet");
  }

  private PackedRows read() {
    return ParquetRows.read(file, Fixtures.format());
  }

  private void spoil(String column, String expression) throws SQLException {
    Fixtures.writeParquet(
        file, String.format("SELECT * REPLACE (%s AS \"%s\") FROM (%s)", expression, column, GOOD));
  }

  private static String atRow7(String bad, String good) {
    return "CASE WHEN \"user\" = 7 THEN " + bad + " ELSE " + good + " END";
  }

  private void assertRefused(String message) {
    assertThatThrownBy(this::read)
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(file + ": " + message);
  }

  @Test
  void readsEveryNumberType() throws SQLException {
    Fixtures.writeParquet(file, GOOD);
    PackedRows rows = read();
    assertThat(rows.size()).isEqualTo(10);
    assertThat(Fixtures.dump(rows).get(7)).isEqualTo("[7, 0, 1, 2, 1, 7][0.5, 1.5, 2.5] 1.0 0.0");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "item|100|7|feature 'item', row 7: id 100 is outside [0, 100)",
        "item|-1|7|feature 'item', row 7: id -1 is outside [0, 100)",
        "item|5000000000|7|feature 'item', row 7: id 5000000000 is outside [0, 100)",
        "item|18446744073709551615::UBIGINT|7::UBIGINT"
            + "|feature 'item', row 7: id 9223372036854775807 is outside [0, 100)",
        "item|NULL|7|feature 'item', row 7: found NULL, expected a value",
        "history|[1, 2]|[1, 2, 3]|feature 'history', row 7: list of 2 values, expected 3",
        "history|[1, 2, 3, 4]|[1, 2, 3]|feature 'history', row 7: list of 4 values, expected 3",
        "history|NULL|[1, 2, 3]|feature 'history', row 7: found NULL, expected a value",
        "history|[1, NULL, 3]|[1, 2, 3]|feature 'history', row 7: found NULL, expected a value",
        "history|[1, 2, 100]|[1, 2, 3]|feature 'history', row 7: id 100 is outside [0, 100)",
        "age|NULL|0.5|feature 'age', row 7: found NULL, expected a value",
        "age|'nan'::DOUBLE|0.5|feature 'age', row 7: found NaN, expected a finite float",
        "age|1e300::DOUBLE|0.5|feature 'age', row 7: found 1.0E300, expected a finite float",
        "vector|[1.5]|[1.5, 2.5]|feature 'vector', row 7: list of 1 values, expected 2",
        "click|2|1|label 'click', row 7: found 2.0, expected 0 or 1",
        "click|0.5|1|label 'click', row 7: found 0.5, expected 0 or 1",
        "click|NULL|1|label 'click', row 7: found NULL, expected a value"
      })
  void badValue(String column, String bad, String good, String message) throws SQLException {
    spoil(column, atRow7(bad, good));
    assertRefused(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "item|'7'|feature 'item' has type VARCHAR, expected an integer",
        "item|7.0::DOUBLE|feature 'item' has type DOUBLE, expected an integer",
        "item|[7]|feature 'item' has type INTEGER[], expected an integer",
        "history|3|feature 'history' has type INTEGER, expected a list of integers",
        "history|['a']|feature 'history' has type VARCHAR[], expected a list of integers",
        "age|'x'|feature 'age' has type VARCHAR, expected a number",
        "vector|1.5::FLOAT|feature 'vector' has type FLOAT, expected a list of numbers",
        "click|'1'|task 'click' has type VARCHAR, expected a number"
      })
  void wrongType(String column, String expression, String message) throws SQLException {
    spoil(column, expression);
    assertRefused(message);
  }

  @Test
  void badProbability() throws SQLException {
    Fixtures.writeParquet(file, "SELECT *, 1.5 AS p_click, 0.5 AS p_like FROM (" + GOOD + ")");
    assertRefused("probability 'click', row 0: found 1.5, expected a probability in [0, 1]");
  }

  @Test
  void missingFeature() throws SQLException {
    Fixtures.writeParquet(file, "SELECT * RENAME (item AS itemm) FROM (" + GOOD + ")");
    assertRefused("feature 'item' has no column 'item' in the file; did you mean 'itemm'?");
  }

  @Test
  void missingLabel() throws SQLException {
    Fixtures.writeParquet(file, "SELECT * EXCLUDE (click) FROM (" + GOOD + ")");
    assertThatThrownBy(this::read)
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(file + ": task 'click' has no column 'click' in the file; known:");
  }

  @Test
  void labelsAreNotNeededForPrediction() throws SQLException {
    Fixtures.writeParquet(file, "SELECT * EXCLUDE (click, \"like\") FROM (" + GOOD + ")");
    PackedRows rows = ParquetRows.read(file, Fixtures.format().withoutLabels());
    assertThat(rows.size()).isEqualTo(10);
    assertThat(rows.tasks()).isEmpty();
    assertThat(rows.user(3)).isEqualTo(3);
  }

  @Test
  void readsSomeColumnsOfALayoutAlone() throws SQLException {
    Fixtures.writeParquet(file, GOOD);
    PackedLayout layout = PackedLayout.of(List.of(FeatureColumn.sparse("item", 100, 4)));
    PackedRows rows = ParquetRows.read(file, RowFormat.features(layout));
    assertThat(rows.id(9, 0)).isEqualTo(7);
    assertThatThrownBy(() -> rows.user(0))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("these rows have no user column");
  }

  @Test
  void noRows() throws SQLException {
    Fixtures.writeParquet(file, GOOD + " LIMIT 0");
    assertRefused("no rows, expected at least one");
  }

  @Test
  void missingFile() {
    assertRefused("no such file");
  }

  @Test
  void noParquetFile() throws IOException {
    Files.writeString(file, "user,item\n1,2\n");
    assertThatThrownBy(this::read)
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(file + ": cannot be read as Parquet (")
        .hasMessageNotContaining("\n");
  }

  @Test
  void quotesNames() throws SQLException {
    file = temp.resolve("it's a file.parquet");
    Fixtures.writeParquet(file, "SELECT 3 AS \"a \"\"b\"\" 'c'\"");
    PackedLayout layout = PackedLayout.of(List.of(FeatureColumn.sparse("a \"b\" 'c'", 5, 4)));
    assertThat(ParquetRows.read(file, RowFormat.features(layout)).id(0, 0)).isEqualTo(3);
  }
}
