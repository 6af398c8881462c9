package io.scenerank.keras;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableMap;
import io.scenerank.model.Models;
import io.scenerank.train.optimizer.AdamState;
import io.scenerank.train.optimizer.OptimizerFactory.OptimizerType;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What of an optimizer is taken over; the files are of {@code python-parity/make_keras_forms.py}.
 */
class StoredOptimizerTest {
  private static final Path FORMS = Path.of("src/test/resources/keras/forms");

  private static KerasModel read(String source, String config) {
    return new KerasModels(Models.standard(), 1)
        .read(FORMS.resolve(source), Optional.ofNullable(config).map(FORMS::resolve));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "k3-ftrl.weights.h5|0.01|the optimizer ftrl is not carried over",
        "k3-adam_w.weights.h5|0.01|the optimizer adam_w is not carried over",
        "k3-amsgrad.weights.h5|0.01|the optimizer's state is not carried over",
        "k3-average.weights.h5|0.01|the optimizer's state is not carried over",
        "k3-accumulated.weights.h5|0.01|the optimizer's state is not carried over",
        "k2-shared_bottom.h5|0.01|",
      })
  void onlyAdamsStateIsTakenFromWeights(String source, float rate, String warning) {
    String config = source.startsWith("k3") ? "k3.yaml" : "original_shared_bottom.yaml";
    KerasModel model = read(source, config);
    assertThat(model.experiment().training().learningRate()).isEqualTo(rate);
    assertThat(model.state().adam().isPresent()).isEqualTo(warning == null);
    if (warning == null) {
      assertThat(model.warnings()).isEmpty();
    } else {
      assertThat(model.warnings()).anyMatch(line -> line.contains(warning));
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "k3-schedule.weights.h5|the learning rate is a schedule or unknown and is not carried over",
        "k3-rate_0.weights.h5|the learning rate is 0.0 and is not carried over; it is 0.001 here",
      })
  void aRateThatCannotBeUsedIsNoReasonToLeaveTheState(String source, String warning) {
    KerasModel model = read(source, "k3.yaml");
    assertThat(model.experiment().training().learningRate()).isEqualTo(0.001f);
    assertThat(model.state().adam().map(AdamState::step)).contains(4L);
    assertThat(model.warnings())
        .anyMatch(line -> line.contains(warning))
        .anyMatch(line -> line.contains("names its optimizer (adam_") && line.contains("no clip"));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "k3-loss_scale.keras|ADAM|the optimizer LossScaleOptimizer is not carried over",
        "k3-momentum.keras|SGD|the optimizer SGD with momentum 0.9 is not carried over",
        "k3-adagrad.keras|ADAGRAD|the state of the optimizer Adagrad is not carried over",
        "k3-clipnorm.keras|ADAM|the optimizer Adam with clipnorm 1.0 is not carried over",
      })
  void noStateOfAnArchiveIsLostWithoutAWord(String source, OptimizerType type, String warning) {
    KerasModel model = read(source, null);
    assertThat(model.experiment().training().optimizer()).isEqualTo(type);
    assertThat(model.state().adam()).isEmpty();
    assertThat(model.warnings()).anyMatch(line -> line.contains(warning));
  }

  @Test
  void momentsOfTheOriginalsApgAreThoseOfTheirVariables() {
    AdamState adam = read("k2-apg", "k2-apg_told.yaml").state().adam().orElseThrow();
    try (Npz expected = Npz.open(FORMS.resolve("k2-apg-moments.npz"))) {
      ImmutableMap<String, String> names =
          ImmutableMap.of(
              "bias_nk",
              "bias_nk",
              "bias_kk",
              "bias_kk",
              "weight_nk",
              "weight_nk",
              "weight_kk",
              "weight_kk");
      names.forEach(
          (key, name) -> {
            float[] found =
                adam.m().get("apg_layer_0/specific_" + name + "/dense_layers/0/kernel").values();
            double[][] rows = expected.read(key, -1);
            for (int i = 0; i < found.length; i++) {
              assertThat(found[i])
                  .as("%s at %d", name, i)
                  .isEqualTo((float) rows[i / rows[0].length][i % rows[0].length]);
            }
          });
    }
  }

  @Test
  void shardsAndTheWholeFileHoldTheSameState() {
    KerasModel whole = read("k3-adam.weights.h5", "k3.yaml");
    KerasModel shards = read("k3-shards.weights.json", "k3.yaml");
    AdamState expected = whole.state().adam().orElseThrow();
    AdamState found = shards.state().adam().orElseThrow();
    whole
        .state()
        .weights()
        .forEach(
            (path, values) -> {
              assertThat(shards.state().weights().get(path).values()).isEqualTo(values.values());
              assertThat(found.m().get(path).values()).isEqualTo(expected.m().get(path).values());
              assertThat(found.v().get(path).values()).isEqualTo(expected.v().get(path).values());
            });
  }
}
