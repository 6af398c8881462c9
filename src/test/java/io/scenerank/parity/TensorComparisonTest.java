package io.scenerank.parity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scenerank.variable.FloatTensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.ndarray.Shape;

class TensorComparisonTest {
  @Test
  void equalTensorsDifferByZero() {
    TensorComparison result = compare(new float[] {1, -2, 0}, new float[] {1, -2, 0}, 0);
    assertThat(result.passed()).isTrue();
    assertThat(result.maxAbs()).isZero();
    assertThat(result.maxRel()).isZero();
  }

  /**
   * {@code |a - e| <= t (1 + |e|)}: numpy.allclose(a, e, rtol=t, atol=t), which counts the edge.
   */
  @ParameterizedTest
  @CsvSource({
    // t and both values are powers of two, so nothing is rounded
    "0.5, 0, 0.5, true",
    "0.5000001, 0, 0.5, false",
    "3.0, 1, 1, true",
    "3.0000002, 1, 1, false",
    "-1.0, 1, 1, true",
    "-1.0000001, 1, 1, false",
    "0, 4, 0.5, false",
    "1.5, 4, 0.5, true",
    "1.4999999, 4, 0.5, false",
    "-1.5, -4, 0.5, true",
  })
  void theToleranceIsNumpysAllclose(
      float actual, float expected, double tolerance, boolean passed) {
    assertThat(compare(new float[] {actual}, new float[] {expected}, tolerance).passed())
        .as("|%s - %s| <= %s (1 + |%s|)", actual, expected, tolerance, expected)
        .isEqualTo(passed);
  }

  @Test
  void theLargestDifferencesNeedNotStandInOnePlace() {
    TensorComparison result =
        compare(new float[] {101, 0.5f, 0.25f}, new float[] {100, 0.25f, 0}, 1e-3);
    assertThat(result.maxAbs()).isEqualTo(1);
    assertThat(result.maxRel()).as("over expected values that are not 0").isEqualTo(1);
    assertThat(result.at()).as("furthest out of tolerance").containsExactly(2L);
    assertThat(result.actual()).isEqualTo(0.25f);
    assertThat(result.expected()).isZero();
  }

  @Test
  void thePlaceIsAnIndexOfEveryAxis() {
    float[] expected = new float[24];
    float[] actual = new float[24];
    actual[1 * 12 + 2 * 4 + 3] = 9;
    TensorComparison result =
        TensorComparison.of(
            "t",
            new FloatTensor(Shape.of(2, 3, 4), actual),
            new FloatTensor(Shape.of(2, 3, 4), expected),
            1);
    assertThat(result.at()).containsExactly(1L, 2L, 3L);
    assertThat(result.passed()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "NaN, 1, false", "1, NaN, false", "NaN, NaN, true",
    "Infinity, 1, false", "1, Infinity, false", "Infinity, Infinity, true",
    "Infinity, -Infinity, false", "NaN, Infinity, false", "Infinity, NaN, false",
  })
  void valuesThatAreNoNumbers(float actual, float expected, boolean passed) {
    assertThat(compare(new float[] {0, actual}, new float[] {0, expected}, 1e6).passed())
        .as("computed %s, expected %s", actual, expected)
        .isEqualTo(passed);
  }

  @Test
  void aNanIsTheWorstPlace() {
    TensorComparison result =
        compare(new float[] {1e30f, Float.NaN, 5}, new float[] {0, 1, 0}, 1e-6);
    assertThat(result.at()).containsExactly(1L);
    assertThat(result.actual()).isNaN();
  }

  @Test
  void minusZeroIsZero() {
    TensorComparison result = compare(new float[] {-0f}, new float[] {0f}, 0);
    assertThat(result.passed()).isTrue();
    assertThat(result.maxAbs()).isZero();
  }

  @Test
  void emptyTensorsAgree() {
    TensorComparison result =
        TensorComparison.of(
            "t",
            new FloatTensor(Shape.of(0, 3), new float[0]),
            new FloatTensor(Shape.of(0, 3), new float[0]),
            1e-6);
    assertThat(result.passed()).isTrue();
    assertThat(result.maxAbs()).isZero();
  }

  @Test
  void aScalarHasAPlaceWithoutAxes() {
    TensorComparison result =
        TensorComparison.of(
            "t",
            new FloatTensor(Shape.scalar(), new float[] {2}),
            new FloatTensor(Shape.scalar(), new float[] {1}),
            1e-6);
    assertThat(result.at()).isEmpty();
    assertThat(result.passed()).isFalse();
  }

  @Test
  void otherShapesAreAFault() {
    assertThatThrownBy(
            () ->
                TensorComparison.of(
                    "outputs/out",
                    new FloatTensor(Shape.of(2, 3), new float[6]),
                    new FloatTensor(Shape.of(3, 2), new float[6]),
                    1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("outputs/out: computed [2, 3], expected [3, 2]");
  }

  @Test
  void defaultsAreTheDocumentedOnes() {
    assertThat(Tolerances.defaults()).isEqualTo(new Tolerances(1e-6, 1e-5, 1e-5, 1e-4));
    assertThat(Tolerances.all(0.25)).isEqualTo(new Tolerances(0.25, 0.25, 0.25, 0.25));
  }

  private static TensorComparison compare(float[] actual, float[] expected, double tolerance) {
    Shape shape = Shape.of(actual.length);
    return TensorComparison.of(
        "t", new FloatTensor(shape, actual), new FloatTensor(shape, expected), tolerance);
  }
}
