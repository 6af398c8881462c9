package io.scenerank.data;

import io.scenerank.data.RowSource.RowFormat;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Rows in direct buffers, in blocks of a fixed number of rows so that no buffer nears 2 GB. Written
 * by one thread while it is filled; reading is safe from many threads afterwards, since every
 * access is absolute.
 */
final class RowStore {
  /** Rows a block, a power of two. */
  static final int BLOCK_ROWS = 1 << 13;

  private static final int SHIFT = 13;

  /** Rows a tile, a power of two; a tile lies within one block. */
  private static final int TILE_ROWS = 1 << 6;

  private final int idWidth;
  private final int denseWidth;
  private final int taskCount;
  private final int weightCount;
  private final boolean hasProbabilities;
  private final List<Block> blocks = new ArrayList<>();
  private int size;

  private record Block(
      IntBuffer ids,
      FloatBuffer dense,
      FloatBuffer labels,
      FloatBuffer weights,
      FloatBuffer truth) {}

  RowStore(RowFormat format, boolean hasProbabilities) {
    this.idWidth = format.layout().idWidth();
    this.denseWidth = format.layout().denseWidth();
    this.taskCount = format.tasks().size();
    this.weightCount = format.weightColumns().size();
    this.hasProbabilities = hasProbabilities;
  }

  int size() {
    return size;
  }

  boolean hasProbabilities() {
    return hasProbabilities;
  }

  /** Leaves no row; the memory stays for those that come. */
  void clear() {
    size = 0;
  }

  /**
   * Adds {@code rows} rows and returns the number of the first. Their values are 0, or after {@link
   * #clear} those of earlier rows.
   */
  int grow(int rows) {
    int first = size;
    size = Math.addExact(size, rows);
    while ((long) blocks.size() << SHIFT < size) {
      blocks.add(
          new Block(
              bytes(idWidth).asIntBuffer(),
              bytes(denseWidth).asFloatBuffer(),
              bytes(taskCount).asFloatBuffer(),
              bytes(weightCount).asFloatBuffer(),
              bytes(hasProbabilities ? taskCount : 0).asFloatBuffer()));
    }
    return first;
  }

  private static ByteBuffer bytes(int width) {
    return ByteBuffer.allocateDirect(Math.multiplyExact(BLOCK_ROWS * 4, width))
        .order(ByteOrder.nativeOrder());
  }

  /** The first row of the tile after this row's. */
  static int nextTile(int row) {
    return (row | (TILE_ROWS - 1)) + 1;
  }

  /** The ids of the block that a row is in. */
  IntBuffer ids(int row) {
    return block(row).ids;
  }

  /** Where an id of a row is in {@link #ids}; that of the row below is {@code [F]} further. */
  int idIndex(int row, int position) {
    return index(row, idWidth, position);
  }

  private Block block(int row) {
    if (row < 0 || row >= size) {
      throw new IndexOutOfBoundsException("row " + row + " is outside [0, " + size + ")");
    }
    return blocks.get(row >> SHIFT);
  }

  private static int index(int row, int width, int position) {
    if (position < 0 || position >= width) {
      throw new IndexOutOfBoundsException(
          "position " + position + " is outside [0, " + width + ")");
    }
    return (row & (BLOCK_ROWS - 1)) * width + position;
  }

  int id(int row, int position) {
    return block(row).ids.get(index(row, idWidth, position));
  }

  float dense(int row, int position) {
    return block(row).dense.get(index(row, denseWidth, position));
  }

  float label(int row, int task) {
    return block(row).labels.get(index(row, taskCount, task));
  }

  float weight(int row, int position) {
    return block(row).weights.get(index(row, weightCount, position));
  }

  float truth(int row, int task) {
    return block(row).truth.get(index(row, taskCount, task));
  }

  void setId(int row, int position, int value) {
    block(row).ids.put(index(row, idWidth, position), value);
  }

  void setDense(int row, int position, float value) {
    block(row).dense.put(index(row, denseWidth, position), value);
  }

  void setLabel(int row, int task, float value) {
    block(row).labels.put(index(row, taskCount, task), value);
  }

  void setWeight(int row, int position, float value) {
    block(row).weights.put(index(row, weightCount, position), value);
  }

  void setTruth(int row, int task, float value) {
    block(row).truth.put(index(row, taskCount, task), value);
  }

  void copyIds(int row, int position, int[] target, int offset, int length) {
    if (length > 0) {
      block(row).ids.get(index(row, idWidth, position), target, offset, length);
    }
  }

  void copyDense(int row, int position, float[] target, int offset, int length) {
    if (length > 0) {
      block(row).dense.get(index(row, denseWidth, position), target, offset, length);
    }
  }
}
