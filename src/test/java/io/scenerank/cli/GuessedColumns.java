package io.scenerank.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.scenerank.config.ConfigMapper;
import io.scenerank.testing.ChildProcess.Outcome;
import io.scenerank.testing.ParquetTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A guess at a table of 200 rows: users, items, pages and a click, and one column more.
 *
 * @param text the YAML
 * @param yaml the same as a tree
 * @param data the data set that was prepared with it
 */
record GuessedColumns(String text, JsonNode yaml, JsonNode data) {
  private static final String ROWS =
      "SELECT i * 7 %% 31 AS user_id, i * 5 %% 23 AS item_id, 'p' || (i %% 3) AS page,"
          + " CASE WHEN hash(i) %% 5 < 2 THEN 1 ELSE 0 END AS click, %s FROM range(200) t(i)";

  /**
   * Guesses and prepares the table.
   *
   * @param column SQL over {@code i}, the number of the row, with a name
   */
  static GuessedColumns of(Path folder, String column) throws Exception {
    return ofQuery(folder, String.format(ROWS, column));
  }

  /** Guesses and prepares the rows of a query. */
  static GuessedColumns ofQuery(Path folder, String query) throws Exception {
    Path raw = ParquetTable.write(folder.resolve("raw.csv"), query, "FORMAT csv, HEADER");
    return ofFile(folder, raw);
  }

  /** Guesses and prepares a file. */
  static GuessedColumns ofFile(Path folder, Path raw) throws IOException {
    Path data = folder.resolve("data");
    Outcome prepared = Cli.good("prepare", raw, "--guess", "--out", data, "--json", "--force");
    String text = Files.readString(data.resolve("prepare.yaml"));
    return new GuessedColumns(
        text, new ConfigMapper().parseYaml(text, "guess"), RunCommandTest.json(prepared));
  }

  /** Names of the features. */
  List<String> features() {
    return yaml.get("columns").findValuesAsText("name");
  }

  /** The SQL of a label; empty if there is none. */
  String label(String task) {
    return yaml.get("labels").path(task).asText();
  }

  /** The column by which rows are split; empty if they are not split by time. */
  String time() {
    return yaml.at("/split/column").asText();
  }
}
