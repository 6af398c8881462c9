package io.scenerank.data;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableMap;
import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import io.scenerank.data.DuckDb.DuckDbOptions;
import io.scenerank.data.RowSequence.Split;
import io.scenerank.data.RowSource.RowCursor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Streamed and in memory, the same sequence delivers the same rows. */
class StreamedOrderTest {
  /** A row, fewer rows than a batch, some blocks of a small buffer, three row groups. */
  private static final int[] SIZES = {1, 13, 300, 41_000};

  private static Path folder;
  private static ImmutableMap<Integer, RowSource> streams;

  @BeforeContainer
  static void write() throws IOException {
    folder = Files.createTempDirectory("streamed");
    ImmutableMap.Builder<Integer, RowSource> all = ImmutableMap.builder();
    for (int size : SIZES) {
      Path data = folder.resolve("rows" + size);
      Fixtures.writeDataset(data, 1, size);
      all.put(size, PreparedDataset.open(data, new DuckDbOptions(2)).streamTest());
    }
    streams = all.buildOrThrow();
  }

  @AfterContainer
  static void delete() throws IOException {
    MoreFiles.deleteRecursively(folder, RecursiveDeleteOption.ALLOW_INSECURE);
  }

  @Property(tries = 40)
  void rowsOfAnEpochFromAnyPositionOn(
      @ForAll @IntRange(min = 0, max = 3) int size,
      @ForAll @DoubleRange(min = 0.05, max = 1.5) double bufferShare,
      @ForAll @DoubleRange(min = 0, max = 0.4) double fraction,
      @ForAll @DoubleRange(min = 0, max = 1) double begin,
      @ForAll long seed,
      @ForAll @IntRange(min = 0, max = 5) int epoch) {
    int rows = SIZES[size];
    Split split = Split.of(rows, rows == 1 ? 0 : fraction, seed);
    int buffer = Math.max(1, (int) (rows * bufferShare));
    RowSequence order = RowSequence.shuffled(split, buffer, seed, epoch);
    requireSame(rows, order, (int) (begin * order.size()));
  }

  @Property(tries = 10)
  void rowsInFileOrder(
      @ForAll @IntRange(min = 1, max = 3) int size,
      @ForAll @DoubleRange(min = 0, max = 0.4) double fraction,
      @ForAll long seed) {
    requireSame(SIZES[size], RowSequence.inOrder(SIZES[size]), 0);
    RowSequence validation = RowSequence.validation(Split.of(SIZES[size], fraction, seed));
    requireSame(SIZES[size], validation, validation.size() / 2);
  }

  @Property(tries = 5)
  void rowsThatAreAllShuffled(@ForAll @IntRange(min = 0, max = 3) int size, @ForAll long seed) {
    Split split = Split.of(SIZES[size], 0, seed);
    requireSame(SIZES[size], RowSequence.shuffled(split, 0, seed, 1), 0);
  }

  private static void requireSame(int size, RowSequence order, int first) {
    assertThat(dump(streams.get(size), order, first))
        .isEqualTo(dump(Fixtures.rows(size), order, first))
        .hasSize(order.size() - first);
  }

  private static List<String> dump(RowSource rows, RowSequence order, int first) {
    List<String> lines = new ArrayList<>();
    try (RowCursor cursor = rows.cursor(order, first)) {
      while (cursor.next()) {
        lines.add(Fixtures.dump(cursor.rows(), cursor.row()));
      }
      assertThat(cursor.next()).as("the end stays the end").isFalse();
    }
    return lines;
  }
}
