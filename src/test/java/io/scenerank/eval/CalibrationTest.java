package io.scenerank.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.common.primitives.Floats;
import io.scenerank.eval.Evaluator.Calibration;
import io.scenerank.eval.Evaluator.Calibration.Bin;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.FloatRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class CalibrationTest {
  private static Calibration of(int parts, float[] scores, float... labels) {
    return Calibration.of("click", scores, labels, parts);
  }

  @Test
  void partsAreOfTheSameSizeInTheOrderOfTheScores() {
    Calibration calibration = of(2, new float[] {0.75f, 0.25f, 0.5f, 0.125f, 1f}, 1, 0, 1, 1, 0);
    assertThat(calibration.bins())
        .containsExactly(new Bin(2, 0.1875, 0.5), new Bin(3, 0.75, 2 / 3.0));
    assertThat(calibration.error())
        .isCloseTo((2 * 0.3125 + 3 * (0.75 - 2 / 3.0)) / 5, within(1e-12));
  }

  @Test
  void equalScoresStayTogether() {
    assertThat(of(3, new float[] {0.5f, 0.5f, 0.5f, 0.75f}, 1, 0, 0, 1).bins())
        .containsExactly(new Bin(3, 0.5, 1 / 3.0), new Bin(1, 0.75, 1));
    assertThat(of(10, new float[] {0.5f, 0.5f}, 1, 0).bins()).containsExactly(new Bin(2, 0.5, 0.5));
  }

  @Test
  void withoutRowsThereIsNothing() {
    assertThat(of(15, new float[0]).bins()).isEmpty();
    assertThat(of(15, new float[0]).error()).isZero();
  }

  @Property(tries = 300)
  void allRowsAreCountedOnce(
      @ForAll @Size(min = 1, max = 60) List<@FloatRange(min = 0, max = 1) Float> list,
      @ForAll @IntRange(min = 1, max = 20) int parts,
      @ForAll @IntRange(min = 2, max = 5) int every) {
    float[] scores = Floats.toArray(list);
    float[] labels = new float[scores.length];
    for (int i = 0; i < labels.length; i += every) {
      labels[i] = 1;
    }
    List<Bin> bins = of(parts, scores, labels).bins();
    assertThat(bins).hasSizeBetween(1, parts);
    assertThat(bins.stream().mapToInt(Bin::rows).sum()).isEqualTo(scores.length);
    assertThat(bins).extracting(Bin::predicted).isSorted();
    double predicted = bins.stream().mapToDouble(bin -> bin.rows() * bin.predicted()).sum();
    assertThat(predicted)
        .isCloseTo(list.stream().mapToDouble(Float::doubleValue).sum(), within(1e-9));
    double observed = bins.stream().mapToDouble(bin -> bin.rows() * bin.observed()).sum();
    assertThat(observed)
        .isCloseTo(Floats.asList(labels).stream().mapToDouble(v -> v).sum(), within(1e-9));
  }
}
