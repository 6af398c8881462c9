package io.scenerank.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ScheduleTest {
  @Test
  void constantStays() {
    assertThat(Schedule.CONSTANT.rate(0.01f, 0, 10)).isEqualTo(0.01f);
    assertThat(Schedule.CONSTANT.rate(0.01f, 9, 10)).isEqualTo(0.01f);
  }

  @Test
  void cosineFallsFromTheRateToZero() {
    assertThat(Schedule.COSINE.rate(0.01f, 0, 100)).isEqualTo(0.01f);
    // Half way the cosine is 0; float32 carries seven digits.
    assertThat(Schedule.COSINE.rate(0.01f, 50, 100)).isCloseTo(0.005f, within(1e-8f));
    assertThat(Schedule.COSINE.rate(0.01f, 25, 100)).isCloseTo(0.00853553f, within(1e-8f));
    assertThat(Schedule.COSINE.rate(0.01f, 100, 100)).isEqualTo(0f);
    assertThat(Schedule.COSINE.rate(0.01f, 101, 100)).isEqualTo(0f);
  }
}
