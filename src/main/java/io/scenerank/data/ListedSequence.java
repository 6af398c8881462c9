package io.scenerank.data;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.base.Preconditions.checkElementIndex;

/** Rows that are listed one by one: one window, in which all rows of the source are one block. */
final class ListedSequence implements RowSequence {
  private final int rows;
  private final int[] order;

  ListedSequence(int rows, int[] order) {
    for (int row : order) {
      checkArgument(row >= 0 && row < rows, "row %s is outside [0, %s)", row, rows);
    }
    this.rows = rows;
    this.order = order;
  }

  @Override
  public int rows() {
    return rows;
  }

  @Override
  public int size() {
    return order.length;
  }

  @Override
  public int windows() {
    return order.length == 0 ? 0 : 1;
  }

  @Override
  public int start(int window) {
    checkElementIndex(window, windows(), "window");
    return 0;
  }

  @Override
  public RowWindow window(int number) {
    checkElementIndex(number, windows(), "window");
    return new RowWindow(rows, rows, new int[1], order);
  }
}
