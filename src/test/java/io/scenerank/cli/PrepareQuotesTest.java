package io.scenerank.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import io.scenerank.testing.ChildProcess.Outcome;
import io.scenerank.testing.ParquetTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What quotes of CSV files mean: no row is lost silently. */
@Tag("slow")
class PrepareQuotesTest {
  private static final int ROWS = 40;
  private static final String CONFIG =
      """
      labels: {click: click}
      scenario: page
      user: user_id
      split: {by: random, test_share: 0.3}
      columns: [{name: title}]
      """;

  @TempDir private Path temp;

  /** Rows whose title in the middle is one of these, in turn. */
  private Path write(String delimiter, String... titles) throws IOException {
    StringBuilder text = new StringBuilder("user_id,title,page,click\n".replace(",", delimiter));
    for (int i = 0; i < ROWS; i++) {
      text.append(
          String.join(
              delimiter,
              "u" + i % 7,
              titles[i % titles.length],
              "p" + i % 3,
              i % 4 < 2 ? "1" : "0"));
      text.append('\n');
    }
    return Files.writeString(temp.resolve("raw.csv"), text);
  }

  private static JsonNode guess(Path raw) {
    return new ConfigMapper().parseYaml(Cli.good("prepare", raw, "--guess").out(), "guess");
  }

  private Path config(String more) throws IOException {
    return Files.writeString(temp.resolve("c.yaml"), CONFIG + more);
  }

  /** Prepares all rows and returns the titles. */
  private List<String> titles(Path raw, String more, int rows) throws Exception {
    Path out = temp.resolve("out");
    Path yaml = config(more);
    Outcome outcome = Cli.good("prepare", raw, "--config", yaml, "--out", out, "--force", "--json");
    assertThat(RunCommandTest.json(outcome).get("rows").asInt()).isEqualTo(rows);
    assertThat(new RawEncoding(temp).rows(out, raw, "title")).hasSize(rows).doesNotContain("0");
    return ParquetTable.rows(out.resolve("vocab/title.parquet"), "SELECT value FROM %s");
  }

  @Test
  void strayQuotesThatSwallowRowsAreRefusedAndGuessed() throws Exception {
    Path raw = write("\t", "plain", "\"Big Game", "other", "recap of the game\"", "last");
    Path yaml = config("");
    Cli.invalid(
        "raw.csv: quotes, row 1: a field in quotes runs over 3 lines that look like rows, as 8"
            + " fields do: 'Big Game p1 1…'; in the description, 'quote: \"\"' makes quotes part of"
            + " the values",
        "prepare",
        raw,
        "--config",
        yaml,
        "--out",
        temp.resolve("none"));
    assertThat(guess(raw).get("quote").asText("?")).isEmpty();
    assertThat(titles(raw, "quote: ''\n", ROWS)).contains("\"Big Game", "recap of the game\"");
    Path data = temp.resolve("meant");
    Outcome meant =
        Cli.good("prepare", raw, "--config", config("quote: '\"'\n"), "--out", data, "--json");
    assertThat(RunCommandTest.json(meant).get("rows").asInt()).isEqualTo(ROWS - 8 * 2);
    assertThat(meant.err()).contains("8 quoted fields run over several lines");
    assertThat(Cli.good("prepare", raw, "--guess", "--out", temp.resolve("guessed")).out())
        .contains("rows to train on");
  }

  @Test
  void quotesBetweenDelimitersOfTwoCharacters() throws Exception {
    Path raw = temp.resolve("two.csv");
    StringBuilder rows = new StringBuilder("\"user_id\"::\"tab\"::\"click\"::\"title\"\n");
    for (int i = 0; i < 30; i++) {
      rows.append(
          String.format("\"u%d\"::\"t%d\"::\"%d\"::\"x::%d\"%n", i % 7, i % 2, i % 3 % 2, i % 4));
    }
    Files.writeString(raw, rows);
    assertThat(guess(raw).has("quote")).isFalse();
    Path out = temp.resolve("two");
    Cli.good("prepare", raw, "--guess", "--out", out);
    assertThat(ParquetTable.rows(out.resolve("vocab/title.parquet"), "SELECT value FROM %s"))
        .containsExactly("x::0", "x::1", "x::2", "x::3");
  }

  @Test
  void backslashesBeforeQuotesBetweenDelimitersOfTwoCharactersAreEscapes() throws Exception {
    StringBuilder rows = new StringBuilder("user_id::tab::click::title\n");
    for (int i = 0; i < 60; i++) {
      rows.append(
          String.format("u%d::t%d::%d::\"a \\\"b\\\" %d\"%n", i % 7, i % 2, i % 3 % 2, i % 4));
    }
    Path raw = Files.writeString(temp.resolve("raw.dat"), rows);
    Path data = temp.resolve("data");
    Cli.good("prepare", raw, "--guess", "--out", data);
    assertThat(ParquetTable.rows(data.resolve("vocab/title.parquet"), "SELECT value FROM %s"))
        .containsExactly("a \"b\" 0", "a \"b\" 1", "a \"b\" 2", "a \"b\" 3");
  }

  @Test
  void aSideTableWithStrayQuotesIsRefusedToo() throws Exception {
    Path raw = write(",", "1", "2", "3", "4");
    Files.writeString(
        temp.resolve("items.tsv"), "title\tname\n1\tone\n2\t\"two\n3\tthree\"\n4\tfour\n");
    String joins = "joins: [{file: items.tsv, on: title%s}]\n";
    Path yaml = config(String.format(joins, "") + "").getParent().resolve("c.yaml");
    Files.writeString(yaml, Files.readString(yaml).replace("{name: title}", "{name: name}"));
    Cli.invalid(
        "items.tsv: quotes, row 1: a field in quotes runs over 2 lines that look like rows",
        "prepare",
        raw,
        "--config",
        yaml,
        "--out",
        temp.resolve("out"));
    Files.writeString(yaml, Files.readString(yaml).replace("on: title", "on: title, quote: \"\""));
    Cli.good("prepare", raw, "--config", yaml, "--out", temp.resolve("out"));
    assertThat(ParquetTable.rows(temp.resolve("out/vocab/name.parquet"), "SELECT value FROM %s"))
        .containsExactly("\"two", "four", "one", "three\"");
  }

  @Test
  void backslashesBeforeQuotes() throws Exception {
    Path raw = write(",", "\"{\\\"brand\\\": \\\"b3\\\", \\\"size\\\": 1}\"", "plain");
    Cli.invalid(
        "raw.csv: line 2 is not well formed: a quoted field does not end as expected; in the"
            + " description, 'quote: \"\"' makes",
        "prepare",
        raw,
        "--config",
        config(""),
        "--out",
        temp.resolve("none"));
    assertThat(guess(raw).get("escape").asText()).isEqualTo("\\");
    assertThat(titles(raw, "escape: \"\\\\\"\n", ROWS))
        .containsExactly("plain", "{\"brand\": \"b3\", \"size\": 1}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      quoteCharacter = '~',
      value = {
        "\"a, b\" # a, b",
        "\"say \"\"yes\"\"\" # say \"yes\"",
        "5\" screen # 5\" screen",
        "\"\"\"quoted\"\"\" # \"quoted\"",
        "'single' # 'single'",
      })
  void quotesThatAreUnderstoodNeedNoKey(String field, String title) throws Exception {
    Path raw = write(",", field, "plain");
    JsonNode guess = guess(raw);
    assertThat(guess.has("quote")).isFalse();
    assertThat(guess.has("escape")).isFalse();
    assertThat(titles(raw, "", ROWS)).contains(title);
  }

  @Test
  void aWordInQuotesAtTheBeginningOfAField() throws Exception {
    Path raw = write(",", "\"Big\" Game", "plain");
    assertThat(guess(raw).get("quote").asText("?")).isEmpty();
    assertThat(titles(raw, "quote: ''\n", ROWS)).contains("\"Big\" Game");
  }

  @ParameterizedTest
  @CsvSource({"'\n'", "'\r\n'", "'\n\n'", "'\n,'"})
  void fieldsOverSeveralLinesAreCountedAndTold(String end) throws Exception {
    Path raw = write(",", "\"New" + end + "York\"", "plain", "\"a\nb\"", "\"1, 2\"");
    assertThat(guess(raw).has("quote")).isFalse();
    assertThat(titles(raw, "", ROWS))
        .containsExactly("1, 2", ("New" + end + "York").replaceAll("[\r\n]", " "), "a b", "plain");
    Outcome outcome =
        Cli.good("prepare", raw, "--config", config(""), "--out", temp.resolve("told"));
    assertThat(outcome.err()).contains("raw.csv: 20 quoted fields run over several lines");
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain", "a\rb"})
  void aLineOfAFieldMayHoldASpaceOfUnicode(String other) throws Exception {
    Path raw = write(",", "\"New\n\u3000\nYork\"", "\"" + other + "\"");
    Outcome outcome =
        Cli.good("prepare", raw, "--config", config("quote: '\"'\n"), "--out", temp.resolve("out"));
    assertThat(outcome.err()).contains("quoted fields run over several lines");
  }

  @Test
  void anotherQuoteAndKeysThatAreWrong() throws Exception {
    Path raw = write(";", "'a; b'", "c\" d");
    assertThat(titles(raw, "quote: \"'\"\n", ROWS)).containsExactly("a; b", "c\" d");
    assertThatThrownBy(() -> titles(raw, "quote: ab\n", ROWS))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("quote is 'ab', expected one ASCII character, or \"\" for none");
    Path out = temp.resolve("out");
    Files.writeString(raw, Files.readString(raw).replaceFirst("'a; b'", "'a; b"));
    assertThatThrownBy(() -> new RawEncoding(temp).rows(out, raw, "title"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("raw.csv: line ");
  }
}
