package io.scenerank.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.scenerank.config.ConfigMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The formats that a guess proposes, and what it only names. */
class PrepareGuessFormatsTest {
  private static final int ROWS = 200;

  @TempDir private Path temp;

  /** A column of the guessed table. */
  private record Column(String name, IntFunction<String> value) {}

  private Path write(List<Column> columns) throws IOException {
    StringBuilder text = new StringBuilder("user_id\tpage\tclick");
    columns.forEach(column -> text.append('\t').append(column.name));
    for (int i = 0; i < ROWS; i++) {
      text.append(String.format("\nu%d\tp%d\t%d", i % 7, i % 3, i % 2));
      for (Column column : columns) {
        text.append('\t').append(column.value.apply(i));
      }
    }
    return Files.writeString(temp.resolve("raw.tsv"), text.append('\n'));
  }

  @Test
  void formsThatAllValuesHave() throws Exception {
    Path raw =
        write(
            List.of(
                new Column(
                    "a",
                    i -> String.format("%d/%d/2021 1:%02d PM", i % 12 + 1, i % 28 + 1, i % 60)),
                new Column("b", i -> String.format("%02d.%02d.21", i % 28 + 1, i % 12 + 1)),
                new Column(
                    "c", i -> String.format("%02d/Oct/2021:10:%02d:00 +0800", i % 28 + 1, i % 60)),
                new Column("d", i -> String.format("%d,%03d.5", i % 9 + 1, i)),
                new Column("e", i -> String.format("%d,%02d", i, i % 100)),
                new Column("f", i -> String.format("[%d, %d]", i % 5, i % 7 + 10)),
                new Column("g", i -> String.format("['t%d', 'u, %d']", i % 5, i % 7)),
                new Column("h", i -> String.format("[%d %d]", i % 5, i % 7 + 10)),
                new Column("i", i -> String.format("0.%d -1.5 %d", i % 9 + 1, i % 3)),
                new Column("j", i -> i % 5 + "^" + i % 7),
                new Column("k", i -> i % 5 + " " + i % 7),
                new Column("l", i -> i % 5 + "\u0002" + i % 7)));
    Path data = temp.resolve("data");
    Cli.good("prepare", raw, "--guess", "--out", data);
    JsonNode guess = new ConfigMapper().readTree(data.resolve("prepare.yaml"));
    assertThat(guess.get("formats").toString())
        .isEqualTo(
            "{\"a\":\"month_first\",\"b\":\"day_first\",\"c\":\"%d/%b/%Y:%H:%M:%S %z\","
                + "\"d\":\"grouped\",\"e\":\"decimal_comma\",\"f\":\"list\",\"g\":\"list\","
                + "\"h\":\"spaced_list\",\"i\":\"vector\"}");
    assertThat(guess.get("columns").findValuesAsText("delimiter"))
        .containsExactly("^", " ", "\u0002");
    assertThat(new RawEncoding(temp).rows(data, raw, "i")).startsWith("[0.1, -1.5, 0.0]");
    JsonNode schema = new ConfigMapper().readTree(data.resolve("schema.json"));
    assertThat(schema.get("feature_columns").findValuesAsText("vocab_size"))
        .as("u, p, 5 + 7 values of f and g, 5 + 7 of h")
        .contains("13");
  }

  @Test
  void whatIsOfTwoFormsOrOfNearlyOneIsNamed() throws Exception {
    Path raw =
        write(
            List.of(
                new Column("a", i -> String.format("%02d/%02d/2021", i % 12 + 1, i % 11 + 1)),
                new Column("b", i -> String.format("%d,%03d", i % 9 + 1, i + 100)),
                new Column("c", i -> String.format("%d,%d", i + 1, i % 9 + 1)),
                new Column("d", i -> String.format("[[%d], [2]]", i % 5)),
                new Column("e", i -> i == 50 ? "none of it" : String.format("[%d,1]", i % 5)),
                new Column("f", i -> String.format("$%d.50", i)),
                new Column(
                    "g", i -> i == 9 ? "13/31/2021" : String.format("%d/20/2021", i % 12 + 1))));
    String yaml = Cli.good("prepare", raw, "--guess").out();
    assertThat(yaml)
        .contains(
            "# Note: 'a' holds dates such as '01/01/2021', and no row shows whether the month or",
            "# Note: 'b' holds numbers such as '1,100', whose comma is treated as a thousands"
                + " separator",
            "# Note: 'c' holds numbers such as 3,14; if '100,1' are two values, it is a sequence",
            "# Note: 'd' is left out: its values are lists of lists or of objects, such as '[[0],"
                + " [2]]'",
            "# Note: 'e' holds lists in brackets in most rows, but not in 1 of 200, such as 'none"
                + " of it'",
            "# Note: 'f' holds numbers with a unit or a currency, which are treated as texts",
            "# Note: 'g' holds times with the month first in most rows, but not in 1 of 200");
    JsonNode guess = new ConfigMapper().parseYaml(yaml, "guess");
    assertThat(guess.get("formats").toString())
        .isEqualTo("{\"b\":\"grouped\",\"c\":\"decimal_comma\"}");
    assertThat(guess.get("columns").findValuesAsText("name")).doesNotContain("d");
  }
}
