package io.scenerank.cluster.wire;

import org.tensorflow.types.TInt64;
import org.tensorflow.types.TString;

/**
 * What a task is told by the chief, through its {@link WorkQueue}.
 *
 * @param generation whose it is: the chief draws a new number for every {@link Kind#OPEN}, and what
 *     belongs to another one is dropped
 * @param number the chief's own number of a batch, handed back with its rows
 * @param epoch epoch whose order the rows are in, from 0
 * @param firstRow rows of the epoch before the batch
 * @param rows rows of the batch, at least 1
 * @param share which share of the batch is this worker's, from 0
 * @param shares into how many shares the batch is cut: the i-th of n has the rows from i · rows / n
 *     to (i + 1) · rows / n
 * @param dropoutStep number of the training step, which dropout draws with
 * @param text the message to a task that is refused; empty in all other items
 */
public record WorkItem(
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
  public static WorkItem none() {
    return plain(Kind.NONE, 0, "");
  }

  /** The beginning of a generation. */
  public static WorkItem open(long generation) {
    return plain(Kind.OPEN, generation, "");
  }

  /** A share of a batch; see the components. */
  public static WorkItem feed(
      long generation,
      long number,
      int epoch,
      int firstRow,
      int rows,
      int share,
      int shares,
      int dropoutStep) {
    return new WorkItem(
        Kind.FEED, generation, number, epoch, firstRow, rows, share, shares, dropoutStep, "");
  }

  /** The end of the training. */
  public static WorkItem end() {
    return plain(Kind.END, 0, "");
  }

  /**
   * A refusal.
   *
   * @param text one line that says why
   */
  public static WorkItem refused(String text) {
    return plain(Kind.REFUSED, 0, text);
  }

  private static WorkItem plain(Kind kind, long generation, String text) {
    return new WorkItem(kind, generation, 0, 0, 0, 0, 0, 0, 0, text);
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
  public static WorkItem of(TInt64 fields, TString text) {
    return new WorkItem(
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
