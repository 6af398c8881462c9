package io.scenerank.data;

import static java.util.Objects.requireNonNull;

import io.scenerank.config.InvalidInputException;
import io.scenerank.data.RowSource.RowCursor;
import java.sql.SQLException;
import java.util.Locale;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;

/**
 * Goes through rows that a thread reads from a file, a window ahead: two windows are in memory at
 * most, and their memory is used again for those after them.
 */
final class StreamCursor implements RowCursor {
  private static final int WINDOWS_IN_MEMORY = 2;

  private final ParquetTable table;
  private final RowSequence sequence;
  private final DuckDBConnection connection;
  private final BlockingQueue<RowStore> free = new ArrayBlockingQueue<>(WINDOWS_IN_MEMORY);
  private final ReadAhead<Loaded> windows;
  private @Nullable Loaded current;
  private int position;

  /** A window with the rows of its blocks. */
  private record Loaded(RowWindow window, RowStore store, PackedRows rows) {}

  /**
   * @param first rows of the sequence that are left out at its beginning
   */
  StreamCursor(ParquetTable table, RowSequence sequence, int first) {
    this.table = table;
    this.sequence = sequence;
    this.connection = table.connect();
    for (int i = 0; i < WINDOWS_IN_MEMORY; i++) {
      free.add(table.newStore());
    }
    int begin = sequence.windows() == 0 ? 0 : sequence.windowOf(first);
    this.position = sequence.windows() == 0 ? 0 : first - sequence.start(begin) - 1;
    this.windows =
        new ReadAhead<>(
            "scenerank-reader",
            sequence.windows() - begin,
            number -> load(begin + number),
            loaded -> {},
            WINDOWS_IN_MEMORY - 1);
  }

  private Loaded load(int number) {
    RowStore store;
    try {
      store = free.take();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for a window to be used up", e);
    }
    RowWindow window = sequence.window(number);
    try {
      table.read(connection, window, store);
    } catch (OutOfMemoryError e) {
      throw new InvalidInputException(
          String.format(
              Locale.ROOT,
              "%s: twice %,d rows do not fit into memory (%s); a smaller shuffle_buffer needs less"
                  + " memory; -Xmx in SCENERANK_JAVA_OPTS allows more",
              table.file(),
              window.rowsRead(),
              e.getMessage()),
          e);
    }
    return new Loaded(window, store, table.rows(store));
  }

  @Override
  public boolean next() {
    position++;
    Loaded here = current == null ? advance() : current;
    while (here != null && position >= here.window.size()) {
      position = 0;
      here = advance();
    }
    return here != null;
  }

  /** The next window; null where there is none. */
  private @Nullable Loaded advance() {
    if (current != null) {
      free.add(current.store);
    }
    current = windows.hasNext() ? windows.next() : null;
    return current;
  }

  @Override
  public PackedRows rows() {
    return requireNonNull(current, "no row").rows;
  }

  @Override
  public int row() {
    return requireNonNull(current, "no row").window.local(position);
  }

  @Override
  public void close() {
    windows.close();
    try {
      connection.close();
    } catch (SQLException e) {
      throw new IllegalStateException("the database of " + table.file() + " cannot be closed", e);
    }
  }
}
