package io.scenerank.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.scenerank.testing.ChildProcess;
import io.scenerank.testing.ChildProcess.Outcome;
import io.scenerank.testing.ParquetTable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code prepare} says of files and descriptions that are wrong: one line, and no folder. */
@Tag("slow")
class PrepareErrorsTest {
  private static final String ROWS =
      "user,item,rating,price,page,ts\n"
          + "1,a,5,0.5,home,1\n2,b,1,1.5,home,2\n3,a,4,2.5,search,3\n4,c,2,3.5,search,4\n";

  private static final String CONFIG =
      """
      labels: {liked: rating >= 4}
      scenario: page
      user: user
      split: {by: time, column: ts, test_share: 0.25}
      columns:
        - {name: item}
        - {name: price, type: dense}
      """;

  @TempDir private Path temp;
  private Path raw;
  private Path config;
  private Path out;

  @BeforeEach
  void write() throws IOException {
    raw = Files.writeString(temp.resolve("raw.csv"), ROWS);
    config = Files.writeString(temp.resolve("films.yaml"), CONFIG);
    out = temp.resolve("data");
  }

  private void refused(String message, Object... more) throws IOException {
    Cli.invalid(
        message,
        Stream.concat(Stream.of("prepare", raw, "--config", config, "--out", out), Stream.of(more))
            .toArray());
    assertThat(out).doesNotExist();
    try (Stream<Path> left = Files.list(temp)) {
      assertThat(left).as("nothing is left behind").doesNotContain(out).hasSize(2);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "4,2.5,search | good,2.5,search | raw.csv: label 'liked', column 'rating', row 2: found"
            + " 'good', expected a number for rating >= 4",
        "4,2.5,search | ,2.5,search | raw.csv: label 'liked', row 2: found nothing, expected true"
            + " or false; 'missing: skip' under the label leaves rows without one out of its task",
        "2.5,search | ,search | raw.csv: column 'price', row 2: found nothing, expected a finite"
            + " float; with 'missing: 0' the column would have 0 there",
        "2.5,search | NaN,search | raw.csv: column 'price', row 2: found nothing, expected a"
            + " finite",
        "2.5,search | inf,search | raw.csv: column 'price', row 2: found 'inf', expected a finite",
        "2.5,search | 1e39,search | raw.csv: column 'price', row 2: found '1e+39', expected a"
            + " finite",
        "2.5,search | cheap,search | raw.csv: column 'price', row 2: found 'cheap', expected a"
            + " number",
        "search,3 | search, | raw.csv: split: column 'ts', row 2: found nothing, expected a time",
        "search,3 | search,'' | raw.csv: split: column 'ts' is VARCHAR, expected numbers, dates or"
            + " times",
        "search,3 | search | raw.csv: line 4 has 5 fields, expected 6: 3,a,4,2.5,search",
        "user,item,rating | user,item,User | raw.csv: the header has 'User' twice",
        "user,item | uster,item | raw.csv: column 'user': there is no column 'user'; did you mean"
            + " 'uster'?",
        "item,rating | itm,rating | raw.csv: column 'item': there is no column 'item'; did you mean"
            + " 'itm'?",
      })
  void wrongRowsAreNamed(String from, String to, String message) throws IOException {
    assertThat(ROWS).contains(from);
    Files.writeString(raw, ROWS.replaceFirst(from, to == null ? "" : to));
    refused(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "columns: | colums: | films.yaml: unknown key 'colums'; did you mean 'columns'?",
        "type: dense | typ: dense | films.yaml: unknown key 'columns[1].typ'; did you mean 'type'?",
        "type: dense | type: dens | did you mean 'dense'?",
        "rating >= 4 | ratng >= 4 | label 'liked': there is no column 'ratng'; did you mean"
            + " 'rating'?",
        "rating >= 4 | rating >= | label 'liked': 'rating >=' is not valid: ",
        "rating >= 4 | rating | raw.csv: label 'liked', row 0: found '5', expected 0 or 1",
        "rating >= 4 | item | raw.csv: label 'liked', row 0: found 'a', expected 0 or 1, or an"
            + " expression such as item = '…'",
        "type: dense | type: dense, bins: 3 | column 'price': bins are for a sparse column",
        "type: dense | bins: 1 | column 'price': bins is 1, expected 2 to 1000",
        "{name: item} | {name: item, max_len: 3} | column 'item': max_len is for a sequence",
        "{name: item} | {name: item, type: sequence} | raw.csv: column 'item' is VARCHAR, expected"
            + " a sequence with a delimiter",
        "{name: item} | {name: item, min_count: 9} | vocabulary 'item': no value occurs often"
            + " enough",
        "{name: item} | {name: price} | column 'price' occurs twice",
        "{name: item} | {name: liked, source: item} | 'liked' is a label and another label or"
            + " column",
        "scenario: page | scenario: {colum: page} | unknown key 'scenario.colum'; did you mean"
            + " 'column'?",
        "scenario: page | user: user | films.yaml: not well formed: Duplicate field 'user'",
        "by: time, column: ts | by: time | split: column is missing",
        "by: time, column: ts, test_share: 0.25 | by: random, test_share: 2 | split: test_share is"
            + " 2.0",
        "test_share: 0.25 | test_from: soon | split: test_from is 'soon', expected a value of ts,"
            + " which is BIGINT",
        "test_share: 0.25 | test_from: 9 | raw.csv: no row is left to test on (split by ts from 9)",
        "test_share: 0.25 | test_from: 0 | raw.csv: no row is left to train on (split by ts from"
            + " 0)",
        "user: user | user: price | 'price' is the scenario or the user, expected a sparse column",
      })
  void wrongDescriptionsAreNamed(String from, String to, String message) throws IOException {
    assertThat(CONFIG).contains(from);
    Files.writeString(config, CONFIG.replace(from, to));
    refused(message);
  }

  @Test
  void filesThatAreNoTables() throws IOException {
    Files.writeString(raw, "");
    refused("raw.csv: is empty, expected a header with column names");
    Files.writeString(raw, "user,item,rating,price,page,ts\n");
    refused("raw.csv: no rows, expected at least two");
    Files.write(raw, ROWS.replace("home", "caf\u00e9").getBytes(StandardCharsets.ISO_8859_1));
    refused("raw.csv: ");
    Files.writeString(raw, "PAR1 and no more");
    refused("raw.csv: ");
    Files.delete(raw);
    Cli.invalid(raw + ": no such file or folder", "prepare", raw, "--config", config, "--out", out);
    Cli.invalid(
        temp.resolve("x*.csv") + ": no file matches",
        "prepare",
        temp.resolve("x*.csv"),
        "--config",
        config,
        "--out",
        out);
    Cli.invalid("did you mean the built-in 'synthetic'?", "prepare", "syntetic", "--guess");
    Path zipped = Files.writeString(temp.resolve("raw.csv.bz2"), ROWS);
    Cli.invalid(
        "raw.csv.bz2: this compression of CSV cannot be read", "prepare", zipped, "--guess");
  }

  @Test
  void severalFilesMustBeAlike() throws Exception {
    Path folder = Files.createDirectory(temp.resolve("folder"));
    Files.writeString(folder.resolve("a.csv"), ROWS);
    Files.writeString(folder.resolve("b.csv"), ROWS.replaceFirst("price", "cost"));
    Cli.invalid(
        "b.csv: has the columns [user, item, rating, cost, page, ts], expected those of",
        "prepare",
        folder,
        "--config",
        config,
        "--out",
        out);
    Files.writeString(folder.resolve("b.csv"), ROWS.replace("3.5", "dear"));
    Cli.invalid(
        "b.csv: column 'price', row 3: found 'dear'",
        "prepare",
        folder,
        "--config",
        config,
        "--out",
        out);
    ParquetTable.write(folder.resolve("c.parquet"), "SELECT 1 AS user");
    Cli.invalid("c.parquet: is Parquet but ", "prepare", folder, "--guess");
  }

  @Test
  void optionsThatDoNotFit() throws IOException {
    refused("memory limit is 'much', expected a size such as 4GB", "--memory-limit", "much");
    refused("--rows, --seed and --days are for the built-in data", "--rows", 5);
    Cli.misused(
        "--config and --guess exclude each other",
        "prepare",
        raw,
        "--config",
        config,
        "--guess",
        "--out",
        out);
    Cli.misused("--config=FILE, --guess", "prepare", raw, "--out", out);
    Cli.misused("'--out=DIR'", "prepare", raw, "--config", config);
    Cli.invalid("are for your own files", "prepare", "synthetic", "--config", config, "--out", out);
    Cli.invalid(
        "holds the data set " + raw, "prepare", raw, "--config", config, "--out", temp, "--force");
    assertThat(raw).hasContent(ROWS);
  }

  @EnabledOnOs(value = OS.LINUX, disabledReason = "limits the size of files with prlimit")
  @Test
  void aFullDiskIsOneLineAndLeavesTheOldData() throws Exception {
    Path ratings =
        ParquetTable.write(
            temp.resolve("many.csv"),
            "SELECT hash(i) AS user_id, hash(i + 7) AS item_id, i % 5 + 1 AS rating, i % 3 AS page"
                + " FROM range(20000) t(i)",
            "FORMAT csv, HEADER");
    Path config = temp.resolve("many.yaml");
    Files.writeString(
        config,
        String.join(
            "\n",
            "labels: {is_click: rating >= 4}",
            "scenario: page",
            "user: user_id",
            "columns: [{name: item_id}]"));
    Path out = Files.createDirectory(temp.resolve("old"));
    Files.writeString(out.resolve("schema.json"), "old");
    String limit = Integer.toString(100_000);
    Outcome outcome =
        ChildProcess.run(
            temp,
            ChildProcess.java(
                ChildProcess.classpath(),
                FullDiskMain.class.getName(),
                limit,
                "prepare",
                ratings.toString(),
                "--config",
                config.toString(),
                "--out",
                out.toString(),
                "--force"));
    assertThat(outcome.exitCode()).as("%s", outcome).isEqualTo(ScenerankCommand.BAD_INPUT);
    assertThat(outcome.errLines().get(outcome.errLines().size() - 1))
        .as("%s", outcome)
        .startsWith("scenerank: ")
        .contains("rows-0.parquet");
    assertThat(outcome.err()).doesNotContain("at io.scenerank");
    assertThat(RunCommandTest.children(out)).containsExactly("schema.json");
    assertThat(RunCommandTest.children(temp))
        .as("nothing half-written stays")
        .noneMatch(name -> name.startsWith("old."));
  }
}
