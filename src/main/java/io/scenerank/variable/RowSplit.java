package io.scenerank.variable;

/**
 * Rows of a table split over shards: shard k of n holds the rows k, k + n, k + 2n, … in this order.
 * Neighbouring rows lie on different shards, so that a column whose ids are in great demand burdens
 * all of them alike. Every shard has as many rows as the largest; what is too much stays 0.
 *
 * @param shards n
 */
record RowSplit(int shards) {
  /** Rows of each shard of a table. */
  long rowsOfShard(long rows) {
    return (rows + shards - 1) / shards;
  }

  /** Which of the rows that follow {@code begin} is the shard's first, from 0. */
  long first(int shard, long begin) {
    return Math.floorMod(shard - begin, shards);
  }

  /** How many of {@code count} rows from {@code begin} on are the shard's. */
  long count(int shard, long begin, long count) {
    long first = first(shard, begin);
    return first >= count ? 0 : (count - 1 - first) / shards + 1;
  }

  /** The shard's number of its first row from {@code begin} on. */
  long local(int shard, long begin) {
    return (begin + first(shard, begin)) / shards;
  }
}
