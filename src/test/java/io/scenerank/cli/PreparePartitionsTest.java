package io.scenerank.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.scenerank.config.ConfigMapper;
import io.scenerank.testing.ParquetTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Columns in the names of folders, as Hive and Spark write them. */
@Tag("slow")
class PreparePartitionsTest {
  private static final String CONFIG =
      """
      labels: {click: click}
      scenario: city
      user: user_id
      split: {by: time, column: dt, test_from: 2022-05-03}
      columns: [{name: item_id}]
      """;

  private static final String[] FOLDERS = {
    "dt=2022-05-01/city=New%20York",
    "dt=2022-05-02/city=a%2Fb=c",
    "dt=2022-05-02/city=__HIVE_DEFAULT_PARTITION__",
    "dt=2022-05-03/city=北京"
  };

  @TempDir private Path temp;
  private Path logs;
  private Path config;

  @BeforeEach
  void begin() throws IOException {
    logs = Files.createDirectory(temp.resolve("logs"));
    config = Files.writeString(temp.resolve("c.yaml"), CONFIG);
  }

  /** Files of 10 rows each, and files that are not data. */
  private void write(boolean parquet) throws Exception {
    for (String name : FOLDERS) {
      Path folder = Files.createDirectories(logs.resolve(name));
      String rows = "SELECT i AS user_id, i * 3 % 7 AS item_id, i % 2 AS click FROM range(10) t(i)";
      ParquetTable.write(
          folder.resolve("part-0" + (parquet ? ".parquet" : ".csv")),
          rows,
          parquet ? "FORMAT parquet" : "FORMAT csv, HEADER");
      Files.writeString(folder.resolve(".part-0.csv.crc"), "crc");
      Files.writeString(folder.resolve("_committed.csv"), "none");
    }
    Files.writeString(logs.resolve("_SUCCESS"), "");
    Path left = Files.createDirectories(logs.resolve("_temporary/dt=2022-05-09/city=x"));
    Files.writeString(left.resolve("part-9.csv"), "a\n1\n");
  }

  @ParameterizedTest
  @CsvSource({
    "false, ''",
    "true, ''",
    "false, /*/*/*",
    "true, /**/*.parquet",
    "false, /dt=*/**.csv"
  })
  void foldersBecomeColumns(boolean parquet, String glob) throws Exception {
    write(parquet);
    Path data = temp.resolve("data");
    String source = logs + glob;
    Cli.good("prepare", source, "--config", config, "--out", data);
    assertThat(ParquetTable.rows(data.resolve("vocab/city.parquet"), "SELECT value FROM %s"))
        .containsExactly("New York", "a/b=c");
    assertThat(
            ParquetTable.rows(
                data.resolve("train.parquet"),
                "SELECT city, count(*) FROM %s GROUP BY 1 ORDER BY 1"))
        .as("a default partition is missing")
        .containsExactly("0|10", "1|10", "2|10");
    assertThat(ParquetTable.rows(data.resolve("test.parquet"), "SELECT count(*) FROM %s"))
        .containsExactly("10");
    RawEncoding encoding = new RawEncoding(temp);
    assertThat(encoding.rows(data, source, "city")).hasSize(40).startsWith("1").endsWith("0");
    Path one = logs.resolve(FOLDERS[1]);
    assertThat(encoding.rows(data, one, "city")).as("one folder").hasSize(10).containsOnly("2");
    JsonNode guess =
        new ConfigMapper().parseYaml(Cli.good("prepare", source, "--guess").out(), "guess");
    assertThat(guess.at("/split/column").asText()).isEqualTo("dt");
    assertThat(guess.get("columns").findValuesAsText("name")).contains("city");
    assertThat(guess.get("name").asText()).isEqualTo("logs");
  }

  /** The columns of folders are no columns of the lines. */
  @Test
  void filesWithoutAHeaderMayLieInPartitions() throws Exception {
    for (int day = 1; day < 4; day++) {
      Path folder = Files.createDirectories(logs.resolve("dt=2022-05-0" + day));
      ParquetTable.write(
          folder.resolve("part-0.csv"),
          "SELECT i, i * 3 % 7, i % 2 FROM range(10) t(i)",
          "FORMAT csv, HEADER false");
    }
    JsonNode yaml =
        new ConfigMapper()
            .parseYaml(
                Cli.good(
                        "prepare",
                        logs,
                        "--guess",
                        "--no-header",
                        "--names",
                        "user_id,item_id,click")
                    .out(),
                "guess");
    assertThat(yaml.get("names")).hasSize(3);
    assertThat(yaml.at("/split/column").asText()).isEqualTo("dt");
    Path data = temp.resolve("data");
    Files.writeString(config, yaml.toString());
    Cli.good("prepare", logs, "--config", config, "--out", data);
    assertThat(ParquetTable.rows(data.resolve("train.parquet"), "SELECT count(*) FROM %s"))
        .containsExactly("20");
  }

  /** The same where the guess finds out that there is no header. */
  @Test
  void aHeaderThatLacksIsFoundInPartitions() throws Exception {
    for (int day = 1; day < 4; day++) {
      Path folder = Files.createDirectories(logs.resolve("dt=2022-05-0" + day));
      ParquetTable.write(
          folder.resolve("part-0.csv"),
          "SELECT i * 3 % 7, i % 2, i % 5 FROM range(10) t(i)",
          "FORMAT csv, HEADER false");
    }
    Path data = temp.resolve("data");
    assertThat(Cli.run("prepare", logs, "--guess", "--out", data).err())
        .contains("labels is missing")
        .doesNotContain("names has");
    assertThat(Files.readString(temp.resolve("data.yaml")))
        .contains("names: [column0, column1, column2]");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aSideTableMayLieInPartitions(boolean parquet) throws Exception {
    write(parquet);
    String yaml =
        """
        labels: {click: click}
        scenario: page
        user: user_id
        joins: [{file: logs/dt=2022-05-01, on: {user_id: user_id}, prefix: u_}]
        columns: [{name: u_city}, {name: day, source: u_dt}]
        """;
    Path raw =
        ParquetTable.write(
            temp.resolve("raw.csv"),
            "SELECT i % 10 AS user_id, i % 2 AS page, i % 2 AS click FROM range(30) t(i)",
            "FORMAT csv, HEADER");
    Path data = temp.resolve("data");
    Cli.good("prepare", raw, "--config", Files.writeString(config, yaml), "--out", data);
    assertThat(ParquetTable.rows(data.resolve("vocab/u_city.parquet"), "SELECT value FROM %s"))
        .containsExactly("New York");
    assertThat(ParquetTable.rows(data.resolve("vocab/day.parquet"), "SELECT value FROM %s"))
        .containsExactly("2022-05-01");
  }

  @Test
  void whatIsNotAlikeIsRefused() throws Exception {
    write(false);
    Path other = Files.createDirectories(logs.resolve("day=2022-05-04"));
    Files.writeString(other.resolve("p.csv"), "user_id,item_id,click\n1,2,1\n");
    Cli.invalid(
        "city=New%20York/part-0.csv: its folders name the columns [dt, city], those of ",
        "prepare", logs, "--config", config, "--out", temp.resolve("data"));
  }

  @Test
  void theFilesOwnColumnCounts() throws Exception {
    Path folder = Files.createDirectories(logs.resolve("page=9"));
    Path raw =
        ParquetTable.write(
            folder.resolve("raw.csv"),
            "SELECT i % 10 AS user_id, i % 2 AS page, i % 2 AS click FROM range(30) t(i)",
            "FORMAT csv, HEADER");
    Path yaml =
        Files.writeString(config, "labels: {click: click}\nscenario: page\nuser: user_id\n");
    Path data = temp.resolve("data");
    Cli.good("prepare", raw, "--config", yaml, "--out", data);
    assertThat(ParquetTable.rows(data.resolve("vocab/page.parquet"), "SELECT value FROM %s"))
        .containsExactly("0", "1");
  }
}
