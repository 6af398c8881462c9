package io.scenerank.data;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.common.util.concurrent.Uninterruptibles;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.IntFunction;

/**
 * Batches of rows in a given order; a daemon thread fills tensors ahead of the reader. The last
 * batch may be shorter. Read by one thread; {@link #close} stops the filling at any time and closes
 * the batches that were not taken.
 */
public final class Batcher implements Iterator<Batch>, AutoCloseable {
  private final BlockingQueue<Filled> ready;
  private final Thread thread;
  private final int batches;
  private int taken;
  private boolean closed;

  /** A batch, or why there is none. */
  private record Filled(Batch batch, Throwable failure) {}

  /** What to batch, and how. */
  public static final class Builder {
    private final PackedRows rows;
    private Projection projection;
    private int[] order;
    private int batchSize = 1024;
    private int prefetch = 2;

    private Builder(PackedRows rows) {
      this.rows = rows;
      this.projection = Projection.identity(rows.format());
    }

    /** The columns and tasks of the batches; all of them by default. */
    public Builder projection(Projection value) {
      projection = value;
      return this;
    }

    /** Row numbers in the order of the batches; every row in file order by default. */
    public Builder order(int... rowNumbers) {
      order = rowNumbers.clone();
      return this;
    }

    /** Rows a batch; 1,024 by default. */
    public Builder batchSize(int value) {
      checkArgument(value > 0, "batch size is %s, expected at least 1", value);
      batchSize = value;
      return this;
    }

    /** Batches that wait ready at most, besides the one being filled; 2 by default. */
    public Builder prefetch(int value) {
      checkArgument(value > 0, "prefetch is %s, expected at least 1", value);
      prefetch = value;
      return this;
    }

    /**
     * Starts to fill.
     *
     * @throws IllegalArgumentException if a row number does not exist
     */
    public Batcher start() {
      int[] numbers = order == null ? RowOrder.sequential(rows.size()) : order;
      for (int row : numbers) {
        checkArgument(row >= 0 && row < rows.size(), "row %s is outside [0, %s)", row, rows.size());
      }
      BatchFiller filler = new BatchFiller(rows, projection, numbers, batchSize);
      return new Batcher(filler.batches(), filler::fill, prefetch);
    }
  }

  public static Builder of(PackedRows rows) {
    return new Builder(rows);
  }

  Batcher(int batches, IntFunction<Batch> filler, int prefetch) {
    this.batches = batches;
    this.ready = new ArrayBlockingQueue<>(prefetch);
    this.thread = new Thread(() -> fillAll(batches, filler, ready), "scenerank-batcher");
    thread.setDaemon(true);
    thread.start();
  }

  private static void fillAll(int batches, IntFunction<Batch> filler, BlockingQueue<Filled> ready) {
    for (int i = 0; i < batches; i++) {
      Filled filled;
      try {
        filled = new Filled(filler.apply(i), null);
      } catch (RuntimeException | Error e) {
        filled = new Filled(null, e);
      }
      try {
        ready.put(filled);
      } catch (InterruptedException e) {
        // close() interrupts: nobody will take this batch.
        closeBatch(filled);
        return;
      }
      if (filled.failure != null) {
        return;
      }
    }
  }

  private static void closeBatch(Filled filled) {
    if (filled.batch != null) {
      filled.batch.close();
    }
  }

  /** Number of batches in all. */
  public int batches() {
    return batches;
  }

  @Override
  public boolean hasNext() {
    return !closed && taken < batches;
  }

  /**
   * The next batch, which the caller closes.
   *
   * @throws RuntimeException the failure of the filling thread, once
   */
  @Override
  public Batch next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    Filled filled;
    try {
      filled = ready.take();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      close();
      throw new IllegalStateException("interrupted while waiting for a batch", e);
    }
    taken++;
    if (filled.failure != null) {
      close();
      if (filled.failure instanceof Error error) {
        throw error;
      }
      throw (RuntimeException) filled.failure;
    }
    return filled.batch;
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    thread.interrupt();
    Uninterruptibles.joinUninterruptibly(thread);
    ready.forEach(Batcher::closeBatch);
    ready.clear();
  }
}
