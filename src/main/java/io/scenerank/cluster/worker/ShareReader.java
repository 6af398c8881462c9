package io.scenerank.cluster.worker;

import io.scenerank.cluster.wire.TrainingJob;
import io.scenerank.cluster.wire.WorkQueue;
import io.scenerank.data.Batch;
import io.scenerank.data.Batcher.RangeReader;
import io.scenerank.data.RowSequence;
import io.scenerank.data.RowSequence.Split;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads shares of batches, in the order of their epoch: what a single process would train on. Holds
 * the order of the epoch that was read last. For one thread at a time.
 */
final class ShareReader implements AutoCloseable {
  private final TrainingJob job;
  private final Split split;
  private @Nullable RangeReader reader;
  private int epoch;

  /**
   * A share.
   *
   * @param batch its rows, which the caller closes
   * @param weight how many of them count
   * @param firstRow rows of the whole batch before them
   */
  record Share(Batch batch, int weight, int firstRow) {}

  /**
   * @throws io.scenerank.config.InvalidInputException if the rows lack what the model reads, or
   *     none is left to train on
   */
  ShareReader(TrainingJob job) {
    this.job = job;
    this.split = job.split();
    job.rows().format().requireReads(job.definition().layout(), tasks());
  }

  /**
   * Reads a worker's share of a batch. Of an empty one, which no op of a model need cope with, it
   * is the batch's first row, which does not count.
   *
   * @throws io.scenerank.config.InvalidInputException naming the file and what is wrong in it
   */
  Share read(WorkQueue.Item item) {
    int size = item.shareEnd() - item.shareBegin();
    int firstRow = size == 0 ? 0 : item.shareBegin();
    Batch batch = reader(item.epoch()).read(item.firstRow() + firstRow, Math.max(1, size));
    return new Share(batch, size, firstRow);
  }

  private RangeReader reader(int wanted) {
    if (reader == null || epoch != wanted) {
      close();
      RowSequence order =
          RowSequence.shuffled(split, job.config().shuffleBuffer(), job.seed(), wanted);
      reader =
          new RangeReader(
              job.rows(), job.definition().layout(), tasks(), order, job.config().batchSize());
      epoch = wanted;
    }
    return reader;
  }

  private List<String> tasks() {
    return job.definition().params().taskNames();
  }

  @Override
  public void close() {
    if (reader != null) {
      reader.close();
      reader = null;
    }
  }
}
