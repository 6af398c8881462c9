package io.scenerank.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class DoubleSamplesTest {
  private static final double ROUNDING = 1e-12;

  @Test
  void theMedianIsTheMiddleOneOrTheMeanOfTwo() {
    assertThat(DoubleSamples.of(3, 1, 2).median()).isEqualTo(2);
    assertThat(DoubleSamples.of(4, 1, 3, 2).median()).isEqualTo(2.5);
    assertThat(DoubleSamples.of(7).median()).isEqualTo(7);
  }

  @Test
  void quantilesLieBetweenNeighboursAsInNumpy() {
    DoubleSamples samples = DoubleSamples.of(10, 30, 20, 40);
    assertThat(samples.quantile(0)).isEqualTo(10);
    assertThat(samples.quantile(1)).isEqualTo(40);
    assertThat(samples.quantile(0.99)).isCloseTo(39.7, within(ROUNDING));
  }

  @Test
  void takesMoreThanItBeganWith() {
    DoubleSamples samples = new DoubleSamples();
    for (int i = 0; i < 3001; i++) {
      samples.add(i);
    }
    assertThat(samples.size()).isEqualTo(3001);
    assertThat(samples.median()).isEqualTo(1500);
  }

  @Test
  void noValuesHaveNoMedian() {
    assertThatThrownBy(() -> new DoubleSamples().median())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("no values");
  }
}
