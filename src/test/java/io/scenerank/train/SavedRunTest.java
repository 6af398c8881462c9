package io.scenerank.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableMap;
import com.google.common.io.MoreFiles;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.Batch;
import io.scenerank.data.Batcher;
import io.scenerank.data.PackedRows;
import io.scenerank.feature.Schema;
import io.scenerank.testing.SmallModel;
import io.scenerank.train.LearningRateSchedule.Schedule;
import io.scenerank.train.Loss.LossForm;
import io.scenerank.train.TrainingState.TrainedState;
import io.scenerank.train.experiment.Experiment;
import io.scenerank.train.experiment.SavedRun;
import io.scenerank.train.optimizer.OptimizerFactory.OptimizerType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A run folder as a starting point. */
@Tag("slow")
class SavedRunTest extends TrainerFixture {
  private static final int STEPS = 10;
  private static final TrainingConfig CONFIG = training(OptimizerType.ADAM, Schedule.CONSTANT);

  @TempDir private static Path shared;
  private static TrainedState trained;

  @BeforeAll
  static void trainOnce() throws IOException {
    trained = train(CONFIG, shared, SmallModel.rows(ROWS, 1));
  }

  private Path run;

  @BeforeEach
  void name() {
    run = folder.resolve("run");
  }

  /** A run of {@link #CONFIG} to change. */
  private void copyRun() throws IOException {
    try (Stream<Path> files = Files.walk(shared)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path copy = run.resolve(shared.relativize(file).toString());
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy);
      }
    }
  }

  private static TrainingConfig training(OptimizerType optimizer, Schedule schedule) {
    return new TrainingConfig(
        2, 16, optimizer, 0.02f, schedule, LossForm.LOGITS, ImmutableMap.of(), 0, 0);
  }

  private static Trainer trainer(TrainingConfig config) {
    return trainer(config, PARAMS, 3, TrainingListener.NONE);
  }

  /** Trains two epochs into the run folder; returns what they came to. */
  private TrainedState train(TrainingConfig config) throws IOException {
    return train(config, run, rows);
  }

  private static TrainedState train(TrainingConfig config, Path run, PackedRows rows)
      throws IOException {
    Files.createDirectories(run);
    SavedRun.describe(
        run,
        new Experiment(SmallModel.definition(PARAMS), config),
        Optional.of(SmallModel.schema()));
    try (Trainer trainer = trainer(config)) {
      trainer.fit(rows, SavedRun.checkpoints(run));
      return trainer.graph().state(STEPS);
    }
  }

  private static void requireSame(TrainedState actual, TrainedState expected) {
    assertThat(lists(actual.weights())).isEqualTo(lists(expected.weights()));
    assertThat(actual.adam().map(adam -> lists(adam.m())))
        .isEqualTo(expected.adam().map(adam -> lists(adam.m())));
    assertThat(actual.adam().map(adam -> lists(adam.v())))
        .isEqualTo(expected.adam().map(adam -> lists(adam.v())));
  }

  @Test
  void holdsModelTrainingAndSchema() throws IOException {
    copyRun();
    SavedRun saved = SavedRun.open(run);
    assertThat(saved.folder()).isEqualTo(run);
    assertThat(saved.experiment()).isEqualTo(new Experiment(SmallModel.definition(PARAMS), CONFIG));
    assertThat(saved.schema()).contains(SmallModel.schema());
    assertThat(saved.state()).isEqualTo(new TrainingState(2, STEPS, 3, ROWS, 16, 0, -1));
    Files.delete(run.resolve("schema.json"));
    assertThat(SavedRun.open(run).schema()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "ADAM,LAZY_ADAM,true",
    "LAZY_ADAM,ADAM,true",
    "ADAGRAD,ADAGRAD,true",
    "ADAM,SGD,false",
    "SGD,ADAM,false",
    "ADAGRAD,LAZY_ADAM,false",
  })
  void slotsComeAlongWhereTheOptimizerTakesThem(
      OptimizerType before, OptimizerType after, boolean kept) throws IOException {
    TrainedState state = train(training(before, Schedule.CONSTANT));
    SavedRun saved = SavedRun.open(run);
    assertThat(saved.keepsSlots(after)).isEqualTo(kept);
    try (Trainer trainer = trainer(training(after, Schedule.CONSTANT));
        Trainer fresh = trainer(training(after, Schedule.CONSTANT))) {
      TrainingState restored = saved.restore(trainer.graph());
      assertThat(restored.step()).isEqualTo(kept ? STEPS : 0);
      TrainedState values = trainer.graph().state(restored.step());
      assertThat(lists(values.weights())).isEqualTo(lists(state.weights()));
      if (after.isAdam()) {
        requireSame(
            values,
            new TrainedState(state.weights(), kept ? state.adam() : fresh.graph().state(0).adam()));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"LAZY_ADAM,COSINE", "ADAM,CONSTANT"})
  void goingOnCountsStepsOnAndBeginsTheScheduleAnew(OptimizerType optimizer, Schedule schedule)
      throws IOException {
    TrainingConfig config = training(optimizer, schedule);
    TrainedState state = train(config);
    TrainingGraph.Options options = TrainingGraph.Options.of(config, 3, Device.parse("cpu"), 1);
    try (Trainer trainer = trainer(config);
        TrainingGraph byHand = new TrainingGraph(SmallModel.definition(PARAMS), options)) {
      TrainingState restored = SavedRun.open(run).restore(trainer.graph());
      trainer.fit(rows, checkpoints("on"), restored.step());
      byHand.assign(state);
      int step = 0;
      for (int epoch = 0; epoch < 2; epoch++) {
        try (Batcher batches =
            Batcher.of(rows)
                .reading(SmallModel.definition(PARAMS).layout(), SmallModel.TASKS)
                .shuffled(3, epoch)
                .batchSize(16)
                .start()) {
          while (batches.hasNext()) {
            try (Batch batch = batches.next()) {
              byHand.step(batch, STEPS + step, schedule.rate(0.02f, step, 2 * 5));
              step++;
            }
          }
        }
      }
      requireSame(trainer.graph().state(2 * STEPS), byHand.state(2 * STEPS));
      assertThat(checkpoints("on").latest())
          .contains(new TrainingState(2, 2 * STEPS, 3, ROWS, 16, 0, -1));
    }
  }

  @Test
  void withPatienceTheBestEpochsVariablesAreRestored() throws IOException {
    Config patient = Config.PLAIN.optimizer(OptimizerType.SGD, 3f).epochs(6).validation(0.3, 2);
    TrainingConfig config = patient.build(ImmutableMap.of());
    train(config);
    SavedRun saved = SavedRun.open(run);
    assertThat(saved.state().bestEpoch()).isPositive().isLessThan(saved.state().epoch());
    try (Trainer kept = trainer(config);
        Trainer restored = trainer(config)) {
      kept.fit(rows, checkpoints("again"));
      TrainingState state = saved.restore(restored.graph());
      assertThat(state.epoch()).isEqualTo(saved.state().bestEpoch());
      assertThat(weights(restored)).isEqualTo(weights(kept));
    }
  }

  @Test
  void anImportIsARunBeforeItsFirstEpoch() throws IOException {
    Path imported = Files.createDirectories(folder.resolve("imported"));
    Experiment experiment = new Experiment(SmallModel.definition(PARAMS), CONFIG);
    SavedRun.describe(imported, experiment, Optional.empty());
    try (Trainer importer = trainer(CONFIG, PARAMS, 9, TrainingListener.NONE);
        Trainer trainer = trainer(CONFIG)) {
      importer.graph().assign(trained);
      SavedRun.checkpoints(imported).save(importer.graph(), TrainingState.imported(1234));
      assertThat(names(imported.resolve("checkpoint"))).containsExactly("epoch-00000");
      SavedRun saved = SavedRun.open(imported);
      assertThat(saved.restore(trainer.graph())).isEqualTo(TrainingState.imported(1234));
      requireSame(trainer.graph().state(1234), trained);
      trainer.fit(rows, checkpoints("on"), 1234);
      assertThat(checkpoints("on").latest().orElseThrow().step()).isEqualTo(1234 + STEPS);
    }
  }

  @Test
  void moreStepsThanAreCountedAreRefused() throws IOException {
    try (Trainer trainer = trainer(CONFIG)) {
      assertThatThrownBy(() -> trainer.fit(rows, checkpoints("on"), Integer.MAX_VALUE - 5))
          .isInstanceOf(InvalidInputException.class)
          .hasMessage(
              "10 more steps after step 2147483642 exceed the largest step number, 2^31 - 1");
    }
  }

  /** What is replaced in a file of the run (all of it where {@code from} is empty). */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "config.yaml | - | - | /config.yaml: no such file, expected in a run folder",
        "config.yaml | '' | '' | /config.yaml: key 'model' is missing",
        "config.yaml | '' | '[' | /config.yaml: not well formed",
        "config.yaml | '' | 'hello' | /config.yaml: found no keys",
        "config.yaml | model: | modul: | /config.yaml: unknown key 'modul'; did you mean 'model'?",
        "config.yaml | model: pepnet | model: pepnte | /config.yaml: model 'pepnte' is unknown",
        "config.yaml | task_names: | tasks: | /config.yaml: key 'model_params.task_names' is",
        "config.yaml | batch_size: | batch_sise: | /config.yaml: training: unknown key",
        "config.yaml | emb_dim: 4 | emb_dim: 0 | /config.yaml: feature_columns: feature column",
        "config.yaml | - epnet | - epnot | /config.yaml: model 'pepnet': no feature column is in",
        "schema.json | '' | '{' | /schema.json: not well formed",
        "schema.json | tasks | labels | /schema.json: ",
        "checkpoint/epoch-00002/state.json | - | - | damaged (state.json: cannot be read",
        "checkpoint/epoch-00002/state.json | 10 | -10 | damaged (state.json: step is -10",
        "checkpoint/epoch-00002/state.json | 10 | 1e3 | damaged (state.json: key 'step': ",
      })
  void aWrongFileIsNamed(String name, String from, String to, String message) throws IOException {
    copyRun();
    Path file = run.resolve(name);
    if (from == null) {
      Files.delete(file);
    } else {
      String text = Files.readString(file);
      assertThat(text).contains(from);
      Files.writeString(file, from.isEmpty() ? to : text.replace(from, to));
    }
    assertThatThrownBy(() -> SavedRun.open(run))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(run.toString())
        .hasMessageContaining(message)
        .message()
        .doesNotContain("\n");
  }

  @Test
  void aRunWithoutCheckpointIsNamed() throws IOException {
    copyRun();
    MoreFiles.deleteRecursively(run.resolve("checkpoint"));
    assertThatThrownBy(() -> SavedRun.open(run))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            run.resolve("checkpoint")
                + ": not a checkpoint, expected a folder such as epoch-00001");
  }

  @ParameterizedTest
  @CsvSource({"variables.index", "variables.data-00000-of-00001"})
  void aMissingOrDamagedPartOfTheCheckpointIsNamed(String name) throws IOException {
    copyRun();
    Path file = run.resolve("checkpoint/epoch-00002").resolve(name);
    SavedRun saved = SavedRun.open(run);
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    try (Trainer trainer = trainer(saved.experiment().training())) {
      Files.write(file, bytes);
      assertThatThrownBy(() -> saved.restore(trainer.graph()))
          .as("one bit is another")
          .isInstanceOf(InvalidInputException.class)
          .hasMessageStartingWith(file.getParent() + ": the checkpoint is damaged (")
          .hasMessageContaining("hecksum")
          .hasMessageEndingWith("); delete it to use the checkpoint before it, epoch-00001");
      Files.delete(file);
      assertThatThrownBy(() -> saved.restore(trainer.graph()))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageStartingWith(
              file.getParent() + ": the checkpoint is damaged (" + name + ": no such file)");
      MoreFiles.deleteRecursively(file.getParent());
      SavedRun before = SavedRun.open(run);
      assertThat(before.restore(trainer.graph()).epoch()).isEqualTo(1);
    }
  }

  @Test
  void oneOfSeveralShardsThatIsMissingIsNamed() throws IOException {
    Path prefix = folder.resolve("variables");
    for (String name : List.of(".index", ".data-00000-of-00003", ".data-00002-of-00003")) {
      Files.writeString(folder.resolve("variables" + name), name);
    }
    assertThatThrownBy(() -> CheckpointFiles.requireWhole(prefix))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(prefix + ".data-00001-of-00003: no such file");
  }

  @ParameterizedTest
  @CsvSource({"'[3]','[4]',dense", "vocab_size: 7,vocab_size: 9,embedding.user.embeddings"})
  void aCheckpointOfOtherShapesIsRefused(String from, String to, String variable)
      throws IOException {
    copyRun();
    Path file = run.resolve("config.yaml");
    String text =
        Files.readString(file).replaceAll("pepnet_dnn_units:\\s+- 3", "pepnet_dnn_units: [3]");
    assertThat(text).contains(from);
    Files.writeString(file, text.replace(from, to));
    SavedRun saved = SavedRun.open(run);
    TrainingGraph.Options options =
        TrainingGraph.Options.of(saved.experiment().training(), 3, Device.parse("cpu"), 1);
    try (TrainingGraph graph = new TrainingGraph(saved.experiment().definition(), options)) {
      assertThatThrownBy(() -> saved.restore(graph))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageStartingWith(
              run.resolve("checkpoint/epoch-00002") + ": the checkpoint does not fit the model (")
          .hasMessageContaining(variable)
          .hasMessageContaining("is not compatible with expected shape")
          .message()
          .doesNotContain("\n");
    }
  }

  @Test
  void trainingCanBeOtherThanTheRuns() throws IOException {
    copyRun();
    SavedRun saved = SavedRun.open(run);
    Schema data = SmallModel.schema();
    assertThat(saved.retrain(Optional.empty(), List.of(), data, line -> {}))
        .isEqualTo(saved.experiment());
    Path file =
        Files.writeString(
            folder.resolve("other.yaml"),
            "model: pepnet\ntraining: {learning_rate: 0.5, loss_weights: {like: 2.0}}\n");
    Experiment changed =
        saved.retrain(Optional.of(file), List.of("epochs=7", "optimizer=sgd"), data, line -> {});
    assertThat(changed.definition()).isEqualTo(saved.experiment().definition());
    assertThat(changed.training())
        .isEqualTo(
            new TrainingConfig(
                7,
                16,
                OptimizerType.SGD,
                0.5f,
                Schedule.CONSTANT,
                LossForm.LOGITS,
                ImmutableMap.of("like", 2f),
                0,
                0));
    Path own = run.resolve("config.yaml");
    assertThat(saved.retrain(Optional.of(own), List.of("pepnet_dropout=0.3"), data, line -> {}))
        .as("what says the same changes nothing")
        .isEqualTo(saved.experiment());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "pepnet_dropout=0.4 | '' | model_params.pepnet_dropout is 0.4 but 0.3 in the run ",
        "pepnet_dnn_units=[4] | '' | model_params.pepnet_dnn_units is [4] but [3] in the run ",
        "task_names=[like] | '' | model_params.task_names is [\"like\"] but [\"click\",\"like\"]"
            + " in",
        "epoch=2 | '' | setting (--set): unknown key 'epoch'; did you mean 'epochs'?",
        "epochs=0 | '' | training.epochs is 0, expected at least 1",
        "epochs=2 | 'model: apg' | : model is apg but pepnet in the run ",
        "epochs=2 | 'model_params: {l2_reg: 0.5}' | model_params.l2_reg is 0.5 but 1.0E-4 in",
        "epochs=2 | 'feature_columns: [{name: user, vocab_size: 7, group: [dnn, pepnet, epnet]}]'"
            + " | feature_columns[0] is {\"name\":\"user",
        "epochs=2 | 'training: {epoch: 2}' | training: unknown key 'epoch'",
      })
  void modelAndColumnsStayThoseOfTheRun(String setting, String yaml, String message)
      throws IOException {
    copyRun();
    Path file = Files.writeString(folder.resolve("other.yaml"), yaml);
    SavedRun saved = SavedRun.open(run);
    assertThatThrownBy(
            () ->
                saved.retrain(Optional.of(file), List.of(setting), SmallModel.schema(), line -> {}))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(message)
        .message()
        .doesNotContain("\n");
  }
}
