package io.scenerank.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.scenerank.testing.ChildProcess.Outcome;
import io.scenerank.testing.ParquetTable;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Columns in groups that no model reads are told of, by {@code prepare} and {@code run}. */
@Tag("slow")
class UnreadGroupsTest {
  private static final String MISSPELT =
      "no model here reads the group 'dnnn', in which are the columns item_id, age; did you mean"
          + " 'dnn'?";

  @TempDir private Path temp;

  private Path prepared(String columns, String expected) throws Exception {
    Path raw =
        ParquetTable.write(
            temp.resolve("raw.parquet"),
            "SELECT i % 31 AS user_id, i % 23 AS item_id, i % 3 AS page, i % 7 AS age, i // 3 % 2"
                + " AS click FROM range(200) t(i)");
    Path config =
        Files.writeString(
            temp.resolve("c.yaml"),
            "labels: {click: click}\nscenario: page\nuser: user_id\ncolumns:\n" + columns);
    Path data = temp.resolve("data");
    Outcome outcome = Cli.good("prepare", raw, "--config", config, "--out", data, "--force");
    if (expected.isEmpty()) {
      assertThat(outcome.err()).doesNotContain("group");
    } else {
      assertThat(outcome.err()).contains(expected);
    }
    return data;
  }

  @Test
  void aMisspeltGroupIsToldWithTheNearestOne() throws Exception {
    Path data =
        prepared(
            "  - {name: item_id, group: [dnn, dnnn]}\n  - {name: age, group: [dnnn]}\n", MISSPELT);
    Outcome run =
        Cli.good(
            "run",
            "apg",
            "--data",
            data,
            "--epochs",
            1,
            "--device",
            "cpu",
            "--out",
            temp.resolve("run"));
    assertThat(run.err()).contains(MISSPELT);
  }

  @Test
  void aComparisonTellsItOnce() throws Exception {
    Path data =
        prepared(
            "  - {name: item_id, group: [dnn, dnnn]}\n  - {name: age, group: [dnnn]}\n", MISSPELT);
    Outcome compared =
        Cli.good(
            "compare",
            "mmoe",
            "shared_bottom",
            "--data",
            data,
            "--seeds",
            "1,2",
            "--set",
            "epochs=1",
            "--out",
            temp.resolve("compared"));
    assertThat(compared.err()).containsOnlyOnce("no model here reads the group 'dnnn'");
  }

  @Test
  void aColumnInNoGroupIsTold() throws Exception {
    prepared(
        "  - {name: item_id}\n  - {name: age, group: []}\n",
        "column 'age' is not in any group, so that no model reads it");
  }

  @Test
  void groupsOfOtherModelsAreTheirs() throws Exception {
    prepared(
        "  - {name: item_id, groups: {own_model: [gate], mmoe: [mmoe]}}\n  - {name: age}\n", "");
    prepared(
        "  - {name: item_id, groups: {mmoe: [gates]}}\n",
        "no model here reads the group 'gates', in which is the column item_id; known: dnn, domain,"
            + " epnet, linear, mmoe, pepnet, user");
  }
}
