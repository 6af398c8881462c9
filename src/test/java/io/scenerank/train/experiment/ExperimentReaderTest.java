package io.scenerank.train.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.model.ModelParams.Activation;
import io.scenerank.model.Models;
import io.scenerank.model.PepNetParams;
import io.scenerank.testing.SmallModel;
import io.scenerank.train.LearningRateSchedule.Schedule;
import io.scenerank.train.Loss.LossForm;
import io.scenerank.train.TrainingConfig;
import io.scenerank.train.optimizer.OptimizerFactory.OptimizerType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExperimentReaderTest {
  private final ExperimentReader reader = new ExperimentReader(Models.standard());
  @TempDir Path folder;

  private Path write(String yaml) throws IOException {
    return Files.writeString(folder.resolve("model.yaml"), yaml);
  }

  private Experiment read(Optional<Path> file, String... settings) {
    return reader.read(Models.PEPNET, file, List.of(settings), SmallModel.schema());
  }

  private static PepNetParams params(Experiment experiment) {
    return (PepNetParams) experiment.definition().params();
  }

  @Test
  void withoutAFileTheDefaultsAndTheSchemasColumns() {
    Experiment experiment = read(Optional.empty());
    assertThat(params(experiment)).isEqualTo(PepNetParams.defaults(SmallModel.TASKS));
    assertThat(experiment.training()).isEqualTo(TrainingConfig.defaults());
    assertThat(experiment.definition().columns()).isEqualTo(SmallModel.COLUMNS);
  }

  @Test
  void fileThenSettings() throws IOException {
    Path file =
        write(
            """
            model: pepnet
            model_params:
              pepnet_dnn_units: [8]
              pepnet_dropout: 0.2
            training:
              epochs: 9
              optimizer: adam
              loss_weights: {click: 2.0}
            """);
    Experiment experiment =
        read(
            Optional.of(file),
            "epochs=5",
            "training.batch_size=32",
            "model_params.pepnet_activation=tanh",
            "linear_logits=true",
            "pepnet_dnn_units=[6, 5]",
            "loss_weights.like=0.5",
            "loss=probabilities",
            "learning_rate=1e-2");
    assertThat(params(experiment))
        .isEqualTo(
            new PepNetParams(
                SmallModel.TASKS, ImmutableList.of(6, 5), Activation.TANH, 0.2f, 1e-5f, true));
    assertThat(experiment.training())
        .isEqualTo(
            new TrainingConfig(
                5,
                32,
                OptimizerType.ADAM,
                0.01f,
                Schedule.COSINE,
                LossForm.PROBABILITIES,
                ImmutableMap.of("click", 2f, "like", 0.5f),
                0,
                0));
  }

  @Test
  void laterSettingWins() {
    assertThat(read(Optional.empty(), "epochs=5", "training.epochs=6").training().epochs())
        .isEqualTo(6);
  }

  @Test
  void settingOfAnEqualsSign() {
    assertThatThrownBy(() -> read(Optional.empty(), "optimizer=a=b"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("a=b");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "epochs | setting (--set) 'epochs': expected key=value",
        "=5 | setting (--set) '=5': expected key=value",
        "epoch=5 | setting (--set): unknown key 'epoch'; did you mean 'epochs'?",
        "training.epoch=5"
            + "| configuration: training: unknown key 'epoch'; did you mean 'epochs'?",
        "model_params.l2=5"
            + "| configuration: model_params: unknown key 'l2'; known: l2_reg, linear_logits,"
            + " pepnet_activation, pepnet_dnn_units, pepnet_dropout, task_names",
        "epochs=0 | configuration: training: training.epochs is 0, expected at least 1",
        "training=5 | configuration: training: found 5, expected keys and values",
        "pepnet_dropout=2| configuration: model_params: pepnet_dropout is 2.0, expected at least 0"
            + " and below 1",
        "task_names=[clik] | task 'clik' has no label in the data; did you mean 'click'?",
        "loss_weights.likes=2"
            + "| training.loss_weights: unknown task 'likes'; did you mean 'like'?",
        "patience=2"
            + "| configuration: training: training.patience is 2 but validation_split is 0:"
            + " nothing tells when to stop",
        "pepnet_dnn_units=[64 | setting (--set) pepnet_dnn_units=[64: '[64' is not a YAML value"
      })
  void settingsThatAreWrong(String setting, String message) {
    assertThatThrownBy(() -> read(Optional.empty(), setting))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "epochs=many",
        "epochs=1.5",
        "epochs=",
        "epochs.x=1",
        "optimizer=adamm",
        "learning_rate=fast",
        "pepnet_dnn_units=5",
        "pepnet_dnn_units=[a]",
        "pepnet_dnn_units=[null]",
        "pepnet_dnn_units=null",
        "pepnet_dnn_units=~",
        "pepnet_activation=null",
        "task_names=null",
        "linear_logits=maybe",
        "optimizer=null",
        "loss_weights=3",
        "loss_weights=null",
        "loss_weights.click=null"
      })
  void valueOfAnotherTypeNamesItsKey(String setting) {
    String key = setting.substring(0, setting.indexOf('=')).replaceAll("\\..*", "");
    assertThatThrownBy(() -> read(Optional.empty(), setting))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageMatching("configuration: (training|model_params): key '" + key + ".*")
        .message()
        .doesNotContain("\n")
        .doesNotContain("Exception");
  }

  @ParameterizedTest
  @ValueSource(strings = {".=5", "..=5", ".epochs=5", "training..=5"})
  void keysOfDots(String setting) {
    assertThatThrownBy(() -> read(Optional.empty(), setting))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("unknown key");
  }

  // The model's name

  @Test
  void modelIsNamedByTheArgumentOrTheFile() throws IOException {
    Optional<Path> file = Optional.of(write("model: pepnet\n"));
    assertThat(reader.type(Optional.empty(), file)).isEqualTo(Models.PEPNET);
    assertThat(reader.type(Optional.of("pepnet"), file)).isEqualTo(Models.PEPNET);
    assertThat(reader.type(Optional.of("pepnet"), Optional.empty())).isEqualTo(Models.PEPNET);
  }

  @Test
  void modelThatNobodyNamesOrTwoName() throws IOException {
    Optional<Path> nameless = Optional.of(write("training: {epochs: 2}\n"));
    assertThatThrownBy(() -> reader.type(Optional.empty(), nameless))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("no model is named; expected MODEL");
    Path file = write("model: pepnet\n");
    assertThatThrownBy(() -> reader.type(Optional.of("apg"), Optional.of(file)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(file + ": model is 'pepnet', requested is 'apg'");
    Optional<Path> unknown = Optional.of(write("model: pepnett\n"));
    assertThatThrownBy(() -> reader.type(Optional.empty(), unknown))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("model 'pepnett' is unknown; did you mean 'pepnet'?");
  }

  // The file

  @Test
  void keysOfTheFile() throws IOException {
    Path unknown = write("model: pepnet\ntrainig: {epochs: 2}\n");
    assertThatThrownBy(() -> read(Optional.of(unknown)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(unknown + ": unknown key 'trainig'; did you mean 'training'?");
    Path nested = write("training: {epoch: 2}\n");
    assertThatThrownBy(() -> read(Optional.of(nested)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(nested + ": training: unknown key 'epoch'; did you mean 'epochs'?");
    Path list = write("- model\n");
    assertThatThrownBy(() -> read(Optional.of(list)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(list + ": found no keys, expected some of [model");
  }

  @Test
  void emptySectionsAreDefaults() throws IOException {
    Path file = write("model: pepnet\nmodel_params:\ntraining:\n");
    assertThat(read(Optional.of(file)).training()).isEqualTo(TrainingConfig.defaults());
  }

  @Test
  void columnsOfTheFileReplaceTheSchemas() throws IOException {
    Path file =
        write(
            """
            feature_columns:
              - {name: user, vocab_size: 7, emb_dim: 8, group: [dnn, pepnet]}
              - {name: scene, vocab_size: 3, group: [epnet]}
              - {name: age, type: dense, group: [dnn]}
            """);
    assertThat(read(Optional.of(file)).definition().columns())
        .containsExactly(
            FeatureColumn.sparse("user", 7, 8, "dnn", "pepnet"),
            FeatureColumn.sparse("scene", 3, 4, "epnet"),
            FeatureColumn.dense("age", 1, "dnn"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[{name: user, vocab_sise: 7}] | unknown key '[0].vocab_sise'; did you mean 'vocab_size'?",
        "[{name: user, vocab_size: 0}]"
            + "| feature column 'user': vocab_size is 0, expected at least 1"
      })
  void columnsThatAreWrong(String columns, String message) throws IOException {
    Path file = write("feature_columns: " + columns + "\n");
    assertThatThrownBy(() -> read(Optional.of(file)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(file + ": feature_columns: " + message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"5", "[5]", "[null]", "{name: user}"})
  void columnsThatAreNoList(String columns) throws IOException {
    Path file = write("feature_columns: " + columns + "\n");
    assertThatThrownBy(() -> read(Optional.of(file)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(file + ": feature_columns: ")
        .message()
        .doesNotContain("\n");
  }

  @Test
  void configurationThatIsWrittenIsReadBack() throws IOException {
    Experiment experiment =
        read(Optional.empty(), "epochs=5", "loss_weights.like=0.5", "optimizer=adagrad");
    Path file = write(new ConfigMapper().toYaml(experiment.toConfig()));
    Experiment again = read(Optional.of(file));
    assertThat(again.training()).isEqualTo(experiment.training());
    assertThat(again.definition().params()).isEqualTo(experiment.definition().params());
    assertThat(again.definition().columns()).isEqualTo(experiment.definition().columns());
    assertThat(reader.type(Optional.empty(), Optional.of(file))).isEqualTo(Models.PEPNET);
  }

  // TrainingConfig

  @Test
  void trainingDefaults() {
    TrainingConfig config = TrainingConfig.defaults();
    assertThat(config.optimizer()).isEqualTo(OptimizerType.LAZY_ADAM);
    assertThat(config.loss()).isEqualTo(LossForm.LOGITS);
    assertThat(TrainingConfig.keras().optimizer()).isEqualTo(OptimizerType.ADAM);
    assertThat(TrainingConfig.keras().loss()).isEqualTo(LossForm.PROBABILITIES);
    assertThat(config.learningRate()).isEqualTo(0.008f);
    assertThat(config.schedule()).isEqualTo(Schedule.COSINE);
    assertThat(TrainingConfig.keras().learningRate()).isEqualTo(0.001f);
    assertThat(TrainingConfig.keras().schedule()).isEqualTo(Schedule.CONSTANT);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "epochs=0 | epochs is 0, expected at least 1",
        "batch_size=0 | batch_size is 0, expected at least 1",
        "learning_rate=0 | learning_rate is 0.0, expected a number above 0",
        "validation_split=1 | validation_split is 1.0, expected at least 0 and below 1",
        "validation_split=-0.1 | validation_split is -0.1, expected at least 0 and below 1",
        "patience=-1 | patience is -1, expected 0 or more",
        "loss_weights.click=-1 | loss_weights.click is -1.0, expected 0 or more"
      })
  void trainingOutOfRange(String setting, String message) {
    assertThatThrownBy(() -> read(Optional.empty(), setting))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("configuration: training: training." + message);
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY})
  void ratesAndWeightsAreFinite(float value) {
    assertThatThrownBy(
            () ->
                new TrainingConfig(
                    1,
                    1,
                    OptimizerType.SGD,
                    value,
                    Schedule.CONSTANT,
                    LossForm.LOGITS,
                    ImmutableMap.of(),
                    0,
                    0))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("training.learning_rate is " + value + ", expected a number above 0");
    assertThatThrownBy(
            () ->
                new TrainingConfig(
                    1,
                    1,
                    OptimizerType.SGD,
                    1f,
                    Schedule.CONSTANT,
                    LossForm.LOGITS,
                    ImmutableMap.of("click", value),
                    0,
                    0))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("training.loss_weights.click is " + value + ", expected 0 or more");
  }
}
