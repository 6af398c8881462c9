package io.scenerank.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.Maps;
import com.google.common.primitives.Floats;
import io.scenerank.data.PreparedDataset;
import io.scenerank.testing.ChildProcess.Outcome;
import io.scenerank.train.Checkpoints;
import io.scenerank.train.Device;
import io.scenerank.train.Trainer;
import io.scenerank.train.TrainingGraph;
import io.scenerank.train.TrainingListener;
import io.scenerank.train.TrainingState.TrainedState;
import io.scenerank.train.experiment.Experiment;
import io.scenerank.train.experiment.SavedRun;
import io.scenerank.train.optimizer.AdamState;
import io.scenerank.variable.FloatTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code train}, from first values and from a run. */
@Tag("slow")
class TrainCommandTest {
  /** 300 rows by 64. */
  private static final int STEPS_AN_EPOCH = 5;

  @TempDir private static Path shared;
  private static Path data;
  private static Path run;
  private static JsonNode report;

  @TempDir private Path temp;

  @BeforeAll
  static void trainOnce() throws IOException {
    data = SmallDataset.write(shared.resolve("data"));
    run = shared.resolve("run");
    report =
        RunCommandTest.json(
            Cli.good(
                train(
                    data,
                    run,
                    "--model",
                    "pepnet",
                    "--seed",
                    5,
                    "--epochs",
                    2,
                    "--batch-size",
                    64,
                    "--set",
                    "schedule=constant",
                    "--set",
                    "pepnet_dnn_units=[8, 4]",
                    "--json")));
  }

  private static Object[] train(Path data, Path out, Object... more) {
    return Stream.concat(
            Stream.of("train", "--data", data, "--out", out, "--threads", 1, "--device", "cpu"),
            Stream.of(more))
        .toArray();
  }

  private static Map<String, List<Float>> lists(Map<String, FloatTensor> values) {
    return new HashMap<>(Maps.transformValues(values, value -> Floats.asList(value.values())));
  }

  private static void requireSame(TrainedState actual, TrainedState expected) {
    assertThat(lists(actual.weights())).isEqualTo(lists(expected.weights()));
    AdamState left = actual.adam().orElseThrow();
    AdamState right = expected.adam().orElseThrow();
    assertThat(left.step()).isEqualTo(right.step());
    assertThat(lists(left.m())).isEqualTo(lists(right.m()));
    assertThat(lists(left.v())).isEqualTo(lists(right.v()));
  }

  @Test
  void aModelIsTrainedAsRunTrainsIt() throws IOException {
    JsonNode same =
        RunCommandTest.json(
            Cli.good(
                "run",
                "pepnet",
                "--data",
                data,
                "--config",
                run.resolve("config.yaml"),
                "--seed",
                5,
                "--threads",
                1,
                "--device",
                "cpu",
                "--out",
                temp.resolve("run"),
                "--json"));
    assertThat(report.get("metrics")).isEqualTo(same.get("metrics"));
    assertThat(report.fieldNames()).toIterable().isEqualTo(ImmutableList.copyOf(same.fieldNames()));
    assertThat(RunCommandTest.children(run))
        .isEqualTo(RunCommandTest.children(temp.resolve("run")));
    requireSame(SavedRun.open(run).read(), SavedRun.open(temp.resolve("run")).read());
  }

  @Test
  void fromARunItGoesOnWhereThatStopped() throws IOException {
    Path out = temp.resolve("on");
    Outcome outcome = Cli.good(train(data, out, "--from", run));
    assertThat(outcome.err()).contains("continuing from " + run + " after 10 steps");
    assertThat(outcome.out())
        .contains("Trained 2 epochs", "the same predictions, largest difference 0");
    SavedRun on = SavedRun.open(out);
    assertThat(on.state().epoch()).isEqualTo(2);
    assertThat(on.state().step()).isEqualTo(4 * STEPS_AN_EPOCH);
    assertThat(on.state().seed()).as("that of the run").isEqualTo(5);
    assertThat(on.experiment()).isEqualTo(SavedRun.open(run).experiment());

    // By hand: both trainings in one graph.
    Experiment experiment = on.experiment();
    PreparedDataset dataset = PreparedDataset.open(data);
    try (Trainer trainer =
        new Trainer(
            experiment.definition(),
            TrainingGraph.Options.of(experiment.training(), 5, Device.parse("cpu"), 1),
            dataset.schema().scenario(),
            TrainingListener.NONE)) {
      trainer.fit(dataset.train(), new Checkpoints(temp.resolve("first")));
      requireSame(SavedRun.open(run).read(), trainer.graph().state(2 * STEPS_AN_EPOCH));
      trainer.fit(dataset.train(), new Checkpoints(temp.resolve("second")), 2 * STEPS_AN_EPOCH);
      requireSame(on.read(), trainer.graph().state(4 * STEPS_AN_EPOCH));
    }
  }

  @Test
  void trainingCanBeAnotherAndMomentsAreDroppedWithALine() throws IOException {
    Path out = temp.resolve("sgd");
    Outcome outcome =
        Cli.good(
            train(
                data,
                out,
                "--from",
                run,
                "--set",
                "optimizer=sgd",
                "--set",
                "learning_rate=0.5",
                "--epochs",
                1,
                "--seed",
                8,
                "--json"));
    assertThat(outcome.err())
        .contains(
            "continuing from the weights of "
                + run
                + "; the moments of lazy_adam are dropped, sgd begins with a new state");
    JsonNode json = RunCommandTest.json(outcome);
    assertThat(json.get("epochs").asInt()).isEqualTo(1);
    assertThat(json.get("seed").asLong()).isEqualTo(8);
    assertThat(json.get("reload_max_abs_diff").asDouble()).isZero();
    SavedRun sgd = SavedRun.open(out);
    assertThat(sgd.state().step()).as("steps count from 0").isEqualTo(STEPS_AN_EPOCH);
    assertThat(sgd.experiment().training().learningRate()).isEqualTo(0.5f);
    Outcome back =
        Cli.good(train(data, temp.resolve("back"), "--from", out, "--set", "optimizer=adam"));
    assertThat(back.err()).contains("; the state of sgd is dropped, adam begins with new moments");
  }

  @Test
  void aRunCanBeReplacedByItsOwnContinuation() throws IOException {
    Path copy = temp.resolve("run");
    Cli.good(train(data, copy, "--from", run, "--epochs", 1));
    Cli.invalid(copy + ": exists already", train(data, copy, "--from", copy));
    Cli.good(train(data, copy, "--from", copy, "--epochs", 1, "--force"));
    assertThat(SavedRun.open(copy).state().step()).isEqualTo(4 * STEPS_AN_EPOCH);
    assertThat(RunCommandTest.children(temp)).containsExactly("run");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--set pepnet_dropout=0.4 | model_params.pepnet_dropout is 0.4 but 0.1 in the run ",
        "--set task_names=[click] | model_params.task_names is [\"click\"] but ",
        "--set epoch=4 | setting (--set): unknown key 'epoch'; did you mean 'epochs'?",
        "--epochs 0 | training.epochs is 0, expected at least 1",
      })
  void whatBelongsToTheModelCannotBeChanged(String option, String message) {
    Path out = temp.resolve("on");
    Object[] args =
        Stream.concat(
                Stream.of(train(data, out, "--from", run)), Stream.of((Object[]) option.split(" ")))
            .toArray();
    Cli.invalid(message, args);
    assertThat(out).doesNotExist();
  }

  @Test
  void aConfigurationOfAnotherModelIsRefused() throws IOException {
    Path config = Files.writeString(temp.resolve("apg.yaml"), "model: apg\n");
    Path out = temp.resolve("on");
    Cli.invalid(
        config + ": model is apg but pepnet in the run " + run,
        train(data, out, "--from", run, "--config", config));
    Cli.invalid(
        config + ": model is 'apg', requested is 'pepnet'",
        train(data, out, "--model", "pepnet", "--config", config));
  }

  /** What is changed in the data's schema. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"age\" | \"aged\" | feature 'age', which the model reads, is not in the data; did you"
            + " mean 'aged'?",
        "\"vocab_size\" : 20 | \"vocab_size\" : 21 | feature 'user' is SPARSE of width 1 and 21"
            + " ids in the data but the model expects SPARSE of width 1 and 20 ids",
        "\"max_len\" : 3 | \"max_len\" : 4 | feature 'history' is VARLEN_SPARSE of width 4",
      })
  void dataThatTheModelCannotReadIsRefusedBeforeItIsRead(String from, String to, String message)
      throws IOException {
    Path folder = SmallDataset.write(temp.resolve("data"));
    Path schema = folder.resolve("schema.json");
    String text = Files.readString(schema);
    assertThat(text).contains(from);
    Files.writeString(schema, text.replace(from, to));
    Cli.invalid(schema + ": " + message, train(folder, temp.resolve("on"), "--from", run));
  }

  @Test
  void eitherAModelOrARunAndAlwaysData() {
    Path out = temp.resolve("on");
    Cli.misused("--model=MODEL", train(data, out));
    Cli.misused("mutually exclusive", train(data, out, "--model", "pepnet", "--from", run));
    Cli.misused("Missing required option: '--data=DIR'", "train", "--model", "pepnet");
    Cli.misused("Unknown options: '--rows'", train(data, out, "--model", "pepnet", "--rows", 9));
    Cli.invalid(
        "model 'pepnte' is unknown; did you mean 'pepnet'?", train(data, out, "--model", "pepnte"));
    Cli.invalid(
        temp.resolve("config.yaml") + ": no such file, expected in a run folder",
        train(data, out, "--from", temp));
  }
}
