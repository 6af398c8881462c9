package io.scenerank.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.scenerank.testing.ChildProcess;
import io.scenerank.testing.ChildProcess.Outcome;
import io.scenerank.testing.ParquetTable;
import io.scenerank.testing.RunsCommandsOf;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A second day with new ids, for the data set and the model of the first one. */
@Tag("slow")
class ExtendTest {
  private static final String VOCABULARY = "SELECT value, id FROM %s";

  @TempDir private static Path shared;
  private static TwoDays days;
  private static Path data;
  private static Path second;
  private static Path run;
  private static Outcome extended;

  @TempDir private Path temp;

  @BeforeAll
  static void extendTheFirstDay() throws Exception {
    days = new TwoDays(shared);
    data = days.prepare(1);
    run = days.train(data, "run");
    second = shared.resolve("second");
    extended = Cli.good("prepare", days.raw(2), "--extend", data, "--out", second);
  }

  private static List<String> vocabulary(Path folder, String table) throws Exception {
    return ParquetTable.rows(folder.resolve("vocab/" + table + ".parquet"), VOCABULARY);
  }

  @Test
  void idsStayAndNewOnesFollow() throws Exception {
    assertThat(extended.out())
        .startsWith("1,200 rows to train on, 300 to test on (ts from 201200)")
        .contains(
            String.format(
                "New ids: item 3; reused: none; evicted: none%n0.00%% of the rows have a value"
                    + " without an id%n"))
        .doesNotContain("Values that");
    assertThat(vocabulary(second, "item"))
        .startsWith(vocabulary(data, "item").toArray(String[]::new))
        .endsWith("i40|41", "i41|42", "i42|43");
    assertThat(
            ParquetTable.rows(
                second.resolve("vocab/item.parquet"),
                "SELECT since, count(*), min(count) > 0, max(last_seen) FROM %s GROUP BY 1 ORDER BY"
                    + " 1"))
        .as("the second day has 1,200 rows to train on")
        .containsExactly("0|40|true|201199", "1|3|true|201196");
    for (String table : List.of("page", "user", "tags")) {
      assertThat(vocabulary(second, table)).isEqualTo(vocabulary(data, table));
    }
    assertThat(second.resolve("encoding.json"))
        .as("bins and all else stay")
        .hasBinaryContent(Files.readAllBytes(data.resolve("encoding.json")));
    assertThat(second.resolve("schema.json")).content().contains("\"vocab_size\" : 44");
  }

  @Test
  void countsAreThoseOfAllDays() throws Exception {
    Path both =
        ParquetTable.write(
            temp.resolve("both.csv"),
            String.format(
                "SELECT * FROM read_csv(['%s', '%s'], all_varchar = true) WHERE ts::INT %% 100000 <"
                    + " 1200 OR ts = '201200'",
                days.raw(1), days.raw(2)),
            "FORMAT csv, HEADER");
    Path yaml =
        Files.writeString(
            temp.resolve("both.yaml"),
            Files.readString(days.config()).replace("test_share: 0.2", "test_from: 201200"));
    Cli.good("prepare", both, "--config", yaml, "--out", temp.resolve("both"));
    for (String table : List.of("item", "page", "user", "tags")) {
      String counts = "SELECT value, count, last_seen FROM %s ORDER BY value";
      assertThat(ParquetTable.rows(second.resolve("vocab/" + table + ".parquet"), counts))
          .isEqualTo(ParquetTable.rows(temp.resolve("both/vocab/" + table + ".parquet"), counts));
    }
  }

  @Test
  void aRunIsExtendedAsItsDataSet() throws Exception {
    Path ofRun = temp.resolve("ofRun");
    Cli.good("prepare", days.raw(2), "--extend", run, "--out", ofRun);
    Path encoded = temp.resolve("encoded");
    Cli.good("prepare", days.raw(2), "--encoding", second, "--out", encoded);
    for (Path same : new Path[] {ofRun, encoded}) {
      for (String file : List.of("train.parquet", "test.parquet", "vocab/item.parquet")) {
        assertThat(same.resolve(file))
            .as(file)
            .hasBinaryContent(Files.readAllBytes(second.resolve(file)));
      }
    }
  }

  @Test
  @RunsCommandsOf("docs/data.md#New ids every day")
  void theCommandsOfThePage(List<String> commands) throws Exception {
    Files.createSymbolicLink(Files.createDirectories(temp.resolve("data")).resolve("monday"), data);
    Files.copy(days.raw(2), temp.resolve("tuesday.csv"));
    Files.copy(days.raw(1), temp.resolve("wednesday.csv"));
    assertThat(commands).hasSize(2);
    new PageCommands(temp).runAll(commands);
    assertThat(vocabulary(temp.resolve("data/wednesday"), "item"))
        .isEqualTo(vocabulary(second, "item"));
  }

  @Test
  void modelsOfOtherDaysAreNamed() {
    String later =
        String.format(
            "%s: encoded otherwise than what %s was trained on: table 'item' (the data's is of a"
                + " later day); the model is older than these ids: 'train --from %s --data DATA"
                + " --out DIR' makes it grow; or encode the raw rows like the model's data with"
                + " 'prepare RAW --encoding %s --out DIR'",
            second.resolve("schema.json"), run, run, run);
    Outcome report = Cli.run("report", run, "--data", second, "--out", temp.resolve("p.html"));
    assertThat(report.exitCode()).isEqualTo(ScenerankCommand.BAD_INPUT);
    assertThat(report.err()).contains(later);
    Path rows = second.resolve("test.parquet");
    Outcome refused =
        Cli.run("predict", run, "--input", rows, "--output", temp.resolve("scores.parquet"));
    assertThat(refused.exitCode()).isEqualTo(ScenerankCommand.BAD_INPUT);
    assertThat(refused.err())
        .contains(rows + ": encoded otherwise", "(the data's is of a later day)");

    Path newer = days.train(second, "newer");
    Cli.invalid(
        String.format(
            "%s: encoded otherwise than what %s was trained on: table 'item' (the data's is of an"
                + " earlier day); encode the raw rows like the model's data with 'prepare RAW"
                + " --encoding %s --out DIR'",
            data.resolve("schema.json"), newer, newer),
        "evaluate",
        newer,
        "--data",
        data);
    Cli.invalid(
        "earlier day", "train", "--from", newer, "--data", data, "--out", temp.resolve("o"));
    JsonNode json = RunCommandTest.json(Cli.good("evaluate", newer, "--data", second, "--json"));
    assertThat(json.at("/metrics/rows").asInt()).isEqualTo(300);
    Path scores = temp.resolve("scores.parquet");
    assertThat(Cli.good("predict", newer, "--input", days.raw(2), "--output", scores).err())
        .doesNotContain("no training row had");
  }

  @Test
  void binsStayUnlessTheyAreFitted() throws Exception {
    Path raw =
        ParquetTable.write(
            temp.resolve("dear.csv"),
            "SELECT * REPLACE (price + 100 AS price) FROM read_csv('" + days.raw(2) + "')",
            "FORMAT csv, HEADER");
    Path kept = temp.resolve("kept");
    Cli.good("prepare", raw, "--extend", data, "--out", kept);
    String bins = "SELECT DISTINCT price FROM %s ORDER BY 1";
    assertThat(ParquetTable.rows(kept.resolve("train.parquet"), bins)).containsExactly("4");
    Path fitted = temp.resolve("fitted");
    Cli.good("prepare", raw, "--extend", data, "--refit-bins", "--out", fitted);
    assertThat(ParquetTable.rows(fitted.resolve("train.parquet"), bins))
        .containsExactly("1", "2", "3", "4");
    Cli.invalid("was trained on: column 'price', table 'item'", "evaluate", run, "--data", fitted);
    Path again = temp.resolve("again");
    Cli.good("prepare", raw, "--encoding", fitted, "--out", again);
    assertThat(again.resolve("train.parquet"))
        .hasBinaryContent(Files.readAllBytes(fitted.resolve("train.parquet")));
  }

  @Test
  void aVocabularyThatIsNotTheSchemasIsRefused() throws Exception {
    Path copy = temp.resolve("copy");
    Cli.good("prepare", days.raw(1), "--encoding", data, "--out", copy);
    ParquetTable.write(
        copy.resolve("vocab/item.parquet"),
        "SELECT * REPLACE (41 - id AS id) FROM read_parquet('"
            + data.resolve("vocab/item.parquet")
            + "')");
    String mixed = "schema.json: encoded otherwise than encoding.json and the vocabularies next to";
    requireRefused(mixed, copy);
    // The second day's vocabulary in the first day's folder is one of another day.
    Files.write(
        copy.resolve("vocab/item.parquet"),
        Files.readAllBytes(second.resolve("vocab/item.parquet")));
    requireRefused(mixed, copy);
    Files.delete(copy.resolve("vocab/item.parquet"));
    requireRefused("no such file", copy);
    Path changed = temp.resolve("changed");
    Cli.good("prepare", days.raw(1), "--encoding", data, "--out", changed);
    Path encoding = changed.resolve("encoding.json");
    Files.writeString(encoding, Files.readString(encoding).replace("price * 2", "price * 3"));
    requireRefused("column 'cost'", changed);
    requireRefused("encoding.json: no such file", temp);
  }

  private void requireRefused(String message, Path earlier) {
    Path out = temp.resolve("out");
    Cli.invalid(message, "prepare", days.raw(2), "--extend", earlier, "--out", out);
    assertThat(out).doesNotExist();
  }

  @EnabledOnOs(value = OS.LINUX, disabledReason = "limits the size of files with prlimit")
  @Test
  void aFullDiskIsOneLineAndLeavesTheOldData() throws Exception {
    Path out = Files.createDirectory(temp.resolve("out"));
    Files.writeString(out.resolve("schema.json"), "old");
    Outcome outcome =
        ChildProcess.run(
            temp,
            ChildProcess.java(
                ChildProcess.classpath(),
                FullDiskMain.class.getName(),
                "8192",
                "prepare",
                days.raw(2).toString(),
                "--extend",
                data.toString(),
                "--out",
                out.toString(),
                "--force"));
    assertThat(outcome.exitCode()).as("%s", outcome).isEqualTo(ScenerankCommand.BAD_INPUT);
    assertThat(outcome.errLines().get(outcome.errLines().size() - 1)).startsWith("scenerank: ");
    assertThat(outcome.err()).doesNotContain("at io.scenerank");
    assertThat(RunCommandTest.children(out)).containsExactly("schema.json");
    assertThat(RunCommandTest.children(temp)).containsExactly("out");
  }

  @Test
  void wrongUsesAreNamed() {
    Path out = temp.resolve("out");
    Object[] extend = {"prepare", days.raw(2), "--extend", data, "--out", out};
    Cli.invalid("--encoding and --extend exclude each other", with(extend, "--encoding", data));
    Cli.invalid(
        "--extend has its own description: leave out --config and --guess",
        with(extend, "--config", days.config()));
    Cli.invalid(
        "day (--day) is 2026-11-30, but the column 'ts' of the split tells the time of each row",
        with(extend, "--day", "2026-11-30"));
    Cli.invalid(
        "--day is 'soon', expected a date such as 2026-11-30", with(extend, "--day", "soon"));
    Cli.invalid(
        "--refit-bins and --day are for rows that --extend adds",
        "prepare",
        days.raw(2),
        "--encoding",
        data,
        "--refit-bins",
        "--out",
        out);
    Cli.invalid(
        data + ": holds the data set " + data,
        "prepare",
        days.raw(2),
        "--extend",
        data,
        "--out",
        data,
        "--force");
    Cli.invalid(second + ": exists", "prepare", days.raw(2), "--extend", data, "--out", second);
    assertThat(out).doesNotExist();
  }

  private static Object[] with(Object[] args, Object... more) {
    return Stream.concat(Arrays.stream(args), Arrays.stream(more)).toArray();
  }
}
