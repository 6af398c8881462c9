package io.scenerank.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.scenerank.testing.ChildProcess.Outcome;
import io.scenerank.testing.ParquetTable;
import io.scenerank.testing.RunsCommandsOf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows of a new day for a model of the day before: {@code --encoding} and {@code --input}. */
@Tag("slow")
class NewDayTest {
  @TempDir private static Path shared;
  private static TwoDays days;
  private static Path data;
  private static Path run;
  private static double auc;

  @TempDir private Path temp;

  @BeforeAll
  static void trainOnTheFirstDay() throws Exception {
    days = new TwoDays(shared);
    data = days.prepare(1);
    run = days.train(data, "run");
    auc = auc(run, "--data", data);
  }

  private static JsonNode evaluate(Object... args) {
    return RunCommandTest.json(Cli.good(args));
  }

  private static double auc(Path model, Object option, Object value, Object... more) {
    Object[] args = new Object[5 + more.length];
    args[0] = "evaluate";
    args[1] = model;
    args[2] = option;
    args[3] = value;
    args[4] = "--json";
    System.arraycopy(more, 0, args, 5, more.length);
    return evaluate(args).at("/metrics/auc").asDouble();
  }

  @Test
  void aDayThatIsPreparedForItselfIsRefusedAndOneOfTheRunsEncodingIsNot() throws Exception {
    Path own = days.prepare(2);
    Cli.invalid(
        own.resolve("schema.json") + ": encoded otherwise than what " + run + " was trained on: ",
        "evaluate",
        run,
        "--data",
        own);
    assertThat(auc(run, "--data", own, "--ignore-encoding"))
        .as("the items' ids are others' rows")
        .isLessThan(auc - 0.1);

    Path encoded = temp.resolve("encoded");
    Outcome outcome = Cli.good("prepare", days.raw(2), "--encoding", run, "--out", encoded);
    assertThat(outcome.out())
        .startsWith("1,200 rows to train on, 300 to test on (ts from 201200)")
        .contains("Values that no training row had (id 0): item 1");
    // Three items in forty are new, which costs something.
    assertThat(auc(run, "--data", encoded)).isCloseTo(auc, within(0.06));
    assertThat(auc(run.resolve("saved_model"), "--data", encoded))
        .isEqualTo(auc(run, "--data", encoded));
    assertThat(encoded.resolve("vocab/item.parquet"))
        .hasBinaryContent(Files.readAllBytes(run.resolve("vocab/item.parquet")));

    Path on = temp.resolve("on");
    Cli.good("train", "--from", run, "--data", encoded, "--out", on, "--epochs", 1);
    assertThat(auc(on, "--data", data)).as("the first day is the new run's too").isGreaterThan(0.6);
    Path again = temp.resolve("again");
    Cli.good("prepare", days.raw(2), "--encoding", on, "--out", again);
    assertThat(again.resolve("train.parquet"))
        .hasBinaryContent(Files.readAllBytes(encoded.resolve("train.parquet")));
  }

  @Test
  @RunsCommandsOf("docs/data.md#Encode new rows as a run's")
  void theCommandsOfThePage(List<String> commands) throws Exception {
    Path runs = Files.createDirectories(temp.resolve("runs"));
    Files.createSymbolicLink(runs.resolve("monday"), run);
    Files.copy(days.raw(2), temp.resolve("tuesday.csv"));
    assertThat(commands).hasSize(4);
    new PageCommands(temp).runAll(commands);
  }

  @Test
  void theSameRowsAreEncodedAsBefore() throws Exception {
    for (Path encoding : new Path[] {data, run}) {
      Path again = temp.resolve("again");
      Cli.good("prepare", days.raw(1), "--encoding", encoding, "--out", again, "--force");
      for (String file : new String[] {"train.parquet", "test.parquet", "encoding.json"}) {
        assertThat(again.resolve(file))
            .as(file)
            .hasBinaryContent(Files.readAllBytes(data.resolve(file)));
      }
      assertThat(auc(run, "--data", again)).isEqualTo(auc);
    }
  }

  @Test
  void rawRowsAreEvaluatedInOneStep() throws Exception {
    Path tests = temp.resolve("tests");
    Outcome prepared =
        Cli.good("prepare", days.raw(2), "--encoding", run, "--split", "test", "--out", tests);
    assertThat(prepared.out()).startsWith("0 rows to train on, 1,500 to test on (every row is");
    JsonNode json = evaluate("evaluate", run, "--input", days.raw(2), "--json");
    JsonNode expected = evaluate("evaluate", run, "--data", tests, "--json");
    assertThat(json.get("metrics")).isEqualTo(expected.get("metrics"));
    assertThat(json.get("per_scenario")).isEqualTo(expected.get("per_scenario"));
    assertThat(json.get("data").asText()).isEqualTo(days.raw(2).toString());
    assertThat(json.at("/unseen/item").asInt()).isPositive();
    assertThat(json.at("/metrics/rows").asInt()).isEqualTo(TwoDays.ROWS);

    Path parquet =
        ParquetTable.write(
            temp.resolve("day2.parquet"),
            "SELECT * FROM read_csv('" + days.raw(2) + "', all_varchar = true)");
    assertThat(evaluate("evaluate", run, "--input", parquet, "--json").get("metrics"))
        .isEqualTo(expected.get("metrics"));
    Outcome text = Cli.good("evaluate", run, "--input", days.raw(2));
    assertThat(text.err()).contains("values that no training row had (id 0): item ");
    assertThat(text.out())
        .endsWith(
            String.format(
                "1,500 test rows of %s, scored with the native" + " graph of %s%n",
                days.raw(2), run));

    Cli.invalid(
        tests.resolve("train.parquet") + ": no rows",
        "train",
        "--from",
        run,
        "--data",
        tests,
        "--out",
        temp.resolve("none"));
  }

  @Test
  void rowsOfOneMomentAreSplitOtherwise() throws Exception {
    Path raw =
        ParquetTable.write(
            temp.resolve("moment.csv"),
            "SELECT * REPLACE (7 AS ts) FROM read_csv('" + days.raw(2) + "')",
            "FORMAT csv, HEADER");
    Path out = temp.resolve("out");
    Cli.invalid(
        raw
            + ": split: column 'ts' is the same in all rows, expected several times; the"
            + " splits random and test (--split random, --split test) do not follow the"
            + " description",
        "prepare",
        raw,
        "--encoding",
        run,
        "--out",
        out);
    Outcome outcome =
        Cli.good("prepare", raw, "--encoding", run, "--split", "random", "--out", out);
    assertThat(outcome.out()).contains("(0.2 of the rows at random, seed 1)");
    assertThat(
            ParquetTable.rows(
                out.resolve("test.parquet"), "SELECT count(*) BETWEEN 200 AND 400" + " FROM %s"))
        .containsExactly("true");
  }

  @Test
  void aSplitByAMomentLeavesLaterRowsForTheTest() throws Exception {
    Path yaml =
        Files.writeString(
            temp.resolve("from.yaml"),
            Files.readString(days.config()).replace("test_share: 0.2", "test_from: 101000"));
    Path first = temp.resolve("first");
    Cli.good("prepare", days.raw(1), "--config", yaml, "--out", first);
    Path out = temp.resolve("out");
    Outcome later = Cli.good("prepare", days.raw(2), "--encoding", first, "--out", out);
    assertThat(later.out()).startsWith("0 rows to train on, 1,500 to test on (ts from 101000)");
    assertThat(later.err()).contains("no row is left to train on: the data set is for an evalu");
    Path early = head(days.raw(1), 500);
    Cli.invalid(
        early + ": no row is left to test on (split by ts from 101000); the splits random",
        "prepare",
        early,
        "--encoding",
        first,
        "--out",
        out,
        "--force");
  }

  private Path head(Path raw, int rows) throws Exception {
    return ParquetTable.write(
        temp.resolve("head.csv"),
        "SELECT * FROM read_csv('" + raw + "') LIMIT " + rows,
        "FORMAT csv, HEADER");
  }

  private Path changed(String select) throws Exception {
    return ParquetTable.write(
        temp.resolve("changed.csv"),
        String.format(select, "read_csv('" + days.raw(2) + "', all_varchar = true)"),
        "FORMAT csv, HEADER");
  }

  @Test
  void rowsThatCannotBeLabelledOrEncodedAreNamed() throws Exception {
    Path unlabelled = changed("SELECT * EXCLUDE (clicked) FROM %s");
    String message =
        unlabelled
            + ": label 'click' is 'clicked = 'yes'', but there is no column 'clicked'; rows without"
            + " labels can only be scored, with 'predict'";
    Cli.invalid(message, "evaluate", run, "--input", unlabelled);
    Cli.invalid(message, "prepare", unlabelled, "--encoding", run, "--out", temp.resolve("out"));
    Path noItem = changed("SELECT * EXCLUDE (item) FROM %s");
    Cli.invalid("there is no column 'item'", "evaluate", run, "--input", noItem);
    Path text =
        changed(
            "SELECT * REPLACE (CASE ts WHEN 200007 THEN 'cheap' ELSE price END AS price)"
                + " FROM %s");
    Cli.invalid(
        text + ": column 'price', row 7: found 'cheap', expected number as in training",
        "evaluate",
        run,
        "--input",
        text);
    Path encoded = data.resolve("test.parquet");
    Cli.invalid(
        encoded + ": holds rows of a prepared data set, which are encoded; expected raw rows",
        "evaluate",
        run,
        "--input",
        encoded);
    assertThat(RunCommandTest.children(temp)).containsExactly("changed.csv");
  }

  @Test
  void aLabelThatIsTheSameInAllRowsIsSaid() throws Exception {
    // As a truth value it is no more the text that the description compares it with.
    Path raw =
        ParquetTable.write(
            temp.resolve("day2.parquet"),
            "SELECT * REPLACE (clicked = 'yes' AS clicked) FROM read_csv('"
                + days.raw(2)
                + "', all_varchar = true)");
    assertThat(Cli.good("evaluate", run, "--input", raw).err())
        .contains("label 'click' is 0 in all 1,500 rows");
  }

  @Test
  void aFilterDropsNoRowBecauseItsColumnIsOfAnotherKind() throws Exception {
    Path yaml =
        Files.writeString(
            temp.resolve("where.yaml"),
            Files.readString(days.config()) + "where: ts IS NOT NULL\n");
    Path first = temp.resolve("first");
    Cli.good("prepare", days.raw(1), "--config", yaml, "--out", first);
    Path raw =
        changed(
            "SELECT * REPLACE (CASE ts WHEN 200003 THEN 'late' ELSE ts END AS ts)" + " FROM %s");
    Cli.invalid(
        raw + ": column 'ts', row 3: found 'late', expected integer as in training",
        "prepare",
        raw,
        "--encoding",
        first,
        "--split",
        "test",
        "--out",
        temp.resolve("out"));
  }

  @Test
  void scenariosThatNoTrainingRowHadAreNamed() throws Exception {
    Path raw =
        changed("SELECT * REPLACE (CASE ts WHEN 200003 THEN 'shop' ELSE page END AS page) FROM %s");
    Outcome outcome = Cli.good("prepare", raw, "--encoding", run, "--out", temp.resolve("out"));
    assertThat(outcome.err())
        .contains("scenarios that no training row had, which become 'unseen' (id 0): shop");
  }

  @Test
  void vocabulariesOfAnotherDataSetAreNotTheRuns() throws Exception {
    Path copy = temp.resolve("copy");
    Cli.good("prepare", days.raw(1), "--encoding", data, "--out", copy);
    Path other = temp.resolve("other");
    Cli.good("prepare", days.raw(2), "--config", days.config(), "--out", other);
    Files.copy(
        other.resolve("vocab/item.parquet"),
        copy.resolve("vocab/item.parquet"),
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    Cli.invalid(
        copy.resolve("schema.json")
            + ": encoded otherwise than encoding.json and the vocabularies next to it say: table"
            + " 'item'",
        "prepare",
        days.raw(2),
        "--encoding",
        copy,
        "--out",
        temp.resolve("out"));
  }

  @Test
  void wrongUsesAreNamed() throws IOException {
    Path out = temp.resolve("out");
    Cli.invalid(
        "--encoding has its own description: leave out --config and --guess",
        "prepare",
        days.raw(2),
        "--encoding",
        run,
        "--guess",
        "--out",
        out);
    Cli.invalid(
        "--split is for rows that --encoding encodes",
        "prepare",
        days.raw(2),
        "--config",
        days.config(),
        "--split",
        "test",
        "--out",
        out);
    Cli.invalid(
        "--config, --guess, --encoding, --extend and --memory-limit are for your own files",
        "prepare",
        "synthetic",
        "--encoding",
        run,
        "--out",
        out);
    Cli.misused(
        "expected one of [DESCRIBED, RANDOM, TEST]",
        "prepare",
        days.raw(2),
        "--encoding",
        run,
        "--split",
        "all");
    Cli.invalid(
        temp.resolve("encoding.json") + ": no such file",
        "prepare",
        days.raw(2),
        "--encoding",
        temp,
        "--out",
        out);
    Cli.invalid(
        run.resolve("saved_model/1") + ": is not a run folder, which raw rows (--input) need",
        "evaluate",
        run.resolve("saved_model/1"),
        "--input",
        days.raw(2));
    Cli.invalid(
        data + ": holds the data set " + data + ", which force (--force) would replace",
        "prepare",
        days.raw(2),
        "--encoding",
        data,
        "--out",
        data,
        "--force");
  }
}
