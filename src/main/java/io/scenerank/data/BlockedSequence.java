package io.scenerank.data;

import static com.google.common.base.Preconditions.checkArgument;

import io.scenerank.data.RowSequence.Split;
import java.util.Arrays;
import java.util.BitSet;
import java.util.stream.IntStream;

/** Rows block by block: some blocks at a time make a window, whose rows may be shuffled. */
final class BlockedSequence implements RowSequence {
  /** Rows a block: those of a row group, which Parquet decodes as a whole. */
  static final int BLOCK_ROWS = DuckDb.ROW_GROUP_ROWS;

  /** With fewer blocks in the buffer, neighbours in the file would mostly meet their neighbours. */
  private static final int FEWEST_BLOCKS = 8;

  /** Words that keep the draws of an epoch apart: its blocks' order, and each window's. */
  private static final long BLOCKS = 0;

  private static final long WINDOWS = 1;

  private final BitSet kept;
  private final int rows;
  private final int blockRows;
  private final int[] blocks;
  private final int blocksPerWindow;
  private final int[] starts;
  private final Shuffle shuffle;

  /** How the rows of a window are shuffled. */
  @FunctionalInterface
  private interface Shuffle {
    void apply(int window, int[] order);
  }

  private BlockedSequence(
      BitSet kept, int rows, int blockRows, int[] blocks, int blocksPerWindow, Shuffle shuffle) {
    this.kept = kept;
    this.rows = rows;
    this.blockRows = blockRows;
    this.blocks = blocks;
    this.blocksPerWindow = blocksPerWindow;
    this.shuffle = shuffle;
    int windows = blocks.length / blocksPerWindow + (blocks.length % blocksPerWindow == 0 ? 0 : 1);
    this.starts = new int[windows + 1];
    for (int window = 0; window < windows; window++) {
      int size = 0;
      for (int block : blocksOf(window)) {
        size += kept.get(from(block), to(block)).cardinality();
      }
      starts[window + 1] = starts[window] + size;
    }
  }

  /**
   * Rows in file order, a block a window.
   *
   * @param kept the rows that are delivered
   * @param rows rows of the source
   */
  static BlockedSequence inOrder(BitSet kept, int rows) {
    return new BlockedSequence(
        kept, rows, BLOCK_ROWS, blocks(kept, rows, BLOCK_ROWS), 1, (window, order) -> {});
  }

  /** See {@link RowSequence#shuffled}. */
  static BlockedSequence shuffled(Split split, int buffer, long seed, int epoch) {
    checkArgument(buffer > 0, "buffer of %s rows", buffer);
    int blockRows = blockRows(buffer);
    int[] blocks = blocks(split.trainRows(), split.rows(), blockRows);
    RowOrder.shuffle(blocks, StableRandom.of(seed, epoch, BLOCKS));
    return new BlockedSequence(
        split.trainRows(),
        split.rows(),
        blockRows,
        blocks,
        Math.max(1, buffer / blockRows),
        (window, order) -> RowOrder.shuffle(order, StableRandom.of(seed, epoch, WINDOWS + window)));
  }

  private static int blockRows(int buffer) {
    int blockRows = BLOCK_ROWS;
    // Halves of a row group lie within one row group.
    while (blockRows > 1 && buffer / blockRows < FEWEST_BLOCKS) {
      blockRows /= 2;
    }
    return blockRows;
  }

  /** Blocks of which a row is kept. */
  private static int[] blocks(BitSet kept, int rows, int blockRows) {
    int blocks = rows / blockRows + (rows % blockRows == 0 ? 0 : 1);
    return IntStream.range(0, blocks)
        .filter(
            block -> {
              int row = kept.nextSetBit(block * blockRows);
              return row >= 0 && row / blockRows == block;
            })
        .toArray();
  }

  private int[] blocksOf(int window) {
    int first = window * blocksPerWindow;
    int[] own =
        Arrays.copyOfRange(blocks, first, first + Math.min(blocksPerWindow, blocks.length - first));
    Arrays.sort(own);
    return own;
  }

  private int from(int block) {
    return block * blockRows;
  }

  private int to(int block) {
    return from(block) + Math.min(blockRows, rows - from(block));
  }

  @Override
  public int rows() {
    return rows;
  }

  @Override
  public int size() {
    return starts[starts.length - 1];
  }

  @Override
  public int windows() {
    return starts.length - 1;
  }

  @Override
  public int start(int window) {
    return starts[window];
  }

  @Override
  public RowWindow window(int number) {
    int[] own = blocksOf(number);
    int[] order = new int[starts[number + 1] - starts[number]];
    int size = 0;
    for (int i = 0; i < own.length; i++) {
      int from = from(own[i]);
      int to = to(own[i]);
      for (int row = kept.nextSetBit(from); row >= 0 && row < to; row = kept.nextSetBit(row + 1)) {
        order[size++] = i * blockRows + row - from;
      }
    }
    shuffle.apply(number, order);
    return new RowWindow(rows, blockRows, own, order);
  }
}
