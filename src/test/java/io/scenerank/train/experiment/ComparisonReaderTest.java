package io.scenerank.train.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import com.google.common.collect.ImmutableList;
import io.scenerank.config.InvalidInputException;
import io.scenerank.model.ModelParams;
import io.scenerank.model.ModelParams.ModelInputs;
import io.scenerank.model.ModelType;
import io.scenerank.model.Models;
import io.scenerank.model.PepNetParams;
import io.scenerank.testing.SmallModel;
import io.scenerank.train.Loss.LossWeights;
import io.scenerank.train.TrainingConfig;
import io.scenerank.train.experiment.ExperimentReader.ComparisonReader;
import io.scenerank.train.experiment.ExperimentReader.Registry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ComparisonReaderTest {
  /** Parameters that share {@code linear_logits} with PEPNet's and have {@code depth} alone. */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  record OtherParams(ImmutableList<String> taskNames, boolean linearLogits, int depth)
      implements ModelParams {
    @Override
    public ModelInputs inputs() {
      return ModelInputs.groups("dnn");
    }
  }

  private static ModelType<?> other(String name) {
    return ModelType.of(
        name,
        OtherParams.class,
        tasks -> new OtherParams(tasks, false, 2),
        (params, scope, inputs) -> {
          throw new AssertionError("nothing is built here");
        });
  }

  private final ComparisonReader reader =
      new ComparisonReader(
          Registry.standard()
              .withModels(
                  new Models(ImmutableList.of(Models.PEPNET, other("other"), other("third")))));
  @TempDir Path folder;

  private ImmutableList<Experiment.Draft<?>> read(Optional<Path> file, String... settings) {
    return reader.read(
        reader.types(List.of("pepnet", "other")), file, List.of(settings), SmallModel.TASKS);
  }

  private Path write(String yaml) throws IOException {
    return Files.writeString(folder.resolve("models.yaml"), yaml);
  }

  private static PepNetParams pepnet(List<Experiment.Draft<?>> drafts) {
    return (PepNetParams) drafts.get(0).params();
  }

  private static OtherParams other(List<Experiment.Draft<?>> drafts) {
    return (OtherParams) drafts.get(1).params();
  }

  @Test
  void aSettingGoesToTheModelsThatHaveItsKey() {
    ImmutableList<Experiment.Draft<?>> drafts =
        read(
            Optional.empty(),
            "epochs=7",
            "training.batch_size=32",
            "loss_weights.click=2",
            "linear_logits=true",
            "pepnet_dropout=0.2",
            "model_params.depth=5");
    assertThat(drafts)
        .extracting(draft -> draft.type().name())
        .as("in the order in which they were named")
        .containsExactly("pepnet", "other");
    assertThat(drafts)
        .allSatisfy(
            draft -> {
              assertThat(draft.training().epochs()).isEqualTo(7);
              assertThat(draft.training().batchSize()).isEqualTo(32);
              assertThat(draft.training().lossWeights())
                  .isEqualTo(LossWeights.fixed(Map.of("click", 2f)));
            });
    assertThat(pepnet(drafts).linearLogits()).isTrue();
    assertThat(other(drafts).linearLogits()).isTrue();
    assertThat(pepnet(drafts).pepnetDropout()).isEqualTo(0.2f);
    assertThat(other(drafts).depth()).isEqualTo(5);
  }

  @Test
  void theModelsNameLimitsASettingAndMakesItStronger() {
    ImmutableList<Experiment.Draft<?>> drafts =
        read(
            Optional.empty(),
            "pepnet.epochs=1",
            "pepnet.linear_logits=true",
            "other.training.batch_size=8",
            "other.model_params.depth=4",
            "epochs=7");
    assertThat(drafts).extracting(draft -> draft.training().epochs()).containsExactly(1, 7);
    assertThat(drafts.get(1).training().batchSize()).isEqualTo(8);
    assertThat(drafts.get(0).training().batchSize())
        .isEqualTo(TrainingConfig.defaults().batchSize());
    assertThat(pepnet(drafts).linearLogits()).isTrue();
    assertThat(other(drafts).linearLogits()).isFalse();
    assertThat(other(drafts).depth()).isEqualTo(4);
  }

  @Test
  void aFilesTrainingIsForAllAndItsParametersAreForItsModel() throws IOException {
    Path file =
        write(
            """
            model: other
            model_params: {depth: 9, linear_logits: true}
            training: {epochs: 4}
            feature_columns:
              - {name: user, vocab_size: 7, emb_dim: 4, group: [dnn]}
            """);
    ImmutableList<Experiment.Draft<?>> drafts = read(Optional.of(file), "epochs=5");
    assertThat(drafts).extracting(draft -> draft.training().epochs()).containsExactly(5, 5);
    assertThat(other(drafts)).isEqualTo(new OtherParams(SmallModel.TASKS, true, 9));
    assertThat(pepnet(drafts)).isEqualTo(PepNetParams.defaults(SmallModel.TASKS));
    assertThat(drafts.get(0).columns()).as("the data set's").isEmpty();
    assertThat(drafts.get(1).columns().orElseThrow()).hasSize(1);
  }

  @Test
  void aFileWithoutAModelIsForTheOnlyOne() throws IOException {
    Path file = write("model_params: {depth: 9}\ntraining: {epochs: 4}\n");
    Experiment.Draft<?> draft =
        reader
            .read(reader.types(List.of("other")), Optional.of(file), List.of(), SmallModel.TASKS)
            .get(0);
    assertThat(draft.params()).isEqualTo(new OtherParams(SmallModel.TASKS, false, 9));
    assertThat(draft.training().epochs()).isEqualTo(4);
  }

  @Test
  void theColumnsAreCheckedLastAndForEachModel() throws IOException {
    ImmutableList<Experiment.Draft<?>> drafts = read(Optional.empty());
    assertThat(drafts.get(0).complete(SmallModel.schema()).definition().columns())
        .isEqualTo(SmallModel.COLUMNS);
    Path file =
        write(
            """
            model: pepnet
            feature_columns:
              - {name: user, vocab_size: 7, emb_dim: 4, group: [dnn]}
            """);
    Experiment.Draft<?> unfit = read(Optional.of(file)).get(0);
    assertThatThrownBy(() -> unfit.complete(SmallModel.schema()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("model 'pepnet': no feature column is in the group 'epnet'");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "dept=3 | setting (--set): unknown key 'dept'; did you mean 'depth'?",
        "learning_rat=3 | setting (--set): unknown key 'learning_rat'; did you mean"
            + " 'learning_rate'?",
        "pepnet.depth=3 | setting (--set): unknown key 'depth'; known: ",
        "pepnet.pepnet_dropot=3 | unknown key 'pepnet_dropot'; did you mean 'pepnet_dropout'?",
        "model_params.dept=3 | unknown key 'model_params.dept'; did you mean 'depth'?",
        "training.epoch=3 | configuration: training: unknown key 'epoch'; did you mean 'epochs'?",
        "third.depth=3 | setting (--set) 'third.depth=3': model 'third' is not compared; compared:"
            + " pepnet, other",
        "depth | setting (--set) 'depth': expected key=value",
        "epochs=0 | epochs is 0, expected at least 1",
        "depth=deep | 'deep'",
        "pepnet_dropout=1 | pepnet_dropout is 1.0",
        "task_names=[] | model_params.task_names is empty",
        "task_names=[clik] | task 'clik' has no label in the data; did you mean 'click'?",
        "other.task_names=[like]"
            + " | task_names: 'pepnet' has [click, like], 'other' has [like]; expected the same",
      })
  void aWrongSettingIsNamed(String setting, String message) {
    assertThatThrownBy(() -> read(Optional.empty(), setting))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "model: third | model 'third' is not compared; known: other, pepnet",
        "model: pepnte | model 'pepnte' is not compared; did you mean 'pepnet'?",
        "model_params: {depth: 3}"
            + " | model_params belongs to one model; the key 'model' must name it: pepnet, other",
        "feature_columns: [] | feature_columns belongs to one model",
        "traning: {} | unknown key 'traning'; did you mean 'training'?",
      })
  void aWrongFileIsNamed(String yaml, String message) throws IOException {
    Path file = write(yaml);
    assertThatThrownBy(() -> read(Optional.of(file)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(file + ": ")
        .hasMessageContaining(message);
  }

  @Test
  void everyModelIsKnownAndStandsOnce() {
    assertThatThrownBy(() -> reader.types(List.of("pepnet", "othr")))
        .hasMessage("model 'othr' is unknown; did you mean 'other'?");
    assertThatThrownBy(() -> reader.types(List.of("pepnet", "other", "pepnet")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("model 'pepnet' occurs twice");
  }
}
