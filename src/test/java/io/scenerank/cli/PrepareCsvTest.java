package io.scenerank.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.scenerank.config.ConfigMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** CSV files with another delimiter or without a header, in {@code prepare} and {@code predict}. */
@Tag("slow")
class PrepareCsvTest {
  private static final int ROWS = 60;

  @TempDir private Path temp;

  /** Rows of user, item, page and click. */
  private Path write(String name, String header, String delimiter) throws IOException {
    StringBuilder text = new StringBuilder(header);
    for (int i = 0; i < ROWS; i++) {
      text.append(i * 7 % 11).append(delimiter).append(i * 5 % 13).append(delimiter);
      text.append("p").append(i % 3).append(delimiter).append(i * i % 7 < 3 ? 1 : 0).append('\n');
    }
    return Files.writeString(temp.resolve(name), text);
  }

  private static JsonNode guess(Object... args) {
    return new ConfigMapper().parseYaml(Cli.good(args).out(), "guess");
  }

  @ParameterizedTest
  @CsvSource({
    "'::',::",
    "'\u0001',\\x01",
    "'\u0001',\\u0001",
    "'\t',\\t",
    "'^',^",
    "' ',' '",
    "'~|~',~|~"
  })
  void theDelimiterIsKeptInTheDescription(String delimiter, String option) throws IOException {
    String header = String.join(delimiter, "user_id", "item_id", "page", "click") + "\n";
    Path raw = write("raw.dat", header, delimiter);
    Path data = temp.resolve("data");
    Cli.good("prepare", raw, "--guess", "--delimiter", option, "--out", data);
    JsonNode yaml =
        new ConfigMapper().parseYaml(Files.readString(data.resolve("prepare.yaml")), "yaml");
    assertThat(yaml.get("delimiter").asText()).isEqualTo(delimiter);
    assertThat(yaml.get("columns").findValuesAsText("name"))
        .containsExactly("user_id", "item_id", "page");
    Path plain = temp.resolve("plain");
    Cli.good(
        "prepare",
        write("raw.csv", "user_id,item_id,page,click\n", ","),
        "--guess",
        "--out",
        plain);
    for (String file : new String[] {"train.parquet", "test.parquet"}) {
      assertThat(data.resolve(file)).hasBinaryContent(Files.readAllBytes(plain.resolve(file)));
    }
  }

  @Test
  void rowsWithoutAHeader() throws Exception {
    Path raw = write("raw.csv", "", ",");
    Object[] guess = {
      "prepare", raw, "--guess", "--no-header", "--names", "user_id,item_id,page,click"
    };
    JsonNode yaml = guess(guess);
    assertThat(yaml.get("header").asBoolean(true)).isFalse();
    assertThat(yaml.get("names").toString())
        .isEqualTo("[\"user_id\",\"item_id\",\"page\",\"click\"]");
    Path data = temp.resolve("data");
    JsonNode result =
        RunCommandTest.json(
            Cli.good(
                "prepare",
                raw,
                "--guess",
                "--no-header",
                "--names",
                "user_id,item_id,page,click",
                "--out",
                data,
                "--json"));
    assertThat(result.get("rows").asInt()).as("the first line is a row").isEqualTo(ROWS);
    Path run = temp.resolve("run");
    Cli.good(
        "run", "shared_bottom", "--data", data, "--epochs", 1, "--device", "cpu", "--out", run);
    JsonNode scored =
        RunCommandTest.json(
            Cli.good(
                "predict", run, "--input", raw, "--output", temp.resolve("s.parquet"), "--json"));
    assertThat(scored.get("rows").asInt()).isEqualTo(ROWS);
  }

  @Test
  void namesInsteadOfThoseOfTheHeader() throws IOException {
    Path raw = write("raw.csv", "a,b,c,d\n", ",");
    JsonNode yaml = guess("prepare", raw, "--guess", "--names", "user_id,item_id,page,click");
    assertThat(yaml.has("header")).isFalse();
    assertThat(yaml.get("labels").toString()).isEqualTo("{\"click\":\"click\"}");
  }

  @Test
  void sideTablesHaveTheSameKeys() throws IOException {
    Path raw = write("raw.csv", "user_id,item_id,page,click\n", ",");
    StringBuilder items = new StringBuilder();
    for (int i = 0; i < 13; i++) {
      items.append(i).append("::g").append(i % 4).append('\n');
    }
    Files.writeString(temp.resolve("items.dat"), items);
    Path config =
        Files.writeString(
            temp.resolve("c.yaml"),
            """
            labels: {click: click}
            scenario: page
            user: user_id
            joins:
              - {file: items.dat, on: {item_id: id}, delimiter: "::", header: false, names: [id, genre]}
            columns: [{name: item_id}, {name: genre}]
            """);
    Path data = temp.resolve("data");
    JsonNode result =
        RunCommandTest.json(Cli.good("prepare", raw, "--config", config, "--out", data, "--json"));
    assertThat(result.at("/vocabularies/genre").asInt()).isEqualTo(5);
  }

  @Test
  void whatIsWrongIsSaid() throws IOException {
    Path raw = write("raw.csv", "", ",");
    Cli.invalid(
        "raw.csv: the first line has 4 fields, [0, 0, p0, 1], but names has 2, [a, b]",
        "prepare",
        raw,
        "--guess",
        "--no-header",
        "--names",
        "a,b");
    Cli.invalid("names: 'A' occurs twice", "prepare", raw, "--guess", "--names", "a,A,b,c");
    Cli.invalid(
        "delimiter is '12345', expected at most four characters",
        "prepare",
        raw,
        "--guess",
        "--delimiter",
        "12345");
    Cli.invalid(
        "write the keys 'delimiter', 'header: false' and 'names' into",
        "prepare",
        raw,
        "--config",
        raw,
        "--no-header",
        "--out",
        temp.resolve("o"));
    Cli.invalid(
        "--delimiter, --no-header and --names are for your own files",
        "prepare",
        "synthetic",
        "--no-header",
        "--out",
        temp.resolve("o"));
  }

  @Test
  void aFirstLineThatIsARowIsNoHeader() throws IOException {
    Path raw = write("raw.csv", "", ",");
    String text = Cli.good("prepare", raw, "--guess").out();
    assertThat(text)
        .contains(
            "# Note: the first line is treated as a row", "guessed from 60 rows", "header: false")
        .contains("names: [column0, column1, column2, column3]");
    Path data = temp.resolve("data");
    Path kept = temp.resolve("data.yaml");
    Cli.invalid(
        "labels is missing, expected an expression for each task: the first line is treated as a"
            + " row, so that the columns have no names; name them (--no-header --names a,b,c), and"
            + " name a label among them, for example click; the guess is kept in "
            + kept,
        "prepare",
        raw,
        "--guess",
        "--out",
        data);
    assertThat(data).doesNotExist();
    // The guess that was kept works once its label is named.
    Files.writeString(
        kept, Files.readString(kept).replaceFirst("labels: \\{}", "labels: {click: column3}"));
    Cli.good("prepare", raw, "--config", kept, "--out", data);
    Path other = Files.writeString(temp.resolve("other.yaml"), "precious");
    Cli.invalid(
        "a guess without out (--guess without --out) gives the description",
        "prepare",
        raw,
        "--guess",
        "--out",
        temp.resolve("other"));
    assertThat(other).hasContent("precious");
  }

  /**
   * First lines of files with two columns of numbers and one of texts, and whether they are rows.
   */
  @ParameterizedTest
  @CsvSource({
    "'160,2000131,fav', true",
    "'160,160,fav', true",
    "'u7,9,pv', true",
    "'user,item,action', false",
    "'0,1,2', false",
    "'1,2,3', false",
    "'user,2019,2020', false",
    "'id,a,b', false",
    "',a,b', false",
  })
  void whetherTheFirstLineIsARow(String line, boolean row) throws IOException {
    StringBuilder text = new StringBuilder(line).append('\n');
    for (int i = 0; i < ROWS; i++) {
      text.append(line.startsWith("u7") ? "u" : "").append(i % 11).append(',').append(i * 7 % 60);
      text.append(',').append(new String[] {"pv", "fav", "buy"}[i % 3]).append('\n');
    }
    Path raw = Files.writeString(temp.resolve("raw.csv"), text);
    assertThat(guess("prepare", raw, "--guess").has("header")).isEqualTo(row);
  }

  @Test
  void aDescriptionOfAFileWithoutHeaderIsTold() throws IOException {
    Path raw = Files.writeString(temp.resolve("raw.csv"), "1,7,1\n2,8,0\n3,9,1\n");
    Path config =
        Files.writeString(
            temp.resolve("c.yaml"), "labels: {click: click}\nscenario: page\nuser: user\n");
    Cli.invalid(
        "the header has '1' twice (case does not count), expected each name once; if the first line"
            + " is a row, write 'header: false' and 'names: [...]'",
        "prepare",
        raw,
        "--config",
        config,
        "--out",
        temp.resolve("o"));
    Files.writeString(raw, "1,7,0\n2,8,0\n3,9,1\n");
    Cli.invalid(
        "there is no column 'page'; known: 0, 1, 7; if the first line is a row, write 'header:"
            + " false'",
        "prepare",
        raw,
        "--config",
        config,
        "--out",
        temp.resolve("o"));
  }
}
