package io.scenerank.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.scenerank.data.PreparedDataset;
import io.scenerank.testing.CaseEditor;
import io.scenerank.testing.ChildProcess.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code parity}, {@code prepare} and {@code devices}. */
@Tag("slow")
class SmallCommandsTest {
  private static final Path GATE = CaseEditor.golden("gate_nu-odd");
  private static final Path DNN = CaseEditor.golden("dnn-leaky_relu");

  @TempDir Path temp;

  private Path wrong() {
    return CaseEditor.edit(
        GATE,
        temp.resolve("wrong.h5"),
        file -> ((float[][]) file.data("outputs/out"))[2][1] += 0.5f);
  }

  @Test
  void parityOfGoodCasesIsExitCode0() {
    Outcome outcome = Cli.good("parity", GATE, DNN);
    assertThat(outcome.out())
        .contains("layer GateNu  " + GATE, "outputs/out", "input_grads/x", "max abs", "max rel")
        .contains("2 of 2 cases within tolerance")
        .doesNotContain("FAILED");
    assertThat(outcome.err()).isEmpty();
  }

  @Test
  void parityOfAWrongCaseIsExitCode1AndNamesTheTensor() {
    Outcome outcome = Cli.run("parity", wrong(), DNN);
    assertThat(outcome.exitCode()).as("%s", outcome).isEqualTo(ScenerankCommand.FAILED);
    assertThat(outcome.out().lines())
        .filteredOn(line -> line.contains("FAILED"))
        .hasSize(2)
        .anyMatch(
            line ->
                line.contains("outputs/out")
                    && line.contains("at [2, 1]: computed ")
                    && line.contains("tolerance 1e-06"));
    assertThat(outcome.out()).contains("1 of 2 cases within tolerance");
    assertThat(Cli.good("parity", wrong(), "--tolerance", "0.5").out())
        .contains("1 of 1 cases within tolerance");
  }

  @Test
  void parityInJson() {
    Outcome outcome = Cli.run("parity", wrong(), DNN, "--json");
    assertThat(outcome.exitCode()).isEqualTo(ScenerankCommand.FAILED);
    JsonNode json = RunCommandTest.json(outcome);
    assertThat(json.get("passed").asBoolean()).isFalse();
    assertThat(json.get("cases")).hasSize(2);
    assertThat(json.get("cases").get(0).get("passed").asBoolean()).isFalse();
    assertThat(json.get("cases").get(1).get("passed").asBoolean()).isTrue();
    JsonNode tensor = json.get("cases").get(0).get("tensors").get(0);
    assertThat(tensor.fieldNames())
        .toIterable()
        .contains("tensor", "max_abs", "max_rel", "at", "tolerance", "passed");
    assertThat(tensor.get("at").toString()).isEqualTo("[2,1]");
    assertThat(json.get("cases").get(0).get("case").asText()).endsWith("wrong.h5");
  }

  @Test
  void parityOfACaseThatCannotBeReadIsExitCode2() throws IOException {
    Path text = Files.writeString(temp.resolve("text.h5"), "no HDF5");
    Cli.invalid(text + ": damaged or not an HDF5 file", "parity", text);
    Cli.invalid(text + ": damaged or not an HDF5 file", "parity", text, "--json");
  }

  @Test
  void parityRunsTheCasesAfterOneThatCannotBeRead() throws IOException {
    Path text = Files.writeString(temp.resolve("text.h5"), "no HDF5");
    Path none = temp.resolve("none.h5");
    Outcome outcome = Cli.run("parity", text, GATE, none, wrong(), DNN);
    assertThat(outcome.exitCode()).as("%s", outcome).isEqualTo(ScenerankCommand.BAD_INPUT);
    assertThat(outcome.errLines())
        .satisfiesExactly(
            line -> assertThat(line).contains("scenerank: " + text, "damaged or not an HDF5 file"),
            line -> assertThat(line).contains("scenerank: " + none + ": no such file"));
    assertThat(outcome.out())
        .contains("ok      layer GateNu  " + GATE, "FAILED  layer GateNu", "layer Dnn  " + DNN)
        .contains("2 of 5 cases within tolerance; 2 cannot be read");
  }

  @Test
  void parityInJsonNamesWhatCannotBeRead() {
    Path none = temp.resolve("none.h5");
    Outcome outcome = Cli.run("parity", none, GATE, "--json");
    assertThat(outcome.exitCode()).isEqualTo(ScenerankCommand.BAD_INPUT);
    JsonNode json = RunCommandTest.json(outcome);
    assertThat(json.get("passed").asBoolean()).isFalse();
    assertThat(json.get("cases")).hasSize(2);
    JsonNode unread = json.get("cases").get(1);
    assertThat(unread.get("case").asText()).isEqualTo(none.toString());
    assertThat(unread.get("passed").asBoolean()).isFalse();
    assertThat(unread.get("error").asText()).isEqualTo(none + ": no such file");
  }

  @Test
  void prepareWritesADataSetAndRefusesToReplaceIt() {
    Path out = temp.resolve("data");
    assertThat(Cli.good("prepare", "synthetic", "--rows", 100, "--out", out).out())
        .startsWith("100 rows in ")
        .endsWith(String.format(": %s%n", out));
    PreparedDataset data = PreparedDataset.open(out);
    assertThat(data.train().size()).isEqualTo(80);
    assertThat(data.test().size()).isEqualTo(20);
    Cli.invalid(
        out + ": exists already; replace it with force (--force)",
        "prepare",
        "synthetic",
        "--rows",
        50,
        "--out",
        out);
    assertThat(PreparedDataset.open(out).test().size()).isEqualTo(20);
    JsonNode json =
        RunCommandTest.json(
            Cli.good("prepare", "synthetic", "--rows", 50, "--out", out, "--force", "--json"));
    assertThat(json.get("rows").asInt()).isEqualTo(50);
    assertThat(json.get("out").asText()).isEqualTo(out.toString());
    assertThat(PreparedDataset.open(out).test().size()).isEqualTo(10);
  }

  @Test
  void prepareDoesNotReplaceTheWorkingDirectory() {
    Cli.invalid(
        "is or contains the home or working directory",
        "prepare",
        "synthetic",
        "--rows",
        10,
        "--out",
        ".",
        "--force");
  }

  @Test
  void devicesListsTheCpu() {
    assertThat(Cli.good("devices").out()).contains("/device:CPU:0", "the machine's");
    JsonNode json = RunCommandTest.json(Cli.good("devices", "--json"));
    assertThat(json.fieldNames()).toIterable().containsExactly("devices");
    assertThat(json.get("devices").get(0).get("name").asText()).isEqualTo("/device:CPU:0");
    assertThat(json.get("devices").get(0).get("type").asText()).isEqualTo("CPU");
  }
}
