package io.scenerank.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scenerank.config.InvalidInputException;
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

/** {@code formats}: columns whose texts are times, numbers, lists or vectors in another form. */
@Tag("slow")
class PrepareFormatsTest {
  private static final String CONFIG =
      """
      labels: {click: click}
      scenario: page
      user: user_id
      split: {by: random, test_share: 0.3}
      formats: {x: '%s'}
      columns:
        - {name: value, %s}
      """;

  @TempDir private Path temp;

  /** Twenty rows, whose x is one of these in turn. */
  private Path write(String... values) throws IOException {
    StringBuilder text = new StringBuilder("user_id\tpage\tclick\tx\n");
    for (int i = 0; i < 20; i++) {
      text.append(String.format("u%d\tp%d\t%d\t", i % 7, i % 3, i % 2));
      text.append(values[i % values.length]).append('\n');
    }
    return Files.writeString(temp.resolve("raw.tsv"), text);
  }

  private Path config(String format, String value) throws IOException {
    return Files.writeString(temp.resolve("c.yaml"), String.format(CONFIG, format, value));
  }

  /** The feature's values in the vocabulary, after the first rows were encoded alike again. */
  private List<String> values(Path raw, String format, String value) throws Exception {
    Path out = temp.resolve("out");
    Path yaml = config(format, value);
    Cli.good("prepare", raw, "--config", yaml, "--out", out, "--force");
    String all = "'" + out + "/train.parquet', '" + out + "/test.parquet'";
    List<String> prepared =
        ParquetTable.rows(temp, "SELECT value FROM read_parquet([" + all + "]) ORDER BY ALL");
    List<String> encoded = new RawEncoding(temp).rows(out, raw, "value");
    assertThat(encoded).as("as predict encodes them").containsExactlyInAnyOrderElementsOf(prepared);
    return encoded;
  }

  private void refused(String message, Path raw, Path yaml) {
    Cli.invalid(message, "prepare", raw, "--config", yaml, "--out", temp.resolve("none"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "month_first | 10/31/2021 1:02:03 PM | 2021-10-31 13:02:03",
        "month_first | 1/2/2021 | 2021-01-02 00:00:00",
        "month_first | 01-02-2021 10:00:00 +08:00 | 2021-01-02 02:00:00",
        "month_first | 10/01/2019 12:02:19 AM | 2019-10-01 00:02:19",
        "day_first | 01.10.2019 | 2019-10-01 00:00:00",
        "day_first | 31/12/21 23:59 | 2021-12-31 23:59:00",
        "year_first | 2019.10.01 12:30 PM | 2019-10-01 12:30:00",
        "compact | 2019100113 | 2019-10-01 13:00:00",
        "compact | 20191001T130507Z | 2019-10-01 13:05:07",
        "compact | 20191001 | 2019-10-01 00:00:00",
        "epoch_s | 1569888117.25 | 2019-10-01 00:01:57.25",
        "epoch_ms | 1.569888e+12 | 2019-10-01 00:00:00",
        "epoch_ms | 1569888278000 | 2019-10-01 00:04:38",
        "epoch_us | 1569888278000001 | 2019-10-01 00:04:38.000001",
        "epoch_ns | 1569888278000000123 | 2019-10-01 00:04:38",
        "%y%m%d%H | 14102113 | 2014-10-21 13:00:00",
        "%d/%b/%Y:%H:%M:%S %z | 10/Oct/2000:13:55:36 -0700 | 2000-10-10 20:55:36",
        "%H:%M:%S | 00:04:43 | 1900-01-01 00:04:43",
      })
  void times(String format, String text, String moment) throws Exception {
    Path raw = write(text, "");
    String same =
        "source: CAST(x = TIMESTAMP '" + moment + "' AS INTEGER), type: dense, missing: 9";
    assertThat(values(raw, format, same)).startsWith("1.0", "9.0").doesNotContain("0.0");
    Path yaml = temp.resolve("c.yaml");
    Files.writeString(
        yaml,
        Files.readString(yaml)
            .replace(
                "{by: random, test_share: 0.3}", "{by: time, column: x, test_from: 1800-01-01}"));
    refused(
        "raw.tsv: split: column 'x', row 1: found nothing, expected a time to split by", raw, yaml);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "grouped | 1,234 | 1234.0",
        "grouped | 1,234.5 | 1234.5",
        "grouped | 12,34,567 | 1234567.0",
        "grouped | -1 234 | -1234.0",
        "grouped | 7 | 7.0",
        "decimal_comma | 3,14 | 3.14",
        "decimal_comma | 1.234,5 | 1234.5",
        "decimal_comma | 1,234 | 1.234",
        "decimal_comma | -7 | -7.0",
      })
  void numbers(String format, String text, String number) throws Exception {
    assertThat(values(write(text, ""), format, "source: x, type: dense, missing: 0"))
        .startsWith(number, "0.0");
    values(write(text, "1", ""), format, "source: x");
    assertThat(
            ParquetTable.rows(
                temp.resolve("out/vocab/value.parquet"), "SELECT list(value::DOUBLE) FROM %s"))
        .first()
        .asString()
        .contains(number);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "list | [1,2,3] | 1;2;3",
        "list | (1, 2) | 1;2",
        "list | (1,) | 1",
        "list | ['a', 'b'] | a;b",
        "list | [a b, c] | a b;c",
        "list | ['a, b', 'c\\'d'] | a, b;c'd",
        "list | [\"\\u5317\", 1.0] | 1.0;北",
        "list | [null, 7] | 7",
        "spaced_list | [1 2  3] | 1;2;3",
        "spaced_list | ['a' 'b'] | a;b",
      })
  void lists(String format, String text, String values) throws Exception {
    List<String> ids = values(write(text, "[]"), format, "source: x, type: sequence, max_len: 4");
    assertThat(ids.get(1)).isEqualTo("[0, 0, 0, 0]");
    assertThat(ParquetTable.rows(temp.resolve("out/vocab/value.parquet"), "SELECT value FROM %s"))
        .containsExactly(values.split(";"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {"[0.5, -1, 2e-3]", "0.5 -1 0.002", "0.5|-1|0.002", "(0.5,-1.0,0.002)"})
  void vectors(String text) throws Exception {
    assertThat(values(write(text, "[1,2,3]"), "vector", "source: x, type: dense, dimension: 3"))
        .startsWith("[0.5, -1.0, 0.002]", "[1.0, 2.0, 3.0]");
    assertThat(
            values(write(text, ""), "vector", "source: x, type: dense, dimension: 3, missing: 0"))
        .startsWith("[0.5, -1.0, 0.002]", "[0.0, 0.0, 0.0]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "month_first | 10/31/2021 | 31/10/2021 | month_first: month, day, year, such as 05/31/2022",
        "month_first | 1/1/2021 | 1/1/2021 13:00 PM | month_first: ",
        "day_first | 31/10/2021 | soon | day_first: day, month, year, such as 31.05.2022",
        "compact | 20191001 | 20191301 | compact: 20220531, 2022053113",
        "epoch_s | 1 | a | epoch_s: seconds since 1970",
        "%d %b %Y | 1 Oct 2021 | 2021 | %d %b %Y of a time",
        "grouped | 1,234 | 1,23 | grouped: 1,234 or 1,234.5",
        "decimal_comma | 3,14 | 3.14 | decimal_comma: 3,14 or 1.234,5",
        "list | [1] | [[1],[2]] | list: a list such as [1,2,3]",
        "list | [1] | 1 | list: a list such as [1,2,3]",
        "spaced_list | [1 2] | [1,2] | spaced_list: a list such as [1 2 3]",
        "vector | [1] | [a] | vector: numbers such as [0.5, -1, 2e-3]",
      })
  void anotherFormIsNamed(String format, String good, String bad, String expected)
      throws Exception {
    Path raw = write(good, "", bad);
    String message = "raw.tsv: column 'x', row 2: found '" + bad + "', expected " + expected;
    Path yaml = config(format, "source: 1");
    Files.writeString(yaml, Files.readString(yaml) + "  - {name: x}\n");
    refused(message, raw, yaml);
  }

  @Test
  void predictNamesAnotherFormToo() throws Exception {
    values(write("1,234", "2,345"), "grouped", "source: x, type: dense");
    Path raw = write("1,234", "2,345", "cheap");
    assertThatThrownBy(() -> new RawEncoding(temp).rows(temp.resolve("out"), raw, "value"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("raw.tsv: column 'x', row 2: found 'cheap', expected grouped");
  }

  @Test
  void aDelimiterDoesNotReadBrackets() throws Exception {
    Path raw = write("[1,2]", "", "[3]");
    Path yaml = config("list", "source: x, type: sequence, delimiter: ','");
    Files.writeString(yaml, Files.readString(yaml).replace("formats: {x: 'list'}\n", ""));
    refused(
        "raw.tsv: column 'value' holds lists in brackets, which would become part of the ids with",
        raw,
        yaml);
  }

  @Test
  void formatsThatAreNone() throws Exception {
    Path raw = write("1");
    for (String[] wrong :
        new String[][] {
          {
            "month_frist",
            "c.yaml: formats: 'month_frist' is neither a format nor a pattern of a time such as"
                + " '%d/%m/%Y'; did you mean 'month_first'?"
          },
          {"%Q", "column 'x': '%Q' is not a pattern"}
        }) {
      Path yaml = config(wrong[0], "source: x");
      refused(wrong[1], raw, yaml);
    }
    Path yaml = config("grouped", "source: x");
    Files.writeString(yaml, Files.readString(yaml).replace("formats: {x:", "formats: {y:"));
    refused("raw.tsv: formats: there is no column 'y'; did you mean 'x'?", raw, yaml);
  }

  @Test
  void sideTablesAndParquetHaveFormatsToo() throws Exception {
    Path raw = write("1", "2", "3");
    Files.writeString(temp.resolve("items.csv"), "id,price\n1,\"1,5\"\n2,\"2,5\"\n");
    Path yaml =
        Files.writeString(
            temp.resolve("c.yaml"),
            """
            labels: {click: click}
            scenario: page
            user: user_id
            joins: [{file: items.csv, on: {x: id}, prefix: item_}]
            formats: {item_price: decimal_comma}
            columns: [{name: price, source: item_price, type: dense, missing: 0}]
            """);
    Path out = temp.resolve("joined");
    Cli.good("prepare", raw, "--config", yaml, "--out", out);
    assertThat(new RawEncoding(temp).rows(out, raw, "price")).startsWith("1.5", "2.5", "0.0");
    Path parquet =
        ParquetTable.write(
            temp.resolve("raw.parquet"),
            "SELECT 'u' || i % 7 AS user_id, 'p' || i % 3 AS page, i % 2 AS click, 1569888278000 +"
                + " i AS x FROM range(20) t(i)");
    String seconds = "source: epoch(x), type: dense";
    assertThat(values(parquet, "epoch_ms", seconds)).startsWith("1.56988826E9");
  }
}
