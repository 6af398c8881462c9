package io.scenerank.data.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scenerank.config.InvalidInputException;
import io.scenerank.data.DuckDb;
import io.scenerank.data.DuckDb.DuckDbOptions;
import io.scenerank.data.PackedRows;
import io.scenerank.data.PreparedDataset;
import io.scenerank.data.prepare.SavedEncoding.NewRowsSplit;
import io.scenerank.feature.Schema;
import io.scenerank.model.Models;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.duckdb.DuckDBConnection;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MovieLens100kTest {
  private static final String ZEROS = "|0".repeat(16);

  @TempDir private Path folder;
  private Path original;

  /** Three users, four films, ten ratings; films 2 and 3 are rated by user 7 in the same second. */
  @BeforeEach
  void writeOriginal() throws IOException {
    original = Files.createDirectory(folder.resolve("ml-100k"));
    Files.writeString(
        original.resolve("u.data"),
        String.join(
            "\n",
            "7\t1\t5\t100",
            "7\t3\t4\t200",
            "7\t2\t3\t200",
            "7\t4\t1\t300",
            "8\t1\t2\t150",
            "8\t2\t4\t160",
            "8\t4\t5\t170",
            "9\t1\t3\t400",
            "9\t2\t4\t410",
            "9\t3\t5\t420",
            ""));
    Files.write(
        original.resolve("u.item"),
        String.join(
                "\n",
                "1|Café (1995)|01-Jan-1995||http://x|0|1|0" + ZEROS,
                "2|\"Two\" (1996)|02-Feb-1996||http://x|0|0|1" + ZEROS,
                "3|Three (1996)|02-Feb-1996||http://x|0|1|1" + ZEROS,
                "4|unknown||||1|0|0" + ZEROS,
                "")
            .getBytes(StandardCharsets.ISO_8859_1));
    Files.writeString(
        original.resolve("u.user"),
        "7|24|M|technician|85711\n8|44|F|other|T8H1N\n9|45|M|writer|05201\n");
  }

  private PreparedDataset prepare(Path raw, String out) throws IOException {
    NamedSource source = NamedSource.open("movielens-100k", raw);
    new Preparation(
            new PrepareOptions(new DuckDbOptions(1), "", (step, done, total, unit) -> {}),
            Models.standard().groups(),
            Path.of(""))
        .write(source.description(), source.yaml(), source.rows(), folder.resolve(out), false);
    return PreparedDataset.open(folder.resolve(out));
  }

  private List<String> raw(Path from) throws IOException, SQLException {
    SqlSource rows = NamedSource.open("movielens-100k", from).rows();
    List<String> found = new ArrayList<>();
    try (DuckDBConnection connection = DuckDb.open(new DuckDbOptions(1), Optional.empty());
        Statement statement = connection.createStatement();
        var result =
            statement.executeQuery(
                "SELECT concat_ws(' ', user_id, movie_id, rating, age, gender, release_year,"
                    + " CAST(genres AS VARCHAR), CAST(history AS VARCHAR)) FROM ("
                    + rows.query()
                    + ")")) {
      while (result.next()) {
        found.add(result.getString(1));
      }
    }
    return found;
  }

  @Test
  void aHistoryHoldsTheFilmsOfEarlierSeconds() throws IOException, SQLException {
    assertThat(raw(original))
        .containsExactly(
            "7 1 5 24 M 1995 [Action] []",
            "8 1 2 44 F 1995 [Action] []",
            "8 2 4 44 F 1996 [Adventure] [1]",
            "8 4 5 44 F [unknown] [1, 2]",
            "7 2 3 24 M 1996 [Adventure] [1]",
            "7 3 4 24 M 1996 [Action, Adventure] [1]",
            "7 4 1 24 M [unknown] [1, 2, 3]",
            "9 1 3 45 M 1995 [Action] []",
            "9 2 4 45 M 1996 [Adventure] [1]",
            "9 3 5 45 M 1996 [Action, Adventure] [1, 2]");
  }

  @Test
  void ageGroupsAreTheScenarios() throws IOException {
    PreparedDataset dataset = prepare(original, "prepared");
    Schema schema = dataset.schema();
    assertThat(schema.tasks()).containsExactly("is_click", "is_like");
    // The test row is the last one, of user 9; two others of the user are trained on.
    assertThat(schema.scenario().names())
        .containsExactly("unseen", "under 25", "25 to 44", "45 and over");
    PackedRows test = dataset.test();
    assertThat(test.size()).isEqualTo(1);
    assertThat(test.label(0, 0)).as("is_click of a 5").isEqualTo(1f);
    assertThat(test.label(0, 1)).as("is_like of a 5").isEqualTo(1f);
    assertThat(schema.scenario().nameOf(test.scenario(0))).isEqualTo("45 and over");
  }

  @Test
  void theRowsAreEncodedAgainAsBefore() throws IOException {
    PreparedDataset dataset = prepare(original, "prepared");
    Path again = folder.resolve("again");
    SavedEncoding.open(
            dataset.folder(),
            new PrepareOptions(new DuckDbOptions(4), "", (step, done, total, unit) -> {}))
        .write(RawData.named("movielens-100k", original), NewRowsSplit.DESCRIBED, again, false);
    for (String file : List.of(PreparedDataset.TRAIN, PreparedDataset.TEST)) {
      assertThat(again.resolve(file))
          .hasBinaryContent(Files.readAllBytes(dataset.folder().resolve(file)));
    }
    assertThat(PreparedDataset.open(again).fingerprint()).isEqualTo(dataset.fingerprint());
  }

  @Test
  void parquetFilesGiveTheSameRows() throws IOException, SQLException {
    Path parquet = Files.createDirectory(folder.resolve("parquet"));
    try (DuckDBConnection connection = DuckDb.open(new DuckDbOptions(1), Optional.empty());
        Statement statement = connection.createStatement()) {
      copy(
          statement,
          "SELECT * FROM read_csv('%s', delim = '\\t', header = false, names = ['user_id',"
              + " 'movie_id', 'rating', 'timestamp'])",
          "u.data",
          parquet.resolve("MovieLens100k_data.parquet.brotli"));
      copy(
          statement,
          "SELECT column0 AS movie_id, column1 AS movie_title, column2 AS release_date, column5 AS"
              + " \"unknown\", column06 AS \"Action\", column07 AS \"Adventure\", 0 AS"
              + " \"Animation\", 0 AS \"Children's\", 0 AS \"Comedy\", 0 AS \"Crime\", 0 AS"
              + " \"Documentary\", 0 AS \"Drama\", 0 AS \"Fantasy\", 0 AS \"Film-Noir\", 0 AS"
              + " \"Horror\", 0 AS \"Musical\", 0 AS \"Mystery\", 0 AS \"Romance\", 0 AS"
              + " \"Sci-Fi\", 0 AS \"Thriller\", 0 AS \"War\", 0 AS \"Western\" FROM (SELECT"
              + " column00 AS column0, column01 AS column1, column02 AS column2, column05 AS"
              + " column5, column06, column07 FROM read_csv('%s', delim = '|', header = false,"
              + " quote = '', encoding = 'latin-1', all_varchar = true))",
          "u.item",
          parquet.resolve("MovieLens100k_items.parquet.brotli"));
      copy(
          statement,
          "SELECT * FROM read_csv('%s', delim = '|', header = false, names = ['user_id', 'age',"
              + " 'gender', 'occupation', 'zip_code'])",
          "u.user",
          parquet.resolve("MovieLens100k_users.parquet.brotli"));
    }
    assertThat(raw(parquet)).isEqualTo(raw(original));
  }

  private void copy(Statement statement, String query, String file, Path to) throws SQLException {
    statement.execute(
        "COPY ("
            + String.format(query, original.resolve(file))
            + ") TO "
            + DuckDb.text(to.toString())
            + " (FORMAT parquet, CODEC 'brotli')");
  }

  @Test
  void aFolderOfAnotherKindIsRefused() throws IOException {
    Path empty = Files.createDirectory(folder.resolve("empty"));
    assertThatThrownBy(() -> NamedSource.open("movielens-100k", empty))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("has neither u.data nor MovieLens100k_data.parquet");
    assertThatThrownBy(() -> NamedSource.open("movielens-100k", folder.resolve("nowhere")))
        .hasMessageContaining("nowhere: no such folder");
    Files.delete(original.resolve("u.user"));
    assertThatThrownBy(() -> NamedSource.open("movielens-100k", original))
        .hasMessageContaining("u.user: no such file");
  }
}
