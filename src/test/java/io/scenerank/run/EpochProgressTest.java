package io.scenerank.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import io.scenerank.train.TrainingListener.ClusterMetrics;
import org.junit.jupiter.api.Test;

/** What the progress says of several machines. */
class EpochProgressTest {
  private static String text(double meanStaleness, int maxStaleness) {
    ImmutableList<ClusterMetrics.Worker> workers =
        ImmutableList.of(
            new ClusterMetrics.Worker(0, 12_345, true), new ClusterMetrics.Worker(1, 0, false));
    return EpochProgress.text(
        new ClusterMetrics(10, 12_345, workers, meanStaleness, maxStaleness, 4096));
  }

  @Test
  void workersThatArePresentAreCounted() {
    assertThat(text(0.84, 3))
        .isEqualTo("1 of 2 workers at 12,345 samples/s  staleness 0.8, at most 3");
  }

  @Test
  void inSynchronousTrainingNothingIsStale() {
    assertThat(text(0, 0)).isEqualTo("1 of 2 workers at 12,345 samples/s");
  }
}
