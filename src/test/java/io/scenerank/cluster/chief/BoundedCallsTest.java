package io.scenerank.cluster.chief;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.tensorflow.exceptions.TensorFlowException;

class BoundedCallsTest {
  @Test
  void aCallGivesWhatItComesToOrFailsAsItDoes() {
    BoundedCalls calls = new BoundedCalls("calls", 60_000);
    assertThat(calls.<Integer>call(() -> 3)).isEqualTo(3);
    assertThatThrownBy(
            () ->
                calls.call(
                    () -> {
                      throw new IllegalArgumentException("of its own");
                    }))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("of its own");
    assertThat(calls.<String>call(() -> Thread.currentThread().getName())).isEqualTo("calls");
    CountDownLatch ended = new CountDownLatch(1);
    calls.end(ended::countDown);
    assertThat(ended.getCount()).isZero();
  }

  @Test
  void oneThatDoesNotComeBackIsGivenUpAndTheLastCallStillComesAfterIt() throws Exception {
    BoundedCalls calls = new BoundedCalls("calls", 20);
    CountDownLatch answer = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(1);
    assertThatThrownBy(
            () ->
                calls.call(
                    () -> {
                      answer.await();
                      return 1;
                    }))
        .isInstanceOf(TensorFlowException.class)
        .hasMessage("no answer within 20 ms");
    assertThatThrownBy(() -> calls.call(() -> 2))
        .as("it is held up by the other")
        .isInstanceOf(TensorFlowException.class);
    calls.end(ended::countDown);
    assertThat(ended.getCount()).isEqualTo(1);
    answer.countDown();
    ended.await();
  }
}
