package io.scenerank.data;

/**
 * Some blocks of neighbouring rows and the order in which rows of them are delivered. Not to be
 * changed: the arrays are not copied.
 */
final class RowWindow {
  private final int rows;
  private final int blockRows;
  private final int[] blocks;
  private final int[] order;

  /**
   * @param rows rows of the source
   * @param blockRows rows a block; the source's last one may have fewer
   * @param blocks numbers of blocks, ascending
   * @param order numbers of rows, counted through these blocks
   */
  RowWindow(int rows, int blockRows, int[] blocks, int[] order) {
    this.rows = rows;
    this.blockRows = blockRows;
    this.blocks = blocks;
    this.order = order;
  }

  /** Number of rows that are delivered. */
  public int size() {
    return order.length;
  }

  /** Number of the row at a position among all rows of the source. */
  public int row(int position) {
    return fileRow(order[position]);
  }

  /** Number among all rows of the source of a row that is counted through the blocks. */
  int fileRow(int local) {
    int block = local / blockRows;
    return from(block) + local - block * blockRows;
  }

  /** Number of the row at a position, counted through the blocks. */
  int local(int position) {
    return order[position];
  }

  int blocks() {
    return blocks.length;
  }

  /** Number of rows of all blocks. */
  int rowsRead() {
    int last = blocks.length - 1;
    return last * blockRows + to(last) - from(last);
  }

  /** First row of a block. */
  int from(int block) {
    return blocks[block] * blockRows;
  }

  /** The row behind a block's last. */
  int to(int block) {
    return from(block) + Math.min(blockRows, rows - from(block));
  }
}
