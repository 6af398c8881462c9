package io.scenerank.cluster.wire;

import com.google.common.collect.ImmutableList;
import io.scenerank.cluster.TaskId;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.io.FifoQueue;
import org.tensorflow.op.io.QueueDequeue;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TString;
import org.tensorflow.types.family.TType;

/**
 * The queue on a task's CPU through which the chief tells it what to do: {@link WorkItem}s as
 * tensors. It holds any number of them, so that adding one never blocks. Every graph with the queue
 * of a task has the same queue, in any process.
 */
public final class WorkQueue {
  private static final String SHARED_NAME = "scenerank/work";
  private static final ImmutableList<Class<? extends TType>> TYPES =
      ImmutableList.of(TInt64.class, TString.class);

  private final TaskId task;

  /**
   * @param task whose queue it is
   */
  public WorkQueue(TaskId task) {
    this.task = task;
  }

  /**
   * Puts an item in when it runs.
   *
   * @param fields int64 [9], see {@link WorkItem#fields}
   * @param text scalar, see {@link WorkItem#textTensor}
   */
  public Op enqueue(Ops tf, Operand<TInt64> fields, Operand<TString> text) {
    Ops onTask = task.onCpu(tf);
    return onTask.io.queueEnqueue(queue(onTask), List.of(fields, text));
  }

  /**
   * Puts an item without a text in when it runs.
   *
   * @param fields int64 [9], see {@link WorkItem#fields}
   */
  public Op enqueue(Ops tf, Operand<TInt64> fields) {
    return enqueue(tf, fields, task.onCpu(tf).constant(""));
  }

  /** An item that is taken out; both operands are of the same one. */
  public record Element(Operand<TInt64> fields, Operand<TString> text) {}

  /** Takes an item out when it runs, and waits for one where there is none. */
  public Element dequeue(Ops tf) {
    Ops onTask = task.onCpu(tf);
    QueueDequeue item = onTask.io.queueDequeue(queue(onTask), TYPES);
    return new Element(component(item, 0), component(item, 1));
  }

  private static FifoQueue queue(Ops onTask) {
    return onTask.io.fifoQueue(
        TYPES,
        FifoQueue.sharedName(SHARED_NAME),
        FifoQueue.capacity(-1L),
        FifoQueue.shapes(Shape.of(WorkItem.FIELDS), Shape.scalar()));
  }

  @SuppressWarnings("unchecked") // the queue has these types
  private static <T extends TType> Operand<T> component(QueueDequeue item, int index) {
    return (Operand<T>) item.components().get(index);
  }
}
