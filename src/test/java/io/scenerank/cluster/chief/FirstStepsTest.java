package io.scenerank.cluster.chief;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which steps of lanes run alone. */
@Timeout(60)
class FirstStepsTest {
  private static final int WARM_START = 3;

  private final FirstSteps steps = new FirstSteps(WARM_START);

  /** Whether a step of another lane begins while one is being made. */
  private boolean overlaps(boolean firstOfLane, int step, int other) throws InterruptedException {
    CountDownLatch inside = new CountDownLatch(1);
    AtomicBoolean done = new AtomicBoolean();
    AtomicBoolean overlapped = new AtomicBoolean();
    Thread lane =
        new Thread(
            () -> {
              await(inside);
              steps.run(false, other, () -> overlapped.set(!done.get()));
            });
    lane.start();
    steps.run(
        firstOfLane,
        step,
        () -> {
          inside.countDown();
          // Until the other has either run or waits for the lock.
          while (lane.getState() != Thread.State.TERMINATED && !isWaiting(lane)) {
            Thread.onSpinWait();
          }
          done.set(true);
        });
    lane.join();
    return overlapped.get();
  }

  private static boolean isWaiting(Thread lane) {
    return lane.getState() == Thread.State.WAITING
        && Arrays.stream(lane.getStackTrace())
            .anyMatch(frame -> frame.getClassName().equals(FirstSteps.class.getName()));
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void theFirstOfATrainingAndOfALaneRunAlone() throws InterruptedException {
    assertThat(overlaps(false, 0, 1)).as("both are first").isFalse();
    assertThat(overlaps(false, WARM_START - 1, WARM_START)).as("one is first").isFalse();
    assertThat(overlaps(false, WARM_START, WARM_START - 1)).as("the other is").isFalse();
    assertThat(overlaps(true, WARM_START, WARM_START + 1)).as("a lane's first").isFalse();
    assertThat(overlaps(false, WARM_START, WARM_START + 1)).as("later ones").isTrue();
  }
}
