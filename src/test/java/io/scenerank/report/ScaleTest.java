package io.scenerank.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScaleTest {
  private static List<String> labels(Scale scale) {
    return scale.ticks().stream().map(scale::label).toList();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0 | 226 | 0; 100; 200",
        "0.61 | 0.735 | 0.65; 0.7",
        "1.38 | 1.92 | 1.4; 1.6; 1.8",
        "0 | 0.008 | 0; 0.002; 0.004; 0.006; 0.008",
        "0 | 7900 | 0; 2,000; 4,000; 6,000",
        "-0.3 | 0.4 | -0.2; 0; 0.2; 0.4",
        "0 | 10 | 0; 2.5; 5; 7.5; 10",
        "0 | 2400000 | 0; 1M; 2M",
        "0 | 0.0000009 | 0; 0.00000025; 0.0000005; 0.00000075",
      })
  void ticksAreRoundNumbers(double low, double high, String expected) {
    assertThat(labels(Scale.over(low, high, 0, 100, 4)))
        .containsExactly(expected.split("; "))
        .doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"1 | 2 | 1,2", "1 | 5 | 1,2,3,4,5", "1 | 40 | 10,20,30,40"})
  void countedThingsHaveWholeNumbers(double low, double high, String expected) {
    assertThat(labels(Scale.whole(low, high, 0, 100, 4))).containsExactly(expected.split(","));
  }

  /** The number that a label says. */
  private static double number(String label) {
    String digits = label.replace(",", "").replace("M", "");
    return Double.parseDouble(digits) * (label.endsWith("M") ? 1e6 : 1);
  }

  @Property(tries = 1000)
  void anyNumbersStandInside(
      @ForAll @DoubleRange(min = -1e9, max = 1e9) double first,
      @ForAll @DoubleRange(min = -1e9, max = 1e9) double second,
      @ForAll @IntRange(min = -12, max = 3) int power) {
    double low = Math.min(first, second) * Math.pow(10, power);
    double high = Math.max(first, second) * Math.pow(10, power);
    Scale scale = Scale.over(low, high, 200, 10, 4);
    assertThat(scale.ticks()).hasSizeBetween(1, 6).isSorted();
    assertThat(labels(scale)).doesNotHaveDuplicates();
    double step = (scale.high() - scale.low()) / 4;
    for (double tick : scale.ticks()) {
      assertThat(number(scale.label(tick))).isCloseTo(tick, within(1e-4 * step));
    }
    for (double number : new double[] {low, high}) {
      assertThat(scale.at(number)).isBetween(10 - 1e-6, 200 + 1e-6);
    }
    assertThat(scale.ticks()).allSatisfy(tick -> assertThat(scale.at(tick)).isBetween(9.9, 200.1));
    assertThat(scale.at(scale.low())).isCloseTo(200, within(1e-6));
    assertThat(scale.at(scale.high())).isCloseTo(10, within(1e-6));
  }
}
