package io.scenerank.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.scenerank.eval.ArrayEvaluator;
import io.scenerank.eval.Metrics;
import io.scenerank.run.ComparedMetric.Direction;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class MeanAndDeviationTest {
  private static final List<String> TASKS = List.of("click", "like");
  private static final float[][] LABELS = {{0, 1, 0, 1}, {0, 0, 0, 0}};

  private static Metrics metrics(float... clicks) {
    return ArrayEvaluator.of(TASKS, LABELS, 1, 1, 2, 2)
        .evaluate(new float[][] {clicks, new float[4]})
        .overall();
  }

  @Test
  void meanAndSampleDeviation() {
    MeanAndDeviation spread = MeanAndDeviation.of(List.of(2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0));
    assertThat(spread.mean()).isEqualTo(5);
    // Squares of 32 over 7, not over 8.
    assertThat(spread.deviation().getAsDouble()).isCloseTo(Math.sqrt(32 / 7.0), within(1e-12));
    assertThat(spread.text()).isEqualTo("5.0000 ± 2.1381");
  }

  @Test
  void smallDifferencesOfLargeValuesAreNotLost() {
    MeanAndDeviation spread = MeanAndDeviation.of(List.of(1e9 + 1, 1e9 + 2, 1e9 + 3));
    assertThat(spread.deviation()).hasValue(1);
  }

  @Test
  void oneRunHasNoDeviation() {
    MeanAndDeviation spread = MeanAndDeviation.of(List.of(0.78661));
    assertThat(spread).isEqualTo(new MeanAndDeviation(0.78661, OptionalDouble.empty()));
    assertThat(spread.text()).isEqualTo("0.7866");
  }

  @Test
  void equalRunsHaveADeviationOfZero() {
    assertThat(MeanAndDeviation.of(List.of(0.5, 0.5)).text()).isEqualTo("0.5000 ± 0.0000");
  }

  @Test
  void needsAValue() {
    assertThatThrownBy(() -> MeanAndDeviation.of(List.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void everyMetricThatAllRunsHaveAndThatIsNotACount() {
    Metrics good = metrics(0.1f, 0.9f, 0.2f, 0.8f);
    Metrics bad = metrics(0.9f, 0.1f, 0.1f, 0.9f);
    assertThat(MeanAndDeviation.byMetric(List.of(good, bad)))
        .containsEntry("auc_click", MeanAndDeviation.of(List.of(1.0, bad.aucMacro().getAsDouble())))
        .containsKeys("auc_macro", "gauc_macro", "logloss_click", "logloss_macro")
        .doesNotContainKeys("auc_like", "gauc_like", "val_user_click", "rows");
    assertThat(MeanAndDeviation.byMetric(List.of())).isEmpty();
  }

  @Test
  void theBestIsTheHighestOrTheLowest() {
    List<OptionalDouble> values = values(0.3, 0.5, 0.2);
    assertThat(Direction.HIGHER.best(values)).containsExactly(1);
    assertThat(Direction.LOWER.best(values)).containsExactly(2);
  }

  @Test
  void equalValuesAreAllTheBestAndNearOnesAreNot() {
    assertThat(Direction.HIGHER.best(values(0.5, 0.2, 0.5))).containsExactly(0, 2);
    assertThat(Direction.HIGHER.best(values(0.5, 0.5000000001))).containsExactly(1);
    assertThat(Direction.LOWER.best(values(0.5, 0.5000000001))).containsExactly(0);
  }

  @Test
  void missingValuesAreNeverTheBest() {
    List<OptionalDouble> values = List.of(OptionalDouble.empty(), OptionalDouble.of(0.1));
    assertThat(Direction.HIGHER.best(values)).containsExactly(1);
    assertThat(Direction.LOWER.best(values)).containsExactly(1);
    assertThat(Direction.LOWER.best(List.of(OptionalDouble.empty()))).isEmpty();
  }

  private static List<OptionalDouble> values(double... values) {
    return Arrays.stream(values).mapToObj(OptionalDouble::of).toList();
  }
}
