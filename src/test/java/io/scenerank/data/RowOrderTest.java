package io.scenerank.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.primitives.Ints;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.RowSequence.Split;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class RowOrderTest {
  @Property(tries = 200)
  void shufflingIsAPermutation(
      @ForAll @IntRange(min = 0, max = 500) int size,
      @ForAll long seed,
      @ForAll @IntRange(min = 0, max = 100) int epoch) {
    assertThat(RowOrder.shuffled(size, seed, epoch))
        .containsExactlyInAnyOrder(RowOrder.sequential(size));
  }

  @Property(tries = 200)
  void splitPartsTheRows(
      @ForAll @IntRange(min = 10, max = 500) int size,
      @ForAll @DoubleRange(min = 0, max = 0.9) double fraction,
      @ForAll long seed) {
    Split split = Split.of(size, fraction, seed);
    assertThat(split.validation()).hasSize((int) Math.round(size * fraction)).isSorted();
    assertThat(split.train()).isSorted();
    assertThat(Ints.concat(split.train(), split.validation()))
        .containsExactlyInAnyOrder(RowOrder.sequential(size));
    assertThat(Split.of(size, fraction, seed).validation()).isEqualTo(split.validation());
  }

  @Test
  void orderDependsOnRowsSeedAndEpochAlone() {
    int[] order = RowOrder.shuffled(1000, 7, 3);
    assertThat(RowOrder.shuffled(1000, 7, 3)).isEqualTo(order);
    assertThat(RowOrder.shuffled(1000, 7, 4)).isNotEqualTo(order);
    assertThat(RowOrder.shuffled(1000, 8, 3)).isNotEqualTo(order);
  }

  /** Holds on every machine and Java version, so that a run can be resumed elsewhere. */
  @Test
  void orderIsPinned() {
    assertThat(RowOrder.shuffled(8, 1, 0)).containsExactly(4, 3, 0, 7, 2, 1, 5, 6);
  }

  @Test
  void shufflesTheGivenRowsAndLeavesThemAlone() {
    int[] rows = {10, 20, 30, 40};
    assertThat(RowOrder.shuffled(rows, 1, 0)).containsExactlyInAnyOrder(10, 20, 30, 40);
    assertThat(rows).containsExactly(10, 20, 30, 40);
  }

  @Test
  void everyPlaceIsEquallyLikely() {
    int[] counts = new int[5];
    for (int seed = 0; seed < 10_000; seed++) {
      counts[RowOrder.shuffled(5, seed, 0)[0]]++;
    }
    for (int count : counts) {
      assertThat(count).isBetween(1_800, 2_200);
    }
  }

  @Test
  void refusesFractionsThatLeaveNothing() {
    assertThatThrownBy(() -> Split.of(10, 1, 1))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("validation_split is 1.0, expected a number in [0, 1)");
    assertThatThrownBy(() -> Split.of(10, Double.NaN, 1)).isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> Split.of(1, 0.9, 1))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("validation_split 0.9 of 1 rows leaves no row to train on");
  }

  @Test
  void gaussiansAreStandard() {
    StableRandom random = StableRandom.of(1);
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < 100_000; i++) {
      double value = random.nextGaussian();
      sum += value;
      squares += value * value;
    }
    assertThat(sum / 100_000).isBetween(-0.02, 0.02);
    assertThat(squares / 100_000).isBetween(0.98, 1.02);
  }
}
