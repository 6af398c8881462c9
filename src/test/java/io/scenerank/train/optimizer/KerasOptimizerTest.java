package io.scenerank.train.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.config.ConfigMapper;
import io.scenerank.testing.TestGraph;
import io.scenerank.train.optimizer.Optimizer.OptimizerContext;
import io.scenerank.variable.FloatTensor;
import io.scenerank.variable.Initializer;
import io.scenerank.variable.Weight;
import io.scenerank.variable.WeightStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

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
  void averagesAreBeforeAllOtherSlots() {
    assertThat(read("Adam", "{\"use_ema\": true, \"gradient_accumulation_steps\": 2}").slots())
        .containsExactly(
            ImmutableList.of("average"),
            ImmutableList.of("gradient_accumulator"),
            ImmutableList.of("m", "v"));
  }

  @Test
  void muonHasASecondMomentWhereItTakesAdam() {
    Shape matrix = Shape.of(3, 4);
    KerasOptimizer plain = read("Muon", "{}");
    assertThat(plain.hasSlot("m", "dense/kernel", matrix)).isTrue();
    assertThat(plain.hasSlot("v", "dense/kernel", matrix)).isFalse();
    assertThat(plain.hasSlot("v", "dense/bias", Shape.of(4))).isTrue();
    assertThat(plain.hasSlot("v", "my_Embedding_mlp/kernel", matrix)).isTrue();
    KerasOptimizer other =
        read("Muon", "{\"exclude_layers\": [\"^out.*l$\"], \"exclude_embeddings\": false}");
    assertThat(other.hasSlot("v", "output/kernel", matrix)).isTrue();
    assertThat(other.hasSlot("v", "my_embedding/kernel", matrix)).isFalse();
  }

  @Test
  void averagesTakeThePlaceOfVariablesAtTheEnd() {
    FloatTensor value = new FloatTensor(Shape.of(1), new float[] {1});
    FloatTensor average = new FloatTensor(Shape.of(1), new float[] {2});
    ImmutableMap<String, FloatTensor> values = ImmutableMap.of("a", value, "b", value);
    ImmutableMap<String, FloatTensor> slots = ImmutableMap.of("optimizer/average/a", average);
    assertThat(read("SGD", "{\"use_ema\": true}").finished(values, slots))
        .isEqualTo(ImmutableMap.of("a", average, "b", value));
    assertThat(read("SGD", "{}").finished(values, slots)).isEqualTo(values);
  }

  /** As that of a weight of the losses: with SGD at a rate of 1, value minus gradient. */
  @ParameterizedTest
  @ValueSource(strings = {"{\"weight_decay\": 0.5}", "{\"clipnorm\": 0.001}"})
  void aVariableThatIsNoneOfTheModelsIsNeitherDecayedNorClipped(String config) {
    try (TestGraph graph = new TestGraph()) {
      Ops tf = graph.tf();
      WeightStore store = graph.store(1);
      Weight plain = store.root().add("plain", Shape.of(2), Initializer.constant(3f), 0f);
      Weight other = store.root().add("other", Shape.of(2), Initializer.constant(3f), 0f);
      Optimizer optimizer =
          read("SGD", config)
              .create(new OptimizerContext(tf, graph.store(2), tf.constant(1f), tf.constant(1f)));
      Operand<TFloat32> gradient = tf.constant(new float[] {0.25f, -0.5f});
      Op plainUpdate = optimizer.applyPlain(plain, gradient);
      Op otherUpdate = optimizer.apply(other, 0, gradient);
      graph.initialize(store);
      graph.session().runner().addTarget(plainUpdate).addTarget(otherUpdate).run().close();
      assertThat(graph.run(plain.value()).values()).containsExactly(2.75f, 3.5f);
      assertThat(graph.run(other.value()).values()).doesNotContain(2.75f, 3.5f);
    }
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
    assertThatThrownBy(() -> read("Adam", "{\"loss_scale_factor\": 2.0}"))
        .hasMessage("here: Adam: loss_scale_factor is 2.0, which is not computed");
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
