package io.scenerank.train.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import io.scenerank.model.Models;
import io.scenerank.model.PepNetParams;
import io.scenerank.testing.SmallModel;
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

/** {@code loss_weights} in configurations. */
class LossWeightsConfigTest {
  private final ExperimentReader reader = new ExperimentReader(Models.standard());
  @TempDir private Path folder;

  private Experiment read(Optional<Path> file, String... settings) {
    return reader.read(Models.PEPNET, file, List.of(settings), SmallModel.schema());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "loss_weights=[1,2] | loss_weights is [1,2], expected a method or factors by task",
        "loss_weights.method=gradnrm | loss_weights.method 'gradnrm' is unknown; did you mean"
            + " 'gradnorm'?",
        "loss_weights={method: gradnorm, alfa: 1} | loss_weights: unknown key 'alfa' of gradnorm;"
            + " did you mean 'alpha'?",
        "loss_weights={method: uncertainty, alpha: 1} | loss_weights: unknown key 'alpha' of"
            + " uncertainty; known: method",
        "loss_weights={method: gradnorm, alpha: -1} | loss_weights.alpha is -1.0, expected 0 or"
            + " more",
        "loss_weights={method: gradnorm, alpha: a} | loss_weights.alpha is \"a\", expected a number",
        "loss_weights={method: gradnorm, learning_rate: 0} | loss_weights.learning_rate is 0.0,"
            + " expected a number above 0",
        "loss_weights={method: gradnorm, layer: 3} | loss_weights.layer is 3, expected the path of a"
            + " layer"
      })
  void whatIsWrongIsNamed(String setting, String message) {
    assertThatThrownBy(() -> read(Optional.empty(), setting))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("configuration: training: training." + message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "uncertainty",
        "{method: uncertainty}",
        "gradnorm",
        "{method: gradnorm, alpha: 0.5, layer: dnn/epnet}",
        "{click: 2.0}",
      })
  void weightsOfLossesThatAreWrittenAreReadBack(String weights) throws IOException {
    Experiment experiment = read(Optional.empty(), "loss_weights=" + weights);
    Path file =
        Files.writeString(
            folder.resolve("model.yaml"), new ConfigMapper().toYaml(experiment.toConfig()));
    assertThat(read(Optional.of(file)).training()).isEqualTo(experiment.training());
  }

  /** Other keys of the method complete it; another method, or factors, replace it. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "loss_weights.alpha=0.5         | {method: gradnorm, alpha: 0.5, learning_rate: 0.1}",
        "loss_weights={method: gradnorm, layer: dnn/epnet} | {method: gradnorm, alpha: 1.5,"
            + " learning_rate: 0.1, layer: dnn/epnet}",
        "loss_weights=uncertainty       | uncertainty",
        "loss_weights.like=3            | {like: 3}",
      })
  void settingsGoOverTheWeightsOfARun(String setting, String expected) {
    Experiment.Draft<PepNetParams> run =
        draft(Optional.empty(), "loss_weights={method: gradnorm, learning_rate: 0.1}");
    assertThat(draft(Optional.of(run), setting).training().lossWeights())
        .isEqualTo(draft(Optional.empty(), "loss_weights=" + expected).training().lossWeights());
  }

  private Experiment.Draft<PepNetParams> draft(
      Optional<Experiment.Draft<PepNetParams>> base, String setting) {
    ObjectNode none = new ConfigMapper().newObject();
    return base.isPresent()
        ? reader.over(base.get(), none, "here", List.of(setting), SmallModel.TASKS)
        : reader.draft(Models.PEPNET, none, "here", List.of(setting), SmallModel.TASKS);
  }

  @Test
  void aMisspeltMethodIsNamed() {
    assertThatThrownBy(() -> read(Optional.empty(), "loss_weights=uncertanty"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "configuration: training: key 'loss_weights': found \"uncertanty\", expected one of"
                + " uncertainty, gradnorm, {TASK: FACTOR}; did you mean 'uncertainty'?");
  }
}
