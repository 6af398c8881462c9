package io.scenerank.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.scenerank.testing.ChildProcess.Outcome;
import io.scenerank.testing.ParquetTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Which values get and lose ids from day to day: {@code min_count}, {@code evict}, {@code --day}.
 */
@Tag("slow")
class ExtendRulesTest {
  private static final String HEAD =
      """
      labels: {click: clicked = 1}
      scenario: page
      user: user
      """;

  /** Rows of the user u1 are to train on, those of ann to test on. */
  private static final String BY_USER = "split: {by: user, test_share: 0.4}\n";

  @TempDir private Path temp;
  private Path latest;
  private int day;

  /**
   * A day whose items each occur in a row of a training user and once more in a row of a user that
   * is tested.
   */
  private Path raw(String name, String page, String... items) throws IOException {
    StringBuilder csv = new StringBuilder("user,item,page,clicked,day,title\n");
    for (int i = 0; i < items.length; i++) {
      for (String user : List.of("u1", "ann")) {
        csv.append(String.join(",", user, items[i], page, "" + i % 2, name, "title " + items[i]))
            .append('\n');
      }
    }
    return Files.writeString(temp.resolve("day-" + name + ".csv"), csv);
  }

  private Outcome first(String yaml, Path raw) throws IOException {
    Path config = Files.writeString(temp.resolve("config.yaml"), HEAD + yaml);
    latest = temp.resolve("data0");
    return Cli.good("prepare", raw, "--config", config, "--out", latest);
  }

  private Outcome next(Path raw, Object... more) {
    Path out = temp.resolve("data" + ++day);
    List<Object> args = new ArrayList<>(List.of("prepare", raw, "--extend", latest, "--out", out));
    args.addAll(List.of(more));
    latest = out;
    return Cli.good(args.toArray());
  }

  private List<String> items() throws Exception {
    return ParquetTable.rows(latest.resolve("vocab/item.parquet"), "SELECT value, id FROM %s");
  }

  @Test
  void aValueThatIsSeenOftenEnoughOverAllDaysGetsAnId() throws Exception {
    first(
        BY_USER + "min_count: 2\ncolumns: [{name: item}, {name: page, min_count: 1}]\n",
        raw("2026-11-01", "home", "a", "a", "b", "c", "c"));
    assertThat(items()).containsExactly("a|1", "c|2");
    Path pending = latest.resolve("vocab/item.pending.parquet");
    assertThat(ParquetTable.rows(pending, "SELECT * FROM %s")).containsExactly("b|1|0");
    Outcome outcome = next(raw("2026-11-02", "home", "d", "b", "a"));
    assertThat(items()).containsExactly("a|1", "c|2", "b|3");
    assertThat(outcome.out())
        .contains(
            "New ids: item 1;",
            "66.67% of the rows have a value without an id",
            "Values that have no id (id 0): user 3, item 2");
    Outcome json = next(raw("2026-11-03", "search", "d", "0"), "--json");
    assertThat(items()).containsExactly("a|1", "c|2", "b|3", "d|4");
    JsonNode extension = RunCommandTest.json(json).get("extension");
    assertThat(extension.get("generation").asInt()).isEqualTo(2);
    assertThat(extension.at("/admitted/item").asInt()).isEqualTo(1);
    assertThat(extension.at("/waiting/item").asInt()).isEqualTo(1);
    assertThat(extension.get("unseen_rows").asInt()).isEqualTo(3);
    assertThat(extension.get("unseen_row_share").asDouble()).isEqualTo(0.75);
    assertThat(latest.resolve("schema.json"))
        .content()
        .contains("\"names\" : [ \"unseen\", \"home\", \"search\" ]");
  }

  @Test
  void idsThatAreNotSeenForSomeDaysAreGivenToOthers() throws Exception {
    first(
        BY_USER + "evict: {older_than: 2d}\ncolumns: [{name: item}]\n",
        raw("2026-11-01", "home", "a", "b", "c"));
    next(raw("2026-11-02", "search", "b"));
    Outcome kept = next(raw("2026-11-03", "search", "b", "d"));
    assertThat(kept.out()).contains("evicted: none");
    assertThat(items()).containsExactly("a|1", "b|2", "c|3", "d|4");
    Outcome evicted = next(raw("2026-11-04", "search", "z", "y"));
    assertThat(evicted.out()).contains("New ids: item 2; reused: item 2; evicted: item 2");
    assertThat(items()).containsExactly("y|1", "b|2", "z|3", "d|4");
    assertThat(ParquetTable.rows(latest.resolve("vocab/item.parquet"), "SELECT since FROM %s"))
        .containsExactly("3", "0", "3", "2");
    // The table of scenarios is as old and stays.
    assertThat(latest.resolve("schema.json"))
        .content()
        .contains("\"names\" : [ \"unseen\", \"home\", \"search\" ]")
        .contains("\"vocab_size\" : 5");
    next(raw("2026-11-05", "home", "y"));
    next(raw("2026-11-06", "home", "y", "a"));
    assertThat(items()).as("a gap remains").containsExactly("y|1", "a|2", "z|3");
    next(raw("2026-11-07", "home", "y"));
    assertThat(items()).containsExactly("y|1", "a|2");
    assertThat(latest.resolve("schema.json")).content().contains("\"vocab_size\" : 5");
    Path encoded = temp.resolve("encoded");
    Cli.good(
        "prepare",
        raw("2026-11-08", "home", "y", "z", "a"),
        "--encoding",
        latest,
        "--out",
        encoded);
    assertThat(ParquetTable.rows(encoded.resolve("train.parquet"), "SELECT item FROM %s"))
        .containsExactly("1", "0", "2");
  }

  @Test
  void theDayIsGivenWhereNoColumnTellsIt() throws Exception {
    first(
        BY_USER + "evict: {older_than: 30d}\ncolumns: [{name: item}]\n",
        raw("1", "home", "a", "b"));
    next(raw("2", "home", "b"));
    // A generation is a day: the first was seen on October 30.
    next(raw("3", "home", "c"), "--day", "2026-11-01");
    assertThat(items()).containsExactly("a|1", "b|2", "c|3");
    next(raw("4", "home", "d"), "--day", "2026-11-29");
    assertThat(items()).containsExactly("a|1", "b|2", "c|3", "d|4");
    next(raw("5", "home", "e"), "--day", "2026-11-30");
    assertThat(items()).containsExactly("e|1", "b|2", "c|3", "d|4");
    Cli.invalid(
        "were seen on days; name the day of the new rows (--day 2026-11-30)",
        "prepare",
        raw("6", "home", "f"),
        "--extend",
        latest,
        "--out",
        temp.resolve("out"));
    Cli.invalid(
        "day (--day) is 2026-11-28, but there were rows of 2026-11-30 before",
        "prepare",
        raw("6", "home", "f"),
        "--extend",
        latest,
        "--day",
        "2026-11-28",
        "--out",
        temp.resolve("out"));
  }

  @Test
  void timesOfRowsMayBeNumbers() throws Exception {
    first(
        "split: {by: time, column: 10 * second, test_share: 0.2}\n"
            + "evict: {older_than: 50}\ncolumns: [{name: item}]\n",
        timed("1", "a1", "b5", "c5", "c6"));
    assertThat(items()).containsExactly("a|1", "b|2", "c|3");
    next(timed("2", "b6", "d7", "d9"));
    assertThat(items()).as("seen at 10, 50 before 60 or 70").containsExactly("d|1", "b|2", "c|3");
    Outcome random = next(timed("3", manyOf("e9")), "--split", "random");
    assertThat(random.out()).contains("evicted: none");
    assertThat(
            ParquetTable.rows(
                latest.resolve("vocab/item.parquet"), "SELECT value, last_seen FROM %s"))
        .containsExactly("d|70", "b|60", "c|50", "e|90");
  }

  private static String[] manyOf(String row) {
    return Collections.nCopies(30, row).toArray(String[]::new);
  }

  /** Rows of one user: items of a letter, each with the second at which it was seen. */
  private Path timed(String name, String... rows) throws IOException {
    StringBuilder csv = new StringBuilder("user,item,page,clicked,second\n");
    for (String row : rows) {
      csv.append("u1,").append(row.charAt(0)).append(",home,1,");
      csv.append(row.substring(1)).append('\n');
    }
    return Files.writeString(temp.resolve("timed-" + name + ".csv"), csv);
  }

  @Test
  void onlyTheNewestAreKept() throws Exception {
    first(
        BY_USER + "evict: {keep: 2}\ncolumns: [{name: item}]\n",
        raw("1", "home", "a", "b", "b", "c"));
    // The others are as new as b, and rarer.
    assertThat(items()).containsExactly("a|1", "b|2");
    Outcome outcome = next(raw("2", "home", "d"));
    assertThat(outcome.out()).contains("New ids: item 1; reused: item 1; evicted: item 1");
    assertThat(items()).containsExactly("d|1", "b|2");
  }

  @Test
  void aDataSetWithoutCountsIsExtendedToo() throws Exception {
    first(BY_USER + "columns: [{name: item}]\n", raw("1", "home", "a", "b"));
    for (String table : List.of("item", "page", "user")) {
      Path file = latest.resolve("vocab/" + table + ".parquet");
      List<String> values = ParquetTable.rows(file, "SELECT value, id FROM %s");
      assertThat(values).isNotEmpty();
      Path old = temp.resolve("old.parquet");
      ParquetTable.write(old, "SELECT value, id FROM read_parquet('" + file + "')");
      Files.copy(old, file, StandardCopyOption.REPLACE_EXISTING);
    }
    Outcome outcome = next(raw("2", "home", "b", "c"));
    assertThat(outcome.err())
        .contains("data0: was made before occurrences were counted; their counts begin with these");
    assertThat(ParquetTable.rows(latest.resolve("vocab/item.parquet"), "SELECT * FROM %s"))
        .containsExactly("a|1|0|1|0", "b|2|1|1|0", "c|3|1|1|1");
    assertThat(next(raw("3", "home", "c", "c")).err()).isEmpty();
  }

  @Test
  void aVocabularyOfIntegersStaysOne() throws Exception {
    first(BY_USER + "columns: [{name: item}]\n", raw("1", "home", "7", "12"));
    Outcome outcome = next(raw("2", "home", "3.0", "x", "012"));
    assertThat(items()).containsExactly("7|1", "12|2", "3|3");
    assertThat(outcome.err())
        .contains(
            "table 'item': 2 values such as '012' are no integers, as all values of its vocabulary"
                + " are; their id stays 0");
  }

  @Test
  void textsAreEachDataSetsOwn() throws Exception {
    first(
        BY_USER + "columns: [{name: item}, {name: title, type: text}]\n",
        raw("1", "home", "a", "b"));
    next(raw("2", "home", "c"));
    assertThat(ParquetTable.rows(latest.resolve("vocab/title.parquet"), "SELECT value, id FROM %s"))
        .containsExactly("|0", "title c|1");
    assertThat(items()).containsExactly("a|1", "b|2", "c|3");
  }

  @Test
  void rowsToTestOnAloneAddNoIds() throws Exception {
    first(BY_USER + "columns: [{name: item}]\n", raw("1", "home", "a", "b"));
    Outcome outcome = next(raw("2", "home", "c"), "--split", "test");
    assertThat(outcome.err()).contains("no row is left to train on: no value gets an id");
    assertThat(items()).containsExactly("a|1", "b|2");
  }

  @Test
  void aColumnWhoseValuesAllDisappearIsNamed() throws Exception {
    first(BY_USER + "evict: {older_than: 1d}\ncolumns: [{name: item}]\n", raw("1", "home", "a"));
    next(raw("2", "home", ""));
    Cli.invalid(
        "table 'item': evict leaves no value of the 1 that it has; expected a longer period",
        "prepare",
        raw("3", "home", ""),
        "--extend",
        latest,
        "--out",
        temp.resolve("out"));
  }

  @Test
  void daysThatCannotBeAddedAreNamed() throws Exception {
    first(BY_USER + "columns: [{name: item}]\n", raw("1", "home", "a", "b"));
    Path empty = Files.writeString(temp.resolve("e.csv"), "user,item,page,clicked,day,title\n");
    requireRefused("e.csv: ", empty);
    Path none =
        ParquetTable.write(
            temp.resolve("e.parquet"),
            "SELECT 'u' AS user, 'a' AS item, 'home' AS page, 1 AS clicked LIMIT 0");
    requireRefused("e.parquet: no rows, expected at least one", none);
    Path lacks = Files.writeString(temp.resolve("l.csv"), "user,page,clicked\nu1,home,1\n");
    requireRefused("l.csv: column 'item': there is no column 'item'", lacks);
  }

  private void requireRefused(String message, Path raw) throws IOException {
    Path out = temp.resolve("out");
    Cli.invalid(message, "prepare", raw, "--extend", latest, "--out", out);
    assertThat(out).doesNotExist();
    assertThat(RunCommandTest.children(temp)).noneMatch(name -> name.contains(".tmp-"));
  }

  @Test
  void wrongRulesAreNamed() throws Exception {
    Path raw = raw("2026-11-01", "home", "a", "b");
    for (String[] wrong :
        new String[][] {
          {
            "evict: {older_than: 30d, keep: 5}\n",
            "evict: found [older_than, keep], expected one key, older_than or keep, or 'never'"
          },
          {"evict: {older_than: 30 days}\n", "older_than is '30 days', expected a period such as"},
          {"evict: {older_than: 0d}\n", "older_than is '0d', expected a period"},
          {"evict: {keep: 0}\n", "evict: keep is 0, expected a number of values, at least 1"},
          {"evict: {keep: many}\n", "evict: keep is \"many\", expected a number of values"},
          {"evict: {}\n", "evict: found {}, expected one key"},
          {"evict: soon\n", "evict: found \"soon\", expected one key"},
          {"evict: {last: 3}\n", "last"}
        }) {
      requireWrong(wrong[1], BY_USER + wrong[0] + "columns: [{name: item}]\n", raw);
    }
    requireWrong(
        "column 'item': evict is for a column with a vocabulary",
        BY_USER + "columns: [{name: item, hash: 5, evict: {keep: 3}}]\n",
        raw);
    requireWrong(
        "columns 'item' and 'more' share the table 'item' but differ in hash, min_count or evict",
        BY_USER
            + "columns: [{name: item}, {name: more, source: item, emb_name: item, evict: never}]\n",
        raw);
    requireWrong(
        "evict: older_than is 30d, but the column 'clicked' of the split is BIGINT; expected a"
            + " number in its unit, or a format of the column such as epoch_s",
        "split: {by: time, column: clicked}\nevict: {older_than: 30d}\ncolumns: [{name: item}]\n",
        raw);
    requireWrong(
        "evict: older_than is 30, but the column 'day' of the split is DATE; expected a period",
        "split: {by: time, column: day, test_from: 2026-11-01}\n"
            + "evict: {older_than: 30}\ncolumns: [{name: item}]\n",
        raw);
  }

  private void requireWrong(String message, String yaml, Path raw) throws IOException {
    Path config = Files.writeString(temp.resolve("wrong.yaml"), HEAD + yaml);
    Cli.invalid(message, "prepare", raw, "--config", config, "--out", temp.resolve("out"));
  }
}
