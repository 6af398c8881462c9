package io.scenerank.variable;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

/** Which shard has which row, in whole tables and in ranges of them. */
class RowSplitTest {

  /** The rows of a range that are a shard's, by what first, count and local say of them. */
  private static List<Long> rows(RowSplit split, int shard, long begin, long count) {
    long local = split.local(shard, begin);
    return LongStream.range(local, local + split.count(shard, begin, count))
        .map(number -> number * split.shards() + shard)
        .boxed()
        .toList();
  }

  @Property
  void everyRowOfARangeIsOfExactlyOneShard(
      @ForAll @IntRange(min = 1, max = 17) int shards,
      @ForAll @LongRange(min = 0, max = 1L << 40) long begin,
      @ForAll @IntRange(min = 0, max = 200) int count) {
    RowSplit split = new RowSplit(shards);
    List<Long> all = new ArrayList<>();
    for (int shard = 0; shard < shards; shard++) {
      List<Long> rows = rows(split, shard, begin, count);
      int number = shard;
      assertThat(rows).allMatch(row -> row % shards == number);
      all.addAll(rows);
    }
    assertThat(all)
        .containsExactlyInAnyOrderElementsOf(
            LongStream.range(begin, begin + count).boxed().toList());
  }

  @Property
  void aShardsFirstRowOfARangeIsWhereItSaysItIs(
      @ForAll @IntRange(min = 1, max = 17) int shards,
      @ForAll @IntRange(min = 0, max = 16) int anyShard,
      @ForAll @LongRange(min = 0, max = 1L << 40) long begin) {
    RowSplit split = new RowSplit(shards);
    int shard = anyShard % shards;
    long first = begin + split.first(shard, begin);
    assertThat(split.first(shard, begin)).isBetween(0L, shards - 1L);
    assertThat(first % shards).isEqualTo(shard);
    assertThat(first / shards).isEqualTo(split.local(shard, begin));
  }

  /** What a shard keeps of a table is its rows, in order, without a gap between ranges. */
  @Property
  void rangesFollowOneAnotherWithinAShard(
      @ForAll @IntRange(min = 1, max = 17) int shards,
      @ForAll @IntRange(min = 1, max = 200) int rows,
      @ForAll @IntRange(min = 1, max = 50) int range) {
    RowSplit split = new RowSplit(shards);
    for (int shard = 0; shard < shards; shard++) {
      long next = 0;
      for (long begin = 0; begin < rows; begin += range) {
        long count = split.count(shard, begin, Math.min(range, rows - begin));
        if (count > 0) {
          assertThat(split.local(shard, begin)).isEqualTo(next);
        }
        next += count;
      }
      assertThat(next).isEqualTo(split.count(shard, 0, rows));
    }
  }

  @Property
  void allShardsHaveTheSizeOfTheLargest(
      @ForAll @IntRange(min = 1, max = 17) int shards,
      @ForAll @LongRange(min = 1, max = 1L << 40) long rows) {
    RowSplit split = new RowSplit(shards);
    List<Long> counts =
        IntStream.range(0, shards).mapToObj(shard -> split.count(shard, 0, rows)).toList();
    assertThat(counts.stream().mapToLong(Long::longValue).sum()).isEqualTo(rows);
    assertThat(counts).allMatch(count -> split.rowsOfShard(rows) - count <= 1);
    assertThat(counts).first().isEqualTo(split.rowsOfShard(rows));
  }

  @Test
  void sevenRowsOnThreeShards() {
    RowSplit split = new RowSplit(3);
    assertThat(split.rowsOfShard(7)).isEqualTo(3);
    assertThat(rows(split, 0, 0, 7)).containsExactly(0L, 3L, 6L);
    assertThat(rows(split, 1, 0, 7)).containsExactly(1L, 4L);
    assertThat(rows(split, 2, 0, 7)).containsExactly(2L, 5L);
    assertThat(rows(split, 0, 4, 2)).as("rows 4 and 5").isEmpty();
  }
}
