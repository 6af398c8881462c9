package io.scenerank.cluster.chief;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scenerank.train.TrainingListener.TrainingStopped;
import io.scenerank.train.TrainingRuntime.StepRunner;
import io.scenerank.train.TrainingState;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class BatchQueueTest {
  private static final StepGraph.StepMetrics METRICS = new StepGraph.StepMetrics(1, 2, 3);

  private final AtomicBoolean stop = new AtomicBoolean();
  private final BatchQueue board = new BatchQueue(stop::get, Duration.ofMillis(1));

  /** Puts up 3 batches: of 4, 4 and 2 rows. */
  private void begin() {
    board.begin(new TrainingState(0, 0, 1, 10, 4, 0, -1), step -> 0.1f * step);
  }

  private BatchJob take() throws InterruptedException {
    return board.take(false).orElseThrow();
  }

  private StepRunner.Finished finish(BatchJob job) {
    board.finished(job, METRICS, board.applied());
    return board.next().orElseThrow();
  }

  @Test
  void nobodyTakesABatchBeforeOneIsAskedFor() throws InterruptedException {
    begin();
    assertThat(board.take(false)).isEmpty();
    stop.set(true);
    assertThat(board.next()).isEmpty();
    BatchJob first = take();
    assertThat(first).isEqualTo(new BatchJob(0, 0, 0, 4, 0, 0));
    assertThat(finish(first)).isEqualTo(new StepRunner.Finished(1, 4, 0, OptionalDouble.of(2)));
  }

  @Test
  void whatIsGivenBackComesNextEvenInAPause() throws InterruptedException {
    begin();
    stop.set(true);
    board.next();
    BatchJob first = take();
    BatchJob second = take();
    board.giveBack(List.of(second, first));
    board.finished(take(), METRICS, 0);
    assertThat(board.next()).isPresent();
    assertThatThrownBy(board::settle)
        .as("nobody is there to finish the second")
        .isInstanceOf(TrainingStopped.class);
    BatchJob again = take();
    assertThat(again).isEqualTo(second);
    assertThat(board.take(false)).as("a pause").isEmpty();
    board.finished(again, METRICS, 1);
    assertThat(board.settle()).hasSize(1);
    board.next();
    assertThat(take().rows()).isEqualTo(2);
    assertThat(board.take(false)).as("the epoch has three").isEmpty();
  }

  @Test
  void aBatchMissesTheUpdatesOfOthers() throws InterruptedException {
    begin();
    stop.set(true);
    board.next();
    BatchJob first = take();
    BatchJob second = take();
    int before = board.applied();
    assertThat(board.finished(first, METRICS, before)).isZero();
    assertThat(board.finished(second, METRICS, before)).isEqualTo(1);
  }

  @Test
  void aFailureEndsAllThatWaitsOnceTheResultsAreTaken() throws InterruptedException {
    begin();
    stop.set(true);
    board.next();
    board.finished(take(), METRICS, 0);
    BatchJob lost = take();
    board.giveBack(List.of(lost));
    board.fail(new IllegalStateException("first"));
    board.fail(new IllegalStateException("second"));
    assertThat(board.isClosed()).isTrue();
    assertThat(board.take(true)).isEqualTo(Optional.empty());
    assertThat(board.next()).isPresent();
    assertThatThrownBy(board::next).hasMessage("first");
    assertThatThrownBy(board::settle).hasMessage("first");
  }
}
