package io.scenerank.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import io.scenerank.data.DuckDb.DuckDbOptions;
import io.scenerank.testing.Canary;
import io.scenerank.testing.ParquetTable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.duckdb.DuckDBConnection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a database may touch with any SQL. */
class DuckDbAccessTest {
  @TempDir private Path temp;

  private static List<String> first(DuckDBConnection connection, String sql) throws SQLException {
    List<String> values = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      while (result.next()) {
        values.add(result.getString(1));
      }
    }
    return values;
  }

  @Test
  void nothingButTheGivenFilesAndFolders() throws Exception {
    Canary canary = Canary.in(temp.resolve("canary"));
    Path mine = Files.createDirectory(temp.resolve("mine"));
    Path file = ParquetTable.write(temp.resolve("rows.parquet"), "SELECT 7 AS value");
    DuckDb.Access access = DuckDb.Access.file(file).withFolder(mine);
    try (DuckDBConnection connection =
        DuckDb.open(DuckDbOptions.DEFAULT, Optional.of(temp.resolve("spill")), access)) {
      assertThat(first(connection, "SELECT value FROM " + DuckDb.parquet(file)))
          .containsExactly("7");
      DuckDb.copyToParquet(connection, "SELECT 1 AS a", mine.resolve("a.parquet"));
      List<String> refused =
          ImmutableList.of(
              "FROM " + DuckDb.file(canary.csv()),
              "FROM " + DuckDb.file(canary.parquet()),
              "FROM read_text(" + DuckDb.text(canary.folder() + "/*.csv") + ")",
              "FROM glob(" + DuckDb.text(canary.folder() + "/*") + ")",
              "FROM " + DuckDb.text(mine + "/../canary/secret.csv"),
              "COPY (SELECT 1) TO " + DuckDb.text(canary.absent().toString()),
              "COPY (SELECT 1) TO " + DuckDb.text(mine + "/../canary/a.parquet"),
              "ATTACH " + DuckDb.text(canary.folder() + "/a.db"),
              "EXPORT DATABASE " + DuckDb.text(canary.folder() + "/inner"),
              "INSTALL httpfs",
              "LOAD httpfs",
              "SET enable_external_access = true",
              "SET allowed_directories = ['/']",
              "SET lock_configuration = false",
              "RESET lock_configuration",
              "SET TimeZone = 'UTC'");
      for (String sql : refused) {
        assertThatThrownBy(() -> DuckDb.execute(connection, sql))
            .as(sql)
            .isInstanceOf(SQLException.class);
        canary.requireUntouched(sql);
      }
    }
  }

  @Test
  void aFileIsReadByItsNameAlsoIfThatLooksLikeAPattern() throws Exception {
    Path folder = Files.createDirectories(temp.resolve("a[12]/day=3"));
    Path other = Files.createDirectories(temp.resolve("a1/day=3"));
    for (String name : List.of("rows[1]", "rows*", "rows?")) {
      Path file = folder.resolve(name + ".parquet");
      ParquetTable.write(file, "SELECT 'right' AS value");
      ParquetTable.write(folder.resolve("rows1.parquet"), "SELECT 'wrong' AS value");
      ParquetTable.write(other.resolve("rows1.parquet"), "SELECT 'wrong' AS value");
      try (DuckDBConnection connection =
          DuckDb.open(DuckDbOptions.DEFAULT, Optional.empty(), DuckDb.Access.file(file))) {
        assertThat(first(connection, "SELECT value FROM " + DuckDb.parquet(file)))
            .containsExactly("right");
        assertThat(first(connection, "DESCRIBE FROM " + DuckDb.parquet(file)))
            .as("no column of a folder's name")
            .containsExactly("value");
      }
    }
  }
}
