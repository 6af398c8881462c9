package io.scenerank.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scenerank.data.RowSequence.Split;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.PackedLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TInt32;

class BatcherTest {
  @Property(tries = 60)
  void deliversEveryRowOnceInOrder(
      @ForAll @IntRange(min = 0, max = 200) int count,
      @ForAll @IntRange(min = 1, max = 70) int batchSize,
      @ForAll @IntRange(min = 1, max = 4) int prefetch,
      @ForAll long seed) {
    PackedRows rows = Fixtures.rows(count);
    int[] order = RowOrder.shuffled(count, seed, 0);
    List<Float> seen = new ArrayList<>();
    try (Batcher batcher =
        Batcher.of(rows).order(order).batchSize(batchSize).prefetch(prefetch).start()) {
      assertThat(batcher.batches()).isEqualTo((count + batchSize - 1) / batchSize);
      while (batcher.hasNext()) {
        try (Batch batch = batcher.next()) {
          int left = count - seen.size();
          assertThat(batch.size()).isEqualTo(Math.min(left, batchSize));
          for (int i = 0; i < batch.size(); i++) {
            seen.add(-batch.dense().orElseThrow().getFloat(i, 1));
          }
        }
      }
    }
    assertThat(seen).hasSize(count);
    for (int i = 0; i < count; i++) {
      assertThat(seen.get(i)).isEqualTo(order[i]);
    }
  }

  @Test
  void tensorsHoldTheRows() {
    PackedRows rows = Fixtures.rows(10);
    try (Batcher batcher = Batcher.of(rows).order(3, 9).batchSize(8).start();
        Batch batch = batcher.next()) {
      assertThat(batch.ids().shape()).isEqualTo(Shape.of(2, 6));
      assertThat(batch.labels().orElseThrow().shape()).isEqualTo(Shape.of(2, 2));
      for (int position = 0; position < 6; position++) {
        assertThat(batch.ids().getInt(1, position)).isEqualTo(Fixtures.ids(9)[position]);
      }
      assertThat(batch.dense().orElseThrow().getFloat(0, 0)).isEqualTo(0.3f);
      assertThat(batch.labels().orElseThrow().getFloat(1, 0)).isEqualTo(1f);
      assertThat(batcher.hasNext()).isFalse();
      assertThatThrownBy(batcher::next).isInstanceOf(NoSuchElementException.class);
    }
  }

  @Property(tries = 60)
  void canBeginAtAnyBatch(
      @ForAll @IntRange(min = 0, max = 100) int count,
      @ForAll @IntRange(min = 1, max = 40) int batchSize,
      @ForAll @IntRange(min = 0, max = 110) int first) {
    PackedRows rows = Fixtures.rows(count);
    RowSequence order = RowSequence.shuffled(Split.of(count, 0, 1), 24, 3, 1);
    List<Float> seen = new ArrayList<>();
    try (Batcher batcher =
        Batcher.of(rows).order(order).batchSize(batchSize).first(first).start()) {
      assertThat(batcher.batches())
          .isEqualTo(Math.max(0, (count + batchSize - 1) / batchSize - first));
      while (batcher.hasNext()) {
        try (Batch batch = batcher.next()) {
          for (int i = 0; i < batch.size(); i++) {
            seen.add(0 - batch.dense().orElseThrow().getFloat(i, 1));
          }
        }
      }
    }
    assertThat(seen)
        .isEqualTo(
            RowSequenceTest.rowNumbers(order).stream()
                .skip((long) first * batchSize)
                .map(Integer::floatValue)
                .toList());
  }

  @Test
  void batchHasOnlyWhatTheModelReads() {
    try (Batcher batcher =
            Batcher.of(Fixtures.rows(3))
                .reading(PackedLayout.of(List.of(FeatureColumn.sparse("item", 100, 4))), List.of())
                .batchSize(3)
                .start();
        Batch batch = batcher.next()) {
      assertThat(batch.ids().shape()).isEqualTo(Shape.of(3, 1));
      assertThat(batch.ids().getInt(2, 0)).isEqualTo(14);
      assertThat(batch.dense()).isEmpty();
      assertThat(batch.labels()).isEmpty();
    }
  }

  @Test
  void closingEarlyStopsTheThreadAndClosesWhatWasNotTaken() {
    List<Batch> made = new ArrayList<>();
    AtomicInteger ends = new AtomicInteger();
    Batcher batcher =
        new Batcher(
            1000,
            number -> {
              Batch batch =
                  new Batch(TInt32.scalarOf(number), Optional.empty(), Optional.empty(), 1);
              made.add(batch);
              return batch;
            },
            2,
            ends::incrementAndGet);
    batcher.next().close();
    assertThat(ends).hasValue(0);
    batcher.close();
    assertThat(ends).as("what is read from is closed").hasValue(1);
    batcher.close();
    assertThat(batcher.hasNext()).isFalse();
    assertThat(made).hasSizeLessThanOrEqualTo(5);
    assertThat(made)
        .allSatisfy(
            batch ->
                assertThatThrownBy(() -> batch.ids().asRawTensor().numBytes())
                    .hasMessage("close() was called on the Tensor"));
  }

  @Test
  void failureOfTheThreadSurfacesInNext() {
    AtomicInteger calls = new AtomicInteger();
    try (Batcher batcher =
        new Batcher(
            5,
            number -> {
              if (calls.incrementAndGet() == 2) {
                throw new IllegalStateException("disk on fire");
              }
              return new Batch(TInt32.scalarOf(1), Optional.empty(), Optional.empty(), 1);
            },
            2,
            () -> {})) {
      batcher.next().close();
      assertThatThrownBy(batcher::next)
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("disk on fire");
      assertThat(batcher.hasNext()).isFalse();
    }
  }

  @Test
  void refusesBadArguments() {
    Batcher.Builder builder = Batcher.of(Fixtures.rows(3));
    assertThatThrownBy(() -> builder.batchSize(0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> builder.order(0, 3).start())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("row 3 is outside [0, 3)");
  }
}
