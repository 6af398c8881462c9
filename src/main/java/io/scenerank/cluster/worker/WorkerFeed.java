package io.scenerank.cluster.worker;

import com.google.common.base.Throwables;
import com.google.common.util.concurrent.Uninterruptibles;
import io.scenerank.cluster.wire.TaskServer;
import io.scenerank.cluster.wire.WorkQueue;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.Batch;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TBool;

/**
 * Delivers rows to a worker's device: what the chief requests through the work queue goes into the
 * input queue, in the order of the requests. The caller's thread listens, so that a new generation
 * is heard of while the thread that reads waits for room.
 */
final class WorkerFeed implements AutoCloseable {
  private final TaskServer server;
  private final InputQueue.Format format;
  private final DropoutPlan dropout;
  private final ShareReader reader;
  private final TaskInbox inbox;
  private final BlockingQueue<WorkQueue.Item> pending = new LinkedBlockingQueue<>();
  private final Thread filler = new Thread(this::fillAll, "scenerank-feed");

  private volatile long generation;

  /** Where the filler writes to; absent before the first generation. */
  private volatile Optional<InputWriter> inputs = Optional.empty();

  private volatile Optional<Throwable> failure = Optional.empty();

  /**
   * @param format what a row carries; with decisions of dropout or without
   * @param reader of the rows; closed with this
   */
  WorkerFeed(TaskServer server, InputQueue.Format format, DropoutPlan dropout, ShareReader reader) {
    this.server = server;
    this.format = format;
    this.dropout = dropout;
    this.reader = reader;
    this.inbox = new TaskInbox(server);
  }

  /**
   * Delivers until the chief says that it is over. To be called once.
   *
   * @throws InvalidInputException if the chief does not take this worker, or if the data are wrong
   */
  void run() {
    filler.setDaemon(true);
    filler.start();
    boolean goesOn = true;
    while (goesOn) {
      WorkQueue.Item item = inbox.take();
      failure.ifPresent(Throwables::throwIfUnchecked);
      switch (item.kind()) {
        case NONE -> {}
        case OPEN -> open(item);
        case FEED -> {
          if (item.generation() == generation) {
            pending.add(item);
          }
        }
        case END -> goesOn = false;
        case REFUSED -> throw new InvalidInputException(item.text());
      }
    }
  }

  private void open(WorkQueue.Item item) {
    generation = item.generation();
    pending.clear();
    inputs.ifPresent(InputWriter::cancel);
    pending.add(item);
  }

  private void fillAll() {
    try {
      WorkQueue.Item item = pending.take();
      while (item.kind() != WorkQueue.Item.Kind.END) {
        if (item.kind() == WorkQueue.Item.Kind.OPEN) {
          inputs.ifPresent(InputWriter::close);
          inputs = Optional.of(new InputWriter(server, item.generation(), format));
        } else {
          fill(item, inputs.orElseThrow());
        }
        item = pending.take();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error e) {
      failure = Optional.of(e);
      inbox.put(WorkQueue.Item.none()); // wakes the listener, which finds the failure
    }
  }

  private void fill(WorkQueue.Item item, InputWriter writer) {
    ShareReader.Share share = reader.read(item);
    try (Batch batch = share.batch()) {
      Optional<TBool> kept = kept(item, share);
      try {
        writer.write(item.number(), share.weight(), batch, kept);
      } finally {
        kept.ifPresent(TBool::close);
      }
    } catch (TensorFlowException e) {
      if (writer.generation() == generation) {
        throw e;
      }
      // The queue was cancelled: its generation is over.
    }
  }

  private Optional<TBool> kept(WorkQueue.Item item, ShareReader.Share share) {
    if (format.dropoutWidth() == 0) {
      return Optional.empty();
    }
    return Optional.of(
        TBool.tensorOf(
            Shape.of(format.dropoutWidth(), share.batch().size()),
            kept -> dropout.sampler().draw(item.dropoutStep(), share.firstRow(), kept)));
  }

  @Override
  public void close() {
    pending.clear();
    inputs.ifPresent(InputWriter::cancel);
    pending.add(WorkQueue.Item.end());
    Uninterruptibles.joinUninterruptibly(filler);
    inputs.ifPresent(InputWriter::close);
    reader.close();
    inbox.close();
  }
}
