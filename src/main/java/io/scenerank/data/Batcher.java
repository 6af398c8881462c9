package io.scenerank.data;

import static com.google.common.base.Preconditions.checkArgument;

import io.scenerank.config.InvalidInputException;
import io.scenerank.data.RowSource.RowFormat;
import io.scenerank.feature.PackedLayout;
import java.util.Iterator;
import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Batches of rows in a given order; a daemon thread fills tensors ahead of the reader. The last
 * batch may be shorter. Read by one thread; {@link #close} stops the filling at any time and closes
 * the batches that were not taken.
 */
public final class Batcher implements Iterator<Batch>, AutoCloseable {
  private final int batches;
  private final ReadAhead<Batch> filled;
  private final Runnable end;

  /** What to batch, and how. */
  public static final class Builder {
    private final RowSource rows;
    private Projection projection;
    private RowSequence order;
    private int batchSize = 1024;
    private int first;
    private int prefetch = 2;

    private Builder(RowSource rows) {
      this.rows = rows;
      this.projection = Projection.identity(rows.format());
      this.order = RowSequence.inOrder(rows.size());
    }

    /**
     * The columns and tasks of the batches; all of them by default.
     *
     * @param model the columns, in their layout
     * @param tasks the tasks; empty for prediction
     * @throws InvalidInputException as {@link RowFormat#requireReads}
     */
    public Builder reading(PackedLayout model, List<String> tasks) {
      projection = Projection.of(rows.format(), model, tasks);
      return this;
    }

    /** The order of the rows; every row in file order by default. */
    public Builder order(RowSequence value) {
      order = value;
      return this;
    }

    /**
     * Row numbers in the order of the batches.
     *
     * @throws IllegalArgumentException if a row number does not exist
     */
    public Builder order(int... rowNumbers) {
      return order(RowSequence.of(rows.size(), rowNumbers.clone()));
    }

    /**
     * All rows shuffled, in an order that depends only on their number, the seed and the epoch:
     * training that resumes at an epoch has the order that it would have had.
     */
    public Builder shuffled(long seed, int epoch) {
      return order(RowOrder.shuffled(rows.size(), seed, epoch));
    }

    /** Rows a batch; 1,024 by default. */
    public Builder batchSize(int value) {
      checkArgument(value > 0, "batch size is %s, expected at least 1", value);
      batchSize = value;
      return this;
    }

    /** How many batches are left out at the beginning; none by default. */
    public Builder first(int batch) {
      checkArgument(batch >= 0, "first batch is %s, expected 0 or more", batch);
      first = batch;
      return this;
    }

    /** Batches that wait ready at most, besides the one being filled; 2 by default. */
    public Builder prefetch(int value) {
      checkArgument(value > 0, "prefetch is %s, expected at least 1", value);
      prefetch = value;
      return this;
    }

    /** Starts to fill. */
    public Batcher start() {
      int skipped = (int) Math.min((long) first * batchSize, order.size());
      int left = order.size() - skipped;
      BatchFiller filler =
          new BatchFiller(rows.cursor(order, skipped), projection, Math.min(batchSize, left));
      int batches = left / batchSize + (left % batchSize == 0 ? 0 : 1);
      return new Batcher(
          batches,
          number -> filler.fill(Math.min(batchSize, left - number * batchSize)),
          prefetch,
          filler::close);
    }
  }

  public static Builder of(RowSource rows) {
    return new Builder(rows);
  }

  /**
   * @param end called once nothing fills any more
   */
  Batcher(int batches, IntFunction<Batch> filler, int prefetch, Runnable end) {
    this.batches = batches;
    this.filled = new ReadAhead<>("scenerank-batcher", batches, filler, Batch::close, prefetch);
    this.end = end;
  }

  /** Number of batches in all, without those left out at the beginning. */
  public int batches() {
    return batches;
  }

  @Override
  public boolean hasNext() {
    return filled.hasNext();
  }

  /**
   * The next batch, which the caller closes.
   *
   * @throws RuntimeException the failure of the filling thread, once
   */
  @Override
  public Batch next() {
    return filled.next();
  }

  @Override
  public void close() {
    filled.close();
    end.run();
  }

  /**
   * Reads rows of a sequence from any position. If the position is a little further on, in the
   * current window or in the next one, which is being read already, the rows between are skipped;
   * for any other position reading begins again there. For one thread at a time.
   */
  public static final class RangeReader implements AutoCloseable {
    private final RowSource rows;
    private final Projection projection;
    private final RowSequence order;
    private final int largest;
    private @Nullable BatchFiller filler;
    private int position;

    /**
     * Reads what a model reads.
     *
     * @param model its columns, in their layout
     * @param tasks its tasks; empty for prediction
     * @param order the sequence; of the rows' number
     * @param largest the most rows that are read at a time
     * @throws io.scenerank.config.InvalidInputException as {@link RowFormat#requireReads}
     */
    public RangeReader(
        RowSource rows, PackedLayout model, List<String> tasks, RowSequence order, int largest) {
      this(rows, Projection.of(rows.format(), model, tasks), order, largest);
    }

    RangeReader(RowSource rows, Projection projection, RowSequence order, int largest) {
      this.rows = rows;
      this.projection = projection;
      this.order = order;
      this.largest = largest;
    }

    /**
     * The rows of the sequence from one on, as a batch that the caller closes.
     *
     * @param first rows of the sequence before them
     * @throws io.scenerank.config.InvalidInputException naming the file and what is wrong in it
     * @throws IllegalArgumentException if the sequence ends before them or they are too many
     */
    public Batch read(int first, int count) {
      checkArgument(
          first >= 0 && count > 0 && count <= largest && count <= order.size() - first,
          "%s rows from %s on of %s, at most %s at a time",
          count,
          first,
          order.size(),
          largest);
      if (filler != null && isNear(first)) {
        filler.skip(first - position);
      } else {
        close();
        filler = new BatchFiller(rows.cursor(order, first), projection, largest);
      }
      position = first + count;
      return filler.fill(count);
    }

    private boolean isNear(int first) {
      return first >= position && order.windowOf(first) <= order.windowOf(position) + 1;
    }

    @Override
    public void close() {
      if (filler != null) {
        filler.close();
        filler = null;
      }
    }
  }
}
