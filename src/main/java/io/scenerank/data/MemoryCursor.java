package io.scenerank.data;

import static java.util.Objects.requireNonNull;

import io.scenerank.data.RowSource.RowCursor;
import org.jspecify.annotations.Nullable;

/** Goes through rows that lie in memory. */
final class MemoryCursor implements RowCursor {
  private final PackedRows rows;
  private final RowSequence sequence;
  private int number;
  private @Nullable RowWindow window;
  private int position;

  MemoryCursor(PackedRows rows, RowSequence sequence, int first) {
    this.rows = rows;
    this.sequence = sequence;
    if (sequence.windows() > 0) {
      number = sequence.windowOf(first);
      window = sequence.window(number);
      position = first - sequence.start(number) - 1;
    }
  }

  @Override
  public boolean next() {
    if (window == null) {
      return false;
    }
    position++;
    while (position >= window.size()) {
      if (number + 1 == sequence.windows()) {
        window = null;
        return false;
      }
      window = sequence.window(++number);
      position = 0;
    }
    return true;
  }

  @Override
  public PackedRows rows() {
    return rows;
  }

  @Override
  public int row() {
    return requireNonNull(window, "no row").row(position);
  }

  @Override
  public void close() {}
}
