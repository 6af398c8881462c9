package io.scenerank.cluster.worker;

import io.scenerank.cluster.wire.TaskServer;
import io.scenerank.data.Batch;
import io.scenerank.model.PackedInputs;
import java.util.Optional;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.exceptions.TFOutOfRangeException;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TType;

/**
 * A worker's own end of the {@link InputQueue} of a generation. One thread writes and closes, any
 * other may cancel.
 */
final class InputWriter implements AutoCloseable {
  private final long generation;
  private final Graph graph = new Graph();
  private final InputQueue.Element share;
  private final Op enqueue;
  private final Op end;
  private final Operand<TInt64> leftOver;
  private final Session session;
  private boolean closed;

  InputWriter(TaskServer server, long generation, InputQueue.Format format) {
    this.generation = generation;
    try {
      Ops tf = Ops.create(graph);
      Ops onTask = server.task().onCpu(tf);
      InputQueue queue = new InputQueue(server.task(), generation, format);
      this.share =
          new InputQueue.Element(
              onTask.placeholder(TInt64.class),
              onTask.placeholder(TInt32.class),
              new PackedInputs(
                  input(onTask, TInt32.class, format.idWidth()),
                  input(onTask, TFloat32.class, format.denseWidth())),
              onTask.placeholder(TFloat32.class),
              input(onTask, TBool.class, format.dropoutWidth()));
      this.enqueue = queue.enqueue(tf, share);
      this.end = queue.close(tf);
      this.leftOver = queue.dequeue(tf).number();
      this.session = server.open(graph);
    } catch (RuntimeException e) {
      graph.close();
      throw e;
    }
  }

  private static <T extends TType> Optional<Operand<T>> input(Ops tf, Class<T> type, int width) {
    return width == 0 ? Optional.empty() : Optional.of(tf.placeholder(type));
  }

  /** Whose inputs these are. */
  long generation() {
    return generation;
  }

  /**
   * Puts a share in, once there is room for it.
   *
   * @param kept decisions of dropout [W, b], where the format has them
   * @throws org.tensorflow.exceptions.TensorFlowException if the queue is cancelled, even before
   */
  void write(long number, int weight, Batch batch, Optional<TBool> kept) {
    try (TInt64 numberTensor = TInt64.scalarOf(number);
        TInt32 weightTensor = TInt32.scalarOf(weight)) {
      Session.Runner runner = session.runner().addTarget(enqueue);
      runner.feed(share.number(), numberTensor).feed(share.weight(), weightTensor);
      share.inputs().feed(runner, batch.ids(), batch.dense());
      runner.feed(share.labels(), batch.labels().orElseThrow());
      share.kept().ifPresent(input -> runner.feed(input, kept.orElseThrow()));
      runner.run().close();
    }
  }

  /** Ends the queue: a share that waits for room is not put in. */
  synchronized void cancel() {
    if (!closed) {
      session.runner().addTarget(end).run().close();
    }
  }

  /** Cancels, and drops what nobody has taken. */
  @Override
  public synchronized void close() {
    cancel();
    closed = true;
    try {
      while (true) {
        session.runner().fetch(leftOver).run().close();
      }
    } catch (TFOutOfRangeException e) {
      // The queue is closed, and empty now.
    } finally {
      session.close();
      graph.close();
    }
  }
}
