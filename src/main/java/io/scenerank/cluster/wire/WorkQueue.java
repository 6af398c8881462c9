package io.scenerank.cluster.wire;

import com.google.common.collect.ImmutableList;
import io.scenerank.cluster.ClusterSpec.TaskId;
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
 * The queue on a task's CPU through which the chief tells it what to do: {@link Item}s as tensors.
 * It holds any number of them, so that adding one never blocks. Every graph with the queue of a
 * task has the same queue, in any process.
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
   * @param fields int64 [9], see {@link Item#fields}
   * @param text scalar, see {@link Item#textTensor}
   */
  public Op enqueue(Ops tf, Operand<TInt64> fields, Operand<TString> text) {
    Ops onTask = task.onCpu(tf);
    return onTask.io.queueEnqueue(queue(onTask), List.of(fields, text));
  }

  /**
   * Puts an item without a text in when it runs.
   *
   * @param fields int64 [9], see {@link Item#fields}
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
        FifoQueue.shapes(Shape.of(Item.FIELDS), Shape.scalar()));
  }

  @SuppressWarnings("unchecked") // the queue has these types
  private static <T extends TType> Operand<T> component(QueueDequeue item, int index) {
    return (Operand<T>) item.components().get(index);
  }

  /**
   * What a task is told by the chief, through its {@link WorkQueue}.
   *
   * @param generation whose it is: the chief draws a new number for every {@link Kind#OPEN}, and
   *     what belongs to another one is dropped
   * @param number the chief's own number of a batch, handed back with its rows
   * @param epoch epoch whose order the rows are in, from 0
   * @param firstRow rows of the epoch before the batch
   * @param rows rows of the batch, at least 1
   * @param share which share of the batch is this worker's, from 0
   * @param shares into how many shares the batch is cut: the i-th of n has the rows from i · rows /
   *     n to (i + 1) · rows / n
   * @param dropoutStep number of the training step, which dropout draws with
   * @param text the message to a task that is refused; empty in all other items
   */
  public record Item(
      Kind kind,
      long generation,
      long number,
      int epoch,
      int firstRow,
      int rows,
      int share,
      int shares,
      int dropoutStep,
      String text) {
    /** Length of {@link #fields}. */
    public static final int FIELDS = 9;

    /** What is to be done. */
    public enum Kind {
      /** Nothing; for a step that has nothing to say to one of its workers. */
      NONE,

      /** A generation begins: earlier work is dropped, and a new input queue takes its place. */
      OPEN,

      /** Rows of a batch are to be put into the generation's input queue. */
      FEED,

      /** The training is over. */
      END,

      /** The chief does not take the task. */
      REFUSED
    }

    /** Nothing to do. */
    public static Item none() {
      return plain(Kind.NONE, 0, "");
    }

    /** The beginning of a generation. */
    public static Item open(long generation) {
      return plain(Kind.OPEN, generation, "");
    }

    /** A share of a batch; see the components. */
    public static Item feed(
        long generation,
        long number,
        int epoch,
        int firstRow,
        int rows,
        int share,
        int shares,
        int dropoutStep) {
      return new Item(
          Kind.FEED, generation, number, epoch, firstRow, rows, share, shares, dropoutStep, "");
    }

    /** The end of the training. */
    public static Item end() {
      return plain(Kind.END, 0, "");
    }

    /**
     * A refusal.
     *
     * @param text one line that says why
     */
    public static Item refused(String text) {
      return plain(Kind.REFUSED, 0, text);
    }

    private static Item plain(Kind kind, long generation, String text) {
      return new Item(kind, generation, 0, 0, 0, 0, 0, 0, 0, text);
    }

    /** All but the text as a tensor [9], which the caller closes. */
    @SuppressWarnings("EnumOrdinal") // a tensor holds numbers, and both ends are of one version
    public TInt64 fields() {
      return TInt64.vectorOf(
          kind.ordinal(), generation, number, epoch, firstRow, rows, share, shares, dropoutStep);
    }

    /** The text as a scalar, which the caller closes. */
    public TString textTensor() {
      return TString.scalarOf(text);
    }

    /** The item of such tensors, which stay the caller's to close. */
    public static Item of(TInt64 fields, TString text) {
      return new Item(
          Kind.values()[Math.toIntExact(fields.getLong(0))],
          fields.getLong(1),
          fields.getLong(2),
          Math.toIntExact(fields.getLong(3)),
          Math.toIntExact(fields.getLong(4)),
          Math.toIntExact(fields.getLong(5)),
          Math.toIntExact(fields.getLong(6)),
          Math.toIntExact(fields.getLong(7)),
          Math.toIntExact(fields.getLong(8)),
          text.getObject());
    }

    /** Rows of the batch before this share. */
    public int shareBegin() {
      return (int) ((long) rows * share / shares);
    }

    /** Rows of the batch before the next share. */
    public int shareEnd() {
      return (int) ((long) rows * (share + 1) / shares);
    }
  }
}
