package io.scenerank.cluster.chief;

import static org.assertj.core.api.Assertions.assertThat;

import io.scenerank.cluster.ClusterFixture;
import io.scenerank.cluster.worker.InputQueue;
import io.scenerank.train.TrainingListener.ClusterMetrics;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What workers did from one point of the history to the next. */
class WorkerMeterTest {
  private static final StepGraph.Member WORKER =
      new StepGraph.Member(ClusterFixture.WORKER, 1, new InputQueue.Format(1, 0, 1, 0));

  @Test
  void pointsOfStepsThatWereDoneTogetherSayTheSame() {
    WorkerMeter meter = new WorkerMeter(2);
    meter.present(List.of(WORKER), true);
    meter.trained(List.of(WORKER), 16, 1, 300);
    meter.trained(List.of(WORKER), 16, 3, 500);
    ClusterMetrics first = meter.metrics(1);
    assertThat(first.step()).isEqualTo(1);
    assertThat(first.bytesPerStep()).isEqualTo(400);
    assertThat(first.meanStaleness()).isEqualTo(2);
    assertThat(first.maxStaleness()).isEqualTo(3);
    assertThat(first.samplesPerSecond()).isPositive();
    assertThat(first.presentWorkers()).isEqualTo(1);

    assertThat(meter.metrics(2)).isEqualTo(first.withStep(2));

    meter.trained(List.of(WORKER), 16, 0, 100);
    assertThat(meter.metrics(3).bytesPerStep()).isEqualTo(100);
    assertThat(meter.metrics(3).maxStaleness()).isZero();
  }
}
