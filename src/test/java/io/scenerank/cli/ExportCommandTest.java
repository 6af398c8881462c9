package io.scenerank.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import com.fasterxml.jackson.databind.JsonNode;
import io.scenerank.serve.SavedModelPredictor;
import io.scenerank.testing.ChildProcess;
import io.scenerank.testing.ChildProcess.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.proto.DataType;

/** {@code export} of a run. */
@Tag("slow")
class ExportCommandTest {
  @TempDir private static Path shared;
  private static Path data;
  private static Path run;

  @TempDir private Path temp;

  @BeforeAll
  static void trainOnce() throws IOException {
    data = SmallDataset.write(shared.resolve("data"));
    run = shared.resolve("run");
    Cli.good(
        "run",
        "pepnet",
        "--data",
        data,
        "--out",
        run,
        "--epochs",
        2,
        "--threads",
        1,
        "--device",
        "cpu",
        "--set",
        "pepnet_dnn_units=[8, 4]",
        "--set",
        "validation_split=0.3",
        "--set",
        "patience=1");
  }

  @Test
  void aFullDiskIsNamedWithTheFileAndItsReason() throws Exception {
    Path out = temp.resolve("model.weights.h5");
    Outcome outcome =
        ChildProcess.run(
            temp,
            ChildProcess.java(
                ChildProcess.classpath(),
                FullDiskMain.class.getName(),
                "4000",
                "export",
                run.toString(),
                "--format",
                "weights.h5",
                "--out",
                out.toString()));
    assertThat(outcome.exitCode()).as("%s", outcome).isEqualTo(ScenerankCommand.BAD_INPUT);
    assertThat(outcome.errLines().get(outcome.errLines().size() - 1))
        .as("%s", outcome)
        .startsWith("scenerank: ")
        .contains("model.weights.h5", "cannot be written (File too large)");
    assertThat(out).doesNotExist();
  }

  private float[][] scores(Path model) throws Exception {
    Path out = temp.resolve("scores.parquet");
    Cli.good("predict", model, "--input", data.resolve("test.parquet"), "--output", out, "--force");
    return ParquetFloats.read(out);
  }

  @Test
  void theExportIsTheRunsOwnAgain() throws Exception {
    Path base = temp.resolve("models/pepnet");
    assertThat(Cli.good("export", run, "--format", "saved_model", "--out", base).out())
        .isEqualTo(String.format("pepnet of %s exported: %s%n", run, base.resolve("1")));
    for (String part :
        new String[] {
          "variables/variables.index",
          "variables/variables.data-00000-of-00001",
          "assets.extra/scenerank.json"
        }) {
      assertThat(base.resolve("1").resolve(part))
          .hasSameBinaryContentAs(run.resolve("saved_model/1").resolve(part));
    }
    assertThat(Arrays.deepToString(scores(base))).isEqualTo(Arrays.deepToString(scores(run)));
  }

  @Test
  void versionsAreCountedOnUnlessOneIsNamed() throws IOException {
    Path base = temp.resolve("base");
    Object[] export = {"export", run, "--format", "saved_model", "--out", base, "--json"};
    JsonNode first = RunCommandTest.json(Cli.good(export));
    assertThat(first.fieldNames()).toIterable().containsExactly("model", "run", "format", "output");
    assertThat(first.get("output").asText()).isEqualTo(base.resolve("1").toString());
    assertThat(first.get("format").asText()).isEqualTo("saved_model");
    Cli.good("export", run, "--format", "saved_model", "--out", base, "--version", 7);
    Cli.good(export);
    assertThat(RunCommandTest.children(base)).containsExactly("1", "7", "8");
    Object[] seven = {
      "export", run, "--format", "saved_model", "--out", base, "--version", 7, "--force"
    };
    Cli.invalid(
        base.resolve("7") + ": exists already; replace it with force (--force)",
        Arrays.copyOf(seven, seven.length - 1));
    Files.writeString(base.resolve("7/note.txt"), "old");
    Cli.good(seven);
    assertThat(base.resolve("7/note.txt")).doesNotExist();
    assertThat(base.resolve("7/saved_model.pb")).isNotEmptyFile();
    assertThat(RunCommandTest.children(base)).containsExactly("1", "7", "8");
  }

  @Test
  void rawValuesAreLookedUpInTheVocabulariesOfTheData() throws IOException {
    Path rows = SmallDataset.write(temp.resolve("data"));
    Path base = temp.resolve("base");
    Object[] export = {
      "export", run, "--format", "saved_model", "--out", base, "--raw", "--data", rows
    };
    Cli.invalid(rows + ": the data set names no vocabularies", export);
    SmallDataset.addVocabulary(rows);
    Cli.good(export);
    try (SavedModelPredictor raw = SavedModelPredictor.load(base.resolve("1"), "raw", 1)) {
      assertThat(raw.inputs().get("user").dataType()).isEqualTo(DataType.DT_STRING);
      assertThat(raw.inputs().get("item").dataType()).isEqualTo(DataType.DT_INT32);
    }
    Cli.invalid(
        run.resolve("encoding.json")
            + ": no such file, expected in a run that was trained on a data set of 'prepare'; for"
            + " other data, raw (--raw) takes the vocabularies of data (--data DIR)",
        Arrays.copyOf(export, export.length - 2));
    Cli.invalid(
        "--data is given without --raw; it is for --raw only",
        "export",
        run,
        "--format",
        "saved_model",
        "--out",
        base,
        "--data",
        rows);
    Cli.invalid(
        "raw (--raw) is given, but only a saved_model takes raw values",
        "export",
        run,
        "--format",
        "keras",
        "--out",
        temp.resolve("a.keras"),
        "--raw",
        "--data",
        rows);
    Files.delete(rows.resolve("user.csv"));
    Cli.invalid(rows.resolve("user.csv") + ": no such file, expected a vocabulary", export);
  }

  @Test
  void onnxRuntimeScoresTheRun() throws Exception {
    Path file = temp.resolve("model.onnx");
    Object[] export = {"export", run, "--format", "onnx", "--out", file, "--json"};
    JsonNode written = RunCommandTest.json(Cli.good(export));
    assertThat(written.get("output").asText()).isEqualTo(file.toString());
    assertThat(inputs(file)).containsExactly("ids", "dense");
    Cli.invalid(file + ": exists already; replace it with force (--force)", export);
    Object[] named = Arrays.copyOf(export, export.length + 3);
    named[export.length] = "--signature";
    named[export.length + 1] = "named";
    named[export.length + 2] = "--force";
    Cli.good(named);
    assertThat(inputs(file)).contains("user", "item").doesNotContain("ids");
    named[export.length + 1] = "name";
    Cli.invalid("signature (--signature) 'name' is unknown; did you mean 'named'?", named);
    Cli.invalid(
        temp.resolve("model.pb") + ": expected a file name that ends in .onnx",
        "export",
        run,
        "--format",
        "onnx",
        "--out",
        temp.resolve("model.pb"));
    Cli.invalid(
        "signature (--signature) is 'packed', but only an onnx has one signature",
        "export",
        run,
        "--format",
        "keras",
        "--out",
        temp.resolve("model.keras"),
        "--signature",
        "packed");
  }

  private static Set<String> inputs(Path file) throws OrtException {
    try (OrtSession session = OrtEnvironment.getEnvironment().createSession(file.toString())) {
      assertThat(session.getMetadata().getCustomMetadata())
          .containsEntry("scenerank.model", "pepnet");
      return session.getInputNames();
    }
  }

  @Test
  void whatCannotBeExportedIsNamed() throws IOException {
    Path out = temp.resolve("out");
    Cli.invalid(
        "format (--format) 'savedmodel' is unknown; did you mean 'saved_model'?",
        "export",
        run,
        "--format",
        "savedmodel",
        "--out",
        out);
    Cli.invalid(
        "version (--version) is 0, expected at least 1",
        "export",
        run,
        "--format",
        "saved_model",
        "--out",
        out,
        "--version",
        0);
    Cli.invalid(
        temp.resolve("config.yaml") + ": no such file, expected in a run folder",
        "export",
        temp,
        "--format",
        "saved_model",
        "--out",
        out);
    Cli.misused("Missing required option", "export", run, "--out", out);
    Path file = Files.writeString(temp.resolve("file"), "precious");
    Cli.invalid(
        file + ": is a file, expected a folder",
        "export",
        run,
        "--format",
        "saved_model",
        "--out",
        file);
    assertThat(file).hasContent("precious");
    assertThat(out).doesNotExist();
    assertThat(Cli.good("export", "--help").out()).contains("saved_model", "--version=N");
  }

  @Test
  void aCheckpointThatIsNotWholeIsNamed() throws IOException {
    Path broken = temp.resolve("broken");
    try (var files = Files.walk(run)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path copy = broken.resolve(run.relativize(file).toString());
        Files.createDirectories(copy.getParent());
        if (!file.toString().contains("data-00000")) {
          Files.copy(file, copy);
        }
      }
    }
    Path out = temp.resolve("out");
    Cli.invalid(
        "checkpoint/epoch-00002: the checkpoint is damaged (variables.data-00000-of-00001: no such"
            + " file); delete it to use the checkpoint before it, epoch-00001",
        "export",
        broken,
        "--format",
        "saved_model",
        "--out",
        out);
    assertThat(out).doesNotExist();
  }
}
