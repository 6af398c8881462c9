package io.scenerank.train.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import io.scenerank.config.ConfigMapper;
import org.junit.jupiter.api.Test;

final class KerasOptimizerTest {
  @Test
  void slotsStandInTheOrderOfKerasFiles() {
    assertThat(read("Adam", "{\"amsgrad\": true}").slots())
        .isEqualTo(ImmutableList.of(ImmutableList.of("m", "v"), ImmutableList.of("velocity_hat")));
    assertThat(read("RMSprop", "{\"momentum\": 0.9, \"centered\": true}").slots())
        .containsExactly(
            ImmutableList.of("velocity"),
            ImmutableList.of("momentum"),
            ImmutableList.of("average_gradient"));
    assertThat(read("SGD", "{}").slots()).isEmpty();
  }

  @Test
  void aScheduleTakesThePlaceOfTheRatesVariable() {
    assertThat(read("Adam", "{\"learning_rate\": 0.1}").hasRateVariable()).isTrue();
    String schedule =
        "{\"learning_rate\": {\"class_name\": \"CosineDecay\", \"config\":"
            + " {\"initial_learning_rate\": 0.1, \"decay_steps\": 9}}}";
    assertThat(read("Adam", schedule).hasRateVariable()).isFalse();
  }

  @Test
  void theOptimizerInsideALossScaleIsRead() {
    JsonNode json =
        json(
            "{\"class_name\": \"LossScaleOptimizer\", \"config\": {\"inner_optimizer\":"
                + " {\"class_name\": \"SGD\", \"config\": {}}}}");
    assertThat(KerasOptimizer.read(json, 3, "here").className()).isEqualTo("SGD");
  }

  @Test
  void whatIsNotComputedIsRefusedByName() {
    assertThatThrownBy(() -> read("Adam", "{\"use_ema\": true}"))
        .hasMessage("here: Adam: use_ema is true, which is not computed");
    assertThatThrownBy(() -> read("Adamm", "{}")).hasMessageContaining("'Adamm' is unknown");
  }

  private static KerasOptimizer read(String name, String config) {
    return KerasOptimizer.read(
        json("{\"class_name\": \"" + name + "\", \"config\": " + config + "}"), 3, "here");
  }

  private static JsonNode json(String text) {
    return new ConfigMapper().parse(text, "test");
  }
}
