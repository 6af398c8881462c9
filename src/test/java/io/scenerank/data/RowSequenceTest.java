package io.scenerank.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.primitives.Ints;
import io.scenerank.data.RowSequence.Split;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class RowSequenceTest {
  /** The numbers of the rows in the order in which they are delivered. */
  static List<Integer> rowNumbers(RowSequence sequence) {
    List<Integer> numbers = new ArrayList<>();
    for (int i = 0; i < sequence.windows(); i++) {
      RowWindow window = sequence.window(i);
      assertThat(sequence.start(i)).isEqualTo(numbers.size());
      for (int position = 0; position < window.size(); position++) {
        assertThat(sequence.windowOf(numbers.size())).isEqualTo(i);
        numbers.add(window.row(position));
      }
    }
    assertThat(sequence.size()).isEqualTo(numbers.size());
    return numbers;
  }

  /** Rows that lie in memory at once for a window. */
  private static int rowsRead(RowWindow window) {
    int rows = 0;
    for (int block = 0; block < window.blocks(); block++) {
      rows += window.to(block) - window.from(block);
    }
    return rows;
  }

  @Property(tries = 300)
  void everyTrainingRowComesOnceAndNoWindowIsLargerThanTheBuffer(
      @ForAll @IntRange(min = 0, max = 500) int rows,
      @ForAll @IntRange(min = 1, max = 600) int buffer,
      @ForAll @DoubleRange(min = 0, max = 0.7) double fraction,
      @ForAll long seed,
      @ForAll @IntRange(min = 0, max = 100) int epoch) {
    Split split = Split.of(rows, rows > 4 ? fraction : 0, seed);
    RowSequence sequence = RowSequence.shuffled(split, buffer, seed, epoch);
    assertThat(sequence.rows()).isEqualTo(rows);
    assertThat(rowNumbers(sequence))
        .containsExactlyInAnyOrderElementsOf(Ints.asList(split.train()));
    for (int i = 0; i < sequence.windows(); i++) {
      assertThat(rowsRead(sequence.window(i))).isBetween(1, buffer);
    }
    assertThat(rowNumbers(RowSequence.shuffled(split, buffer, seed, epoch)))
        .isEqualTo(rowNumbers(sequence));
  }

  @Property(tries = 100)
  void validationRowsComeInFileOrder(
      @ForAll @IntRange(min = 5, max = 60_000) int rows,
      @ForAll @DoubleRange(min = 0, max = 0.01) double fraction,
      @ForAll long seed) {
    Split split = Split.of(rows, fraction, seed);
    RowSequence sequence = RowSequence.validation(split);
    assertThat(rowNumbers(sequence)).isEqualTo(Ints.asList(split.validation()));
    for (int i = 0; i < sequence.windows(); i++) {
      assertThat(sequence.window(i).size()).as("blocks without a row are left out").isPositive();
    }
  }

  @Test
  void allRowsInFileOrderAreReadByRowGroups() {
    RowSequence sequence = RowSequence.inOrder(45_000);
    assertThat(rowNumbers(sequence)).isEqualTo(Ints.asList(RowOrder.sequential(45_000)));
    assertThat(sequence.windows()).isEqualTo(3);
    assertThat(rowsRead(sequence.window(0))).isEqualTo(20_480);
    assertThat(rowsRead(sequence.window(2))).isEqualTo(45_000 - 2 * 20_480);
  }

  @Test
  void aBufferOfEightRowGroupsReadsWholeOnes() {
    RowSequence sequence =
        RowSequence.shuffled(Split.of(1_000_000, 0, 1), 8 * DuckDb.ROW_GROUP_ROWS, 1, 0);
    assertThat(sequence.windows()).isEqualTo((49 + 7) / 8);
    Set<Integer> begins = new HashSet<>();
    for (int i = 0; i < sequence.windows(); i++) {
      RowWindow window = sequence.window(i);
      for (int block = 0; block < window.blocks(); block++) {
        assertThat(window.from(block) % DuckDb.ROW_GROUP_ROWS).isZero();
        begins.add(window.from(block));
      }
    }
    assertThat(begins).hasSize(49);
  }

  @Test
  void aSmallBufferStillMixesEightPlacesOfTheFile() {
    RowWindow window = RowSequence.shuffled(Split.of(100_000, 0, 1), 10_240, 1, 0).window(0);
    assertThat(window.blocks()).isEqualTo(8);
    assertThat(window.to(0) - window.from(0)).isEqualTo(1280);
  }

  @Test
  void theOrderDependsOnSeedEpochAndBuffer() {
    Split split = Split.of(1000, 0, 7);
    List<Integer> order = rowNumbers(RowSequence.shuffled(split, 80, 7, 3));
    assertThat(rowNumbers(RowSequence.shuffled(split, 80, 7, 4))).isNotEqualTo(order);
    assertThat(rowNumbers(RowSequence.shuffled(split, 80, 8, 3))).isNotEqualTo(order);
    assertThat(rowNumbers(RowSequence.shuffled(split, 160, 7, 3))).isNotEqualTo(order);
  }

  /** Worked out by a program of another language, from the description of the order. */
  @Test
  void theOrderIsPinned() {
    assertThat(rowNumbers(RowSequence.shuffled(Split.of(19, 0, 1), 16, 1, 0)))
        .containsExactly(17, 7, 15, 14, 13, 2, 18, 0, 8, 12, 6, 9, 1, 16, 3, 10, 5, 11, 4);
  }

  @Test
  void withoutABufferAllRowsAreShuffledAsBefore() {
    Split split = Split.of(300, 0.2, 5);
    RowSequence sequence = RowSequence.shuffled(split, 0, 5, 2);
    assertThat(sequence.windows()).isEqualTo(1);
    assertThat(rowNumbers(sequence)).isEqualTo(Ints.asList(RowOrder.shuffled(split.train(), 5, 2)));
  }

  @Test
  void everyPlaceIsEquallyLikely() {
    int[] counts = new int[20];
    for (int seed = 0; seed < 20_000; seed++) {
      RowWindow first = RowSequence.shuffled(Split.of(20, 0, 1), 8, seed, 0).window(0);
      counts[first.row(0)]++;
    }
    for (int count : counts) {
      assertThat(count).as("1,000 expected, the deviation is 31").isBetween(850, 1_150);
    }
  }

  @Test
  void whatDoesNotFit() {
    PackedRows rows = Fixtures.rows(3);
    assertThatThrownBy(() -> RowSequence.of(3, 0, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("row 3 is outside [0, 3)");
    assertThatThrownBy(() -> rows.cursor(RowSequence.inOrder(4), 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a sequence of 4 rows for 3");
    assertThatThrownBy(() -> rows.cursor(RowSequence.inOrder(3), 4))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("4 of 3 rows left out");
  }
}
