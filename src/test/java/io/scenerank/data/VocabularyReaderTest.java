package io.scenerank.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableMap;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.DuckDb.DuckDbOptions;
import io.scenerank.feature.Vocabulary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Optional;
import org.duckdb.DuckDBConnection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VocabularyReaderTest {
  private static final VocabularyReader READER = new VocabularyReader(DuckDbOptions.DEFAULT);

  @TempDir Path temp;

  /** A Parquet file of these rows, as SQL has them. */
  private Path parquet(String query) throws SQLException {
    Path file = temp.resolve("user.parquet");
    try (DuckDBConnection connection = DuckDb.open(DuckDbOptions.DEFAULT, Optional.empty())) {
      DuckDb.execute(
          connection,
          "COPY (" + query + ") TO " + DuckDb.text(file.toString()) + " (FORMAT parquet)");
    }
    return file;
  }

  private Path csv(String text) throws IOException {
    return Files.writeString(temp.resolve("user.csv"), text);
  }

  @Test
  void textsOfParquet() throws SQLException {
    Path file = parquet("SELECT * FROM (VALUES ('anna', 1), ('007', 2), (NULL, 0)) t(value, id)");
    assertThat(READER.read(file, "user"))
        .isEqualTo(Vocabulary.texts("user").add("anna", 1).add("007", 2).build());
  }

  @Test
  void integersOfParquet() throws SQLException {
    Path file =
        parquet("SELECT 1::BIGINT << (40 + id) AS value, id::BIGINT AS id FROM range(1, 4) r(id)");
    Vocabulary read = READER.read(file, "video");
    assertThat(read.kind()).isEqualTo(Vocabulary.Kind.INTEGER);
    assertThat(read.ids())
        .isEqualTo(ImmutableMap.of("" + (1L << 41), 1, "" + (1L << 42), 2, "" + (1L << 43), 3));
  }

  @Test
  void textsOfCsv() throws IOException {
    Path file = csv("id,value\n1,anna\n2,7\n3,\"a, b\"\n0,\n");
    assertThat(READER.read(file, "user"))
        .isEqualTo(
            Vocabulary.texts("user").add("anna", 1).add("7", 2).add("a, b", 3).add("", 0).build());
  }

  @Test
  void integersOfCsv() throws IOException {
    assertThat(READER.read(csv("value,id\n90071,1\n-3,2\n"), "user"))
        .isEqualTo(Vocabulary.integers("user").add(90071, 1).add(-3, 2).build());
    assertThat(READER.read(csv("value,id\n90071,1\n003,2\n"), "user"))
        .as("zeros in front are no integer's")
        .isEqualTo(Vocabulary.texts("user").add("90071", 1).add("003", 2).build());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SELECT 'a' AS value, 1 AS id UNION ALL SELECT 'a', 2"
            + "| vocabulary 'user': the value 'a' occurs twice, with the ids 1 and 2",
        "SELECT 'a' AS value, NULL::INT AS id"
            + "| row 0: id is missing or not an integer of 32 bits, expected an id",
        "SELECT 'a' AS value, 3000000000 AS id"
            + "| row 0: id is missing or not an integer of 32 bits, expected an id",
        "SELECT NULL::VARCHAR AS value, 4 AS id"
            + "| row 0: value is missing, but has the id 4, expected 0",
        "SELECT 1.5 AS value, 1 AS id"
            + "| column 'value' is DECIMAL(2,1), expected text or integers of 64 bits",
        "SELECT 'a' AS name, 1 AS id | expected the columns 'value' and 'id'",
        "SELECT concat('a', chr(9)) AS value, 1 AS id| vocabulary 'user': the value 'a\\t' holds a"
            + " tab or a line break, which a vocabulary cannot hold",
        "SELECT 'a' AS value, 1 AS id LIMIT 0 | vocabulary 'user' is empty"
      })
  void wrongContentIsOneLineThatNamesTheFile(String query, String message) throws SQLException {
    Path file = parquet(query);
    assertThatThrownBy(() -> READER.read(file, "user"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(file + ": " + message);
  }

  @Test
  void aMissingOrForeignFile() throws IOException {
    Path none = temp.resolve("none.parquet");
    assertThatThrownBy(() -> READER.read(none, "user"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(none + ": no such file, expected a vocabulary");
    Path foreign = Files.writeString(temp.resolve("text.parquet"), "no parquet");
    assertThatThrownBy(() -> READER.read(foreign, "user"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(foreign + ": cannot be read as a vocabulary (")
        .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1));
  }
}
