package io.scenerank.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An expression that holds for the columns but not for each row's values. */
@Tag("slow")
class FailingExpressionTest {
  @TempDir private Path temp;

  private Path write(String name, String bad) throws IOException {
    String rows =
        IntStream.range(0, 40)
            .mapToObj(
                i ->
                    String.format(
                        Locale.ROOT,
                        "%d,p%d,%s,%d",
                        i % 7,
                        i % 3,
                        i == 17 ? bad : i == 3 ? "" : "v" + i,
                        i % 2))
            .collect(Collectors.joining("\n", "user,page,code,click\n", "\n"));
    return Files.writeString(temp.resolve(name), rows);
  }

  private Path config(String label, String source, String where) throws IOException {
    return Files.writeString(
        temp.resolve("c.yaml"),
        String.format(
            """
            labels: {click: "%s"}
            scenario: page
            user: user
            where: "%s"
            columns: [{name: user}, {name: page}, {name: number, source: "%s"}]
            """,
            label, where, source));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "click|CAST(substr(code, 2) AS INTEGER)|true|column 'number'",
        "CAST(substr(code, 2) AS INTEGER) > 5|user|true|label 'click'",
        "click|user|CAST(substr(code, 2) AS INTEGER) > -1|where",
      })
  void isNamedWithRowAndReason(String label, String source, String where, String what)
      throws IOException {
    Path raw = write("log.csv", "vx");
    Cli.invalid(
        raw + ": " + what + ", row 17: 'CAST(substr(code, 2) AS INTEGER)",
        "prepare",
        raw,
        "--config",
        config(label, source, where),
        "--out",
        temp.resolve("data"));
    assertThat(temp.resolve("data")).doesNotExist();
  }

  @Test
  void rowsThatAreLeftOutMayHaveNone() throws IOException {
    Path raw = write("log.csv", "vx");
    Cli.good(
        "prepare",
        raw,
        "--config",
        config("click", "CASE WHEN code <> 'vx' THEN CAST(substr(code, 2) AS INTEGER) END", "true"),
        "--out",
        temp.resolve("data"));
  }

  @Test
  void isNamedInNewRowsToo() throws IOException {
    Path raw = write("log.csv", "v17");
    Path data = temp.resolve("data");
    Path config = config("click", "CAST(substr(code, 2) AS INTEGER)", "true");
    Cli.good("prepare", raw, "--config", config, "--out", data);
    Path more = write("more.csv", "vy");
    Path out = temp.resolve("out");
    Path run = temp.resolve("run");
    Cli.good("train", "--model", "mmoe", "--data", data, "--epochs", 1, "--out", run);
    String message =
        more
            + ": column 'number', row 17: 'CAST(substr(code, 2) AS INTEGER)' has no value:"
            + " Conversion Error: Could not convert string 'y' to INT32";
    Cli.invalid(message, "prepare", more, "--encoding", data, "--out", out);
    Cli.invalid(message, "predict", run, "--input", more, "--output", out + ".csv");
  }
}
