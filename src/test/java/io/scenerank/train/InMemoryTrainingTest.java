package io.scenerank.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.scenerank.train.Trainer.TrainingResult;
import io.scenerank.train.optimizer.OptimizerFactory.OptimizerType;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A training that writes nothing ends with the weights of one that writes checkpoints. */
class InMemoryTrainingTest extends TrainerFixture {
  @ParameterizedTest
  @CsvSource({"2, 0, 0.0, LAZY_ADAM", "30, 2, 0.3, LAZY_ADAM", "30, 2, 0.3, ADAGRAD"})
  void hasTheSameWeights(int epochs, int patience, double split, OptimizerType optimizer)
      throws IOException {
    Config config =
        Config.PLAIN.epochs(epochs).optimizer(optimizer, 0.1f).validation(split, patience);
    Map<String, List<Float>> expected = fit(config, 5, "written");
    try (Trainer trainer = trainer(config, 5, TrainingListener.NONE)) {
      TrainingResult result = trainer.fit(rows);
      assertThat(result.epochs()).isPositive();
      if (patience > 0) {
        assertThat(result.stoppedEarly()).as("the best epoch is an earlier one").isTrue();
      }
      assertThat(weights(trainer)).isEqualTo(expected);
    }
    assertThat(names(folder)).as("what was written").containsExactly("written");
  }
}
