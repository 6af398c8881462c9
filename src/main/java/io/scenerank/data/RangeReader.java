package io.scenerank.data;

import static com.google.common.base.Preconditions.checkArgument;

import io.scenerank.data.RowSource.RowFormat;
import io.scenerank.feature.PackedLayout;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads rows of a sequence from any position. If the position is a little further on, in the
 * current window or in the next one, which is being read already, the rows between are skipped; for
 * any other position reading begins again there. For one thread at a time.
 */
public final class RangeReader implements AutoCloseable {
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
