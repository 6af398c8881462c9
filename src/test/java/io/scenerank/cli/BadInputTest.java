package io.scenerank.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.scenerank.testing.ChildProcess;
import io.scenerank.testing.ChildProcess.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Every error is one line that names what is wrong; nothing is written and nothing is computed. */
@Tag("slow")
class BadInputTest {
  @TempDir Path temp;

  static Stream<Arguments> misuses() {
    return Stream.of(
        Arguments.of("did you mean 'run'?", "rum pepnet"),
        Arguments.of("did you mean 'predict'?", "predct x --input a --output b"),
        Arguments.of("did you mean '--epochs'?", "run pepnet --epoch 3"),
        Arguments.of("did you mean '--batch-size'?", "run pepnet --batchsize 3"),
        Arguments.of("MODEL", "run"),
        Arguments.of("'three'", "run pepnet --epochs three"),
        Arguments.of("--rows", "run pepnet --rows"),
        Arguments.of("MODEL", "compare"),
        Arguments.of("did you mean '--seeds'?", "compare pepnet --seed 3"),
        Arguments.of("'three'", "compare pepnet --epochs three"),
        Arguments.of("--out", "prepare synthetic"),
        Arguments.of("SOURCE", "prepare --out x"),
        Arguments.of("--input", "predict x --output y"),
        Arguments.of("CASE", "parity"),
        Arguments.of("'wide'", "parity --tolerance wide x.h5"),
        Arguments.of("'tight'", "devices tight"));
  }

  @ParameterizedTest
  @MethodSource("misuses")
  void aMisuseSaysWhatIsExpectedAndWhereHelpIs(String message, String line) {
    Cli.misused(message, (Object[]) line.split(" "));
  }

  @Test
  void noCommandAtAll() {
    Cli.misused("Missing required subcommand");
  }

  @Test
  void helpAndVersionAreGood() {
    assertThat(Cli.good("--help").out())
        .contains("run", "train", "compare", "prepare", "predict", "evaluate", "export", "devices");
    assertThat(Cli.good("run", "--help").out()).contains("--batch-size", "--set", "--force");
    assertThat(Cli.good("compare", "--help").out())
        .contains("--seeds", "--markdown", "1,2,3.", "Models to compare: ");
    assertThat(Cli.good("--version").out()).contains("TensorFlow 2.18.0");
  }

  static Stream<Arguments> invalidRuns() {
    return Stream.of(
        Arguments.of("model 'pepnte' is unknown; did you mean 'pepnet'?", "run pepnte"),
        Arguments.of("model '' is unknown", "run ''"),
        Arguments.of("epochs is 0, expected at least 1", "run pepnet --epochs 0"),
        Arguments.of("batch_size is -1, expected at least 1", "run pepnet --batch-size -1"),
        Arguments.of("rows is 9, expected at least 10", "run pepnet --rows 9"),
        Arguments.of("--threads is -1, expected 0 or more", "run pepnet --threads -1"),
        Arguments.of("device (--device) 'tpu' is unknown", "run pepnet --device tpu"),
        Arguments.of("gpu:77", "run pepnet --device gpu:77"),
        Arguments.of(
            "unknown key 'learning_rat'; did you mean 'learning_rate'?",
            "run pepnet --set learning_rat=0.1"),
        Arguments.of(
            "unknown key 'pepnet_dropot'; did you mean 'pepnet_dropout'?",
            "run pepnet --set model_params.pepnet_dropot=0.1"),
        Arguments.of("model 'pepnte' is unknown; did you mean 'pepnet'?", "compare pepnet pepnte"),
        Arguments.of("expected key=value", "run pepnet --set epochs"),
        Arguments.of("expected key=value", "run pepnet --set =3"),
        Arguments.of("learning_rate is -1.0", "run pepnet --set learning_rate=-1"),
        Arguments.of("epochs", "run pepnet --set epochs=many"),
        Arguments.of("epochs", "run pepnet --set epochs=1.5"),
        Arguments.of("batch_size", "run pepnet --set training.batch_size=[1]"),
        Arguments.of("training", "run pepnet --set training=fast"),
        Arguments.of("optimizer", "run pepnet --set optimizer=adamw"),
        Arguments.of("pepnet_dropout is 1.0", "run pepnet --set pepnet_dropout=1"),
        Arguments.of("pepnet_dnn_units", "run pepnet --set pepnet_dnn_units=[]"),
        Arguments.of("task_names", "run pepnet --set task_names=[]"),
        Arguments.of(
            "task 'is_clik' has no label in the data; did you mean 'is_click'?",
            "run pepnet --set task_names=[is_clik]"),
        Arguments.of("validation_split", "run pepnet --set validation_split=1"),
        Arguments.of("patience is 2", "run pepnet --set patience=2"),
        Arguments.of("no such file", "run pepnet --config none.yaml"),
        Arguments.of("none: no such folder", "run pepnet --data none"),
        Arguments.of("--rows is for the built-in data", "run pepnet --data x --rows 100"),
        Arguments.of(
            "sinthetic: no such file or folder; did you mean the built-in 'synthetic'?",
            "prepare sinthetic --out never"),
        Arguments.of("rows is 0", "prepare synthetic --rows 0 --out never"),
        Arguments.of("none: not a SavedModel", "predict none --input a --output b"),
        Arguments.of("--batch-size is 0", "predict none --input a --output b --batch-size 0"),
        Arguments.of("none.h5: no such file", "parity none.h5"),
        Arguments.of("--tolerance is -1.0", "parity none.h5 --tolerance -1"),
        Arguments.of("--tolerance is NaN", "parity none.h5 --tolerance NaN"));
  }

  @ParameterizedTest
  @MethodSource("invalidRuns")
  void aWrongValueIsNamed(String message, String line) {
    String[] args = line.replace("''", "").split(" ", -1);
    Cli.invalid(message, (Object[]) args);
    assertThat(Path.of("never")).doesNotExist();
  }

  static Stream<Arguments> wrongYaml() {
    return Stream.of(
        Arguments.of("traning:\n  epochs: 1\n", "unknown key 'traning'; did you mean 'training'?"),
        Arguments.of("training:\n  epoch: 1\n", "unknown key 'epoch'; did you mean 'epochs'?"),
        Arguments.of("model_params:\n  pepnet_unit: [1]\n", "unknown key 'pepnet_unit'"),
        Arguments.of("training: [1, 2]\n", "training: found [1,2], expected keys and values"),
        Arguments.of("model: mmoe\n", "model is 'mmoe', requested is 'pepnet'"),
        Arguments.of("training:\n  epochs: x\n", "epochs"),
        Arguments.of("training:\n  epochs:\n", "epochs"),
        Arguments.of("a: [1\n", "not well formed"),
        Arguments.of("just text\n", "found no keys"),
        Arguments.of("training:\n  epochs: 1\n  epochs: 2\n", "epochs"),
        Arguments.of(
            "training:\n  loss_weights: {is_lik: 2}\n",
            "unknown task 'is_lik'; did you mean 'is_like'?"),
        Arguments.of(
            "feature_columns:\n  - {name: x, vocab_size: 3, emb_dims: 8}\n",
            "unknown key '[0].emb_dims'; did you mean 'emb_dim'?"),
        Arguments.of(
            "feature_columns:\n  - {name: user_id, vocab_size: 1001, group: [dnn]}\n",
            "no feature column is in the group 'epnet'"),
        Arguments.of("feature_columns: 7\n", "feature_columns"));
  }

  @ParameterizedTest
  @MethodSource("wrongYaml")
  void aWrongConfigurationNamesTheKey(String yaml, String message) throws IOException {
    Path config = Files.writeString(temp.resolve("config.yaml"), yaml);
    Path out = temp.resolve("run");
    Cli.invalid(message, "run", "pepnet", "--config", config, "--out", out);
    assertThat(out).doesNotExist();
  }

  @Test
  void aFaultOfTheProgramIsExitCode3AndOneLine() {
    Outcome outcome = fault("--throw", "exception");
    assertThat(outcome.exitCode()).isEqualTo(ScenerankCommand.INTERNAL_ERROR);
    assertThat(outcome.errLines()).hasSize(1);
    assertThat(outcome.err())
        .startsWith("scenerank: internal error: ")
        .contains("a fault on two lines")
        .contains("; -v shows where")
        .doesNotContain("at io.scenerank");
  }

  @Test
  void anErrorOfTheJvmIsExitCode3AndOneLine() {
    Outcome outcome = fault("--throw", "error");
    assertThat(outcome.exitCode()).isEqualTo(ScenerankCommand.INTERNAL_ERROR);
    assertThat(outcome.errLines()).hasSize(1);
    assertThat(outcome.err())
        .startsWith("scenerank: internal error: java.lang.OutOfMemoryError: Java heap space");
  }

  @Test
  void verboseShowsWhere() {
    assertThat(fault("--throw", "exception", "-v").err()).contains("at io.scenerank.cli");
    assertThat(fault("--throw", "error", "-v").err()).contains("at io.scenerank.cli");
    Outcome outcome = Cli.run("parity", "none.h5", "-v");
    assertThat(outcome.exitCode()).isEqualTo(ScenerankCommand.BAD_INPUT);
    assertThat(outcome.err())
        .startsWith("scenerank: none.h5: no such file")
        .contains("at io.scenerank.parity");
  }

  /** A command that fails as a command of ours might. */
  @Command(name = "fault")
  static final class FaultCommand implements Callable<Integer> {
    @Option(names = "--throw")
    String thrown;

    @Option(names = "-v")
    boolean verbose;

    @Override
    public Integer call() {
      if (thrown.equals("error")) {
        throw new OutOfMemoryError("Java heap space");
      }
      throw new IllegalStateException("a fault\non two lines");
    }
  }

  private static Outcome fault(String... args) {
    java.io.StringWriter err = new java.io.StringWriter();
    CommandLine command =
        ScenerankCommand.commandLine()
            .addSubcommand(new FaultCommand())
            .setErr(new java.io.PrintWriter(err, true));
    int code =
        command.execute(Stream.concat(Stream.of("fault"), Stream.of(args)).toArray(String[]::new));
    return new Outcome(code, "", err.toString());
  }

  @Test
  void theProcessEndsWithTheSameCodes() throws Exception {
    Outcome bad = child("run", "pepnte");
    assertThat(bad.exitCode()).as("%s", bad).isEqualTo(ScenerankCommand.BAD_INPUT);
    assertThat(bad.errLines()).as("%s", bad).hasSize(1);
    Cli.requireReadable(bad, "did you mean 'pepnet'?");
    Outcome good = child("--help");
    assertThat(good.exitCode()).as("%s", good).isZero();
    assertThat(good.err()).isEmpty();
  }

  private Outcome child(String... args) throws Exception {
    return ChildProcess.run(
        temp, ChildProcess.java(ChildProcess.classpath(), ScenerankCommand.class.getName(), args));
  }
}
