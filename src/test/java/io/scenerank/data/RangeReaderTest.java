package io.scenerank.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scenerank.data.Batcher.RangeReader;
import io.scenerank.data.RowSequence.Split;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.types.TFloat32;

/** Rows from anywhere in a sequence against the sequence from its beginning. */
class RangeReaderTest {
  private static final int ROWS = 500;
  private static final int LARGEST = 20;

  @TempDir Path folder;

  private static List<Float> labels(Batch batch) {
    List<Float> values = new ArrayList<>();
    TFloat32 labels = batch.labels().orElseThrow();
    labels.scalars().forEach(value -> values.add(value.getFloat()));
    return values;
  }

  private static List<Integer> ids(Batch batch) {
    List<Integer> values = new ArrayList<>();
    batch.ids().scalars().forEach(value -> values.add(value.getInt()));
    return values;
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 8, 64, 1000})
  void readsWhatTheSequenceHasThere(int buffer) throws IOException {
    PackedRows rows = Fixtures.rows(ROWS);
    Fixtures.writeDataset(folder.resolve("data"), ROWS, 1);
    RowSource streamed = PreparedDataset.open(folder.resolve("data")).streamTrain();
    Random random = new Random(buffer);
    Split split = Split.of(ROWS, 0.1, 1);
    RowSequence order = RowSequence.shuffled(split, buffer, 1, 2);
    Projection all = Projection.identity(rows.format());
    int width = rows.layout().idWidth();
    try (Batcher batches = Batcher.of(rows).order(order).batchSize(ROWS).start();
        Batch whole = batches.next();
        RangeReader inMemory = new RangeReader(rows, all, order, LARGEST);
        RangeReader fromFile = new RangeReader(streamed, all, order, LARGEST)) {
      List<Integer> ids = ids(whole);
      for (int i = 0; i < 60; i++) {
        int first = random.nextInt(order.size());
        int count = 1 + random.nextInt(Math.min(LARGEST, order.size() - first));
        try (Batch memory = inMemory.read(first, count);
            Batch file = fromFile.read(first, count)) {
          assertThat(ids(memory)).isEqualTo(ids.subList(first * width, (first + count) * width));
          assertThat(ids(file)).isEqualTo(ids(memory));
          assertThat(labels(file)).isEqualTo(labels(memory));
        }
      }
    }
  }

  @Test
  void whatTheSequenceDoesNotHaveIsRefused() {
    PackedRows rows = Fixtures.rows(ROWS);
    RowSequence order = RowSequence.inOrder(ROWS);
    try (RangeReader reader =
        new RangeReader(rows, Projection.identity(rows.format()), order, LARGEST)) {
      for (int[] range : new int[][] {{-1, 1}, {0, 0}, {0, LARGEST + 1}, {ROWS - 1, 2}}) {
        assertThatThrownBy(() -> reader.read(range[0], range[1]))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("of 500, at most 20 at a time");
      }
    }
  }
}
