package io.scenerank.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.scenerank.testing.ChildProcess.Outcome;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

/** {@code explain}: the importance of columns. */
@Tag("slow")
class ExplainCommandTest {
  @TempDir private static Path shared;
  private static Path data;
  private static Path run;

  @BeforeAll
  static void trainOnce() throws IOException {
    data = SmallDataset.write(shared.resolve("data"));
    run = shared.resolve("run");
    Cli.good(
        "run",
        "pepnet",
        "--set",
        "pepnet_dnn_units=[8, 4]",
        "--data",
        data,
        "--out",
        run,
        "--epochs",
        2,
        "--batch-size",
        64,
        "--threads",
        1,
        "--device",
        "cpu");
  }

  @Test
  void aRunHasATableAPageAndJson() throws Exception {
    Outcome text = Cli.good("explain", run, "--data", data, "--repeats", 3);
    assertThat(text.out())
        .contains("| (rows as they are) |", "auc_click", "± 0.", "Per scenario:", "| quiet ")
        .contains("Each column permuted 3 times among the rows of the same scenario")
        .contains("90 test rows of " + data)
        .doesNotContain("| scene ")
        .endsWith(String.format("Page: %s%n", run.resolve("explain.html")));
    Document page =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(
                new InputSource(
                    new StringReader(
                        Files.readString(run.resolve("explain.html"))
                            .replace("<!DOCTYPE html>", ""))));
    // Of each of two tasks, a bar for each column but the scenario's.
    assertThat(page.getElementsByTagName("rect").getLength()).isEqualTo(2 * 4);
    JsonNode json = RunCommandTest.json(Cli.good("explain", run, "--data", data, "--json"));
    assertThat(json.get("repeats").asInt()).isEqualTo(5);
    assertThat(json.get("rows").asInt()).isEqualTo(SmallDataset.TEST_ROWS);
    assertThat(json.at("/tasks/click/importance").fieldNames())
        .toIterable()
        .containsExactlyInAnyOrder("user", "history", "age", "item");
    assertThat(json.at("/tasks/click/importance/item/std").isNumber()).isTrue();
    JsonNode evaluated = EvaluateCommandTest.evaluate(run, data);
    assertThat(json.at("/tasks/click/value")).isEqualTo(evaluated.at("/metrics/auc_click"));
    // Nobody likes anything in the last scenario.
    assertThat(json.at("/per_scenario/quiet/like").has("value")).isFalse();
    assertThat(json.at("/per_scenario/quiet/like/importance/item").isEmpty()).isTrue();
    assertThat(RunCommandTest.json(Cli.good("explain", run, "--data", data, "--json")))
        .isEqualTo(json);
  }

  @Test
  void aSavedModelGivesTheSameAndNoPage() {
    Path exported = run.resolve("saved_model/1");
    Outcome outcome = Cli.good("explain", exported, "--data", data, "--json", "--repeats", 2);
    JsonNode ofRun =
        RunCommandTest.json(Cli.good("explain", run, "--data", data, "--json", "--repeats", 2));
    assertThat(RunCommandTest.json(outcome).at("/tasks/like/importance/user"))
        .isEqualTo(ofRun.at("/tasks/like/importance/user"));
    assertThat(exported.resolve("explain.html")).doesNotExist();
    assertThat(Cli.good("explain", exported, "--data", data, "--repeats", 1).out())
        .doesNotContain("Page:");
  }

  @Test
  void ofManyRowsTheSameNumberOfEachScenarioIsTaken() {
    Path out = shared.resolve("some.html");
    Outcome some =
        Cli.good("explain", run, "--data", data, "--rows", 66, "--repeats", 1, "--out", out);
    assertThat(some.out()).contains("66 test rows of " + data).doesNotContain("±");
    assertThat(out).isNotEmptyFile();
  }

  @Test
  void whatCannotBeExplainedIsNamed() {
    Cli.invalid(
        "repeats (--repeats) is 0, expected at least 1",
        "explain",
        run,
        "--data",
        data,
        "--repeats",
        0);
    Cli.invalid(
        "rows (--rows) is 0, expected at least 1", "explain", run, "--data", data, "--rows", 0);
    Cli.invalid("--batch-size is 0", "explain", run, "--data", data, "--batch-size", 0);
    Cli.invalid(shared + ": not a SavedModel", "explain", shared, "--data", data);
    Cli.invalid("none: no such folder", "explain", run, "--data", shared.resolve("none"));
    Cli.misused("'--data=DIR'", "explain", run);
  }
}
