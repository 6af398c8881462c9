package io.scenerank.cluster.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.base.Ticker;
import io.scenerank.cluster.ClusterSpec.TaskId;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RestartLimitTest {
  private final AtomicLong seconds = new AtomicLong();
  private final RestartLimit deaths =
      new RestartLimit(
          new Ticker() {
            @Override
            public long read() {
              return TimeUnit.SECONDS.toNanos(seconds.get());
            }
          });

  @Test
  void fiveWithinAMinuteAreNotTooMany() {
    TaskId worker = new TaskId(TaskId.Role.WORKER, 0);
    for (int i = 0; i < 5; i++) {
      assertThat(deaths.tooMany(worker)).isFalse();
      seconds.addAndGet(10);
    }
    assertThat(deaths.tooMany(new TaskId(TaskId.Role.WORKER, 1))).as("another one").isFalse();
    assertThat(deaths.tooMany(worker)).as("the sixth within 50 seconds").isTrue();
  }

  @Test
  void oneEveryTwelveSecondsGoesOnForever() {
    for (int i = 0; i < 100; i++) {
      assertThat(deaths.tooMany(TaskId.chief())).isFalse();
      seconds.addAndGet(12);
    }
  }
}
