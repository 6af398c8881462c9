package io.scenerank.cluster.worker;

import com.google.common.collect.ImmutableList;
import io.scenerank.cluster.ClusterSpec.TaskId;
import io.scenerank.cluster.wire.WorkQueue;
import io.scenerank.feature.PackedLayout;
import io.scenerank.model.ModelDefinition;
import io.scenerank.model.PackedInputs;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.io.FifoQueue;
import org.tensorflow.op.io.QueueClose;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TType;

/**
 * The queue on a worker's CPU that its rows go through: the worker puts shares of batches in, the
 * chief's step, whose graph runs there, takes them out. It holds a few of them; adding one more
 * blocks. Every graph with the queue of a worker and a generation has the same queue, in any
 * process.
 */
public final class InputQueue {
  private static final String SHARED_NAME = "scenerank/input-";

  /** Shares that wait ready at most. */
  public static final int CAPACITY = 4;

  private final TaskId worker;
  private final long generation;
  private final Format format;

  /**
   * What a row carries; a width of 0 leaves the component out.
   *
   * @param idWidth F, ids
   * @param denseWidth G, dense values
   * @param labels numbers of labels and of their weights, at least 1
   * @param dropoutWidth W, decisions of dropout
   */
  public record Format(int idWidth, int denseWidth, int labels, int dropoutWidth) {
    /** What a model's rows carry. */
    public static Format of(ModelDefinition<?> definition, int dropoutWidth) {
      PackedLayout layout = definition.layout();
      return new Format(
          layout.idWidth(), layout.denseWidth(), definition.labelWidth(), dropoutWidth);
    }
  }

  /**
   * A share of a batch in a graph.
   *
   * @param number the item's {@link WorkQueue.Item#number}, scalar
   * @param weight rows that count, scalar: b, or 0 where the share is empty and b is 1
   * @param inputs ids [b, F] and dense values [b, G]
   * @param labels [b, T]
   * @param kept decisions of dropout [W, b], present where the format has them
   */
  public record Element(
      Operand<TInt64> number,
      Operand<TInt32> weight,
      PackedInputs inputs,
      Operand<TFloat32> labels,
      Optional<Operand<TBool>> kept) {

    private ImmutableList<Operand<?>> components() {
      ImmutableList.Builder<Operand<?>> components = ImmutableList.builder();
      components.add(number, weight);
      inputs.ids().ifPresent(components::add);
      inputs.dense().ifPresent(components::add);
      components.add(labels);
      kept.ifPresent(components::add);
      return components.build();
    }
  }

  /**
   * @param worker whose queue it is
   * @param generation see {@link WorkQueue.Item#generation}
   */
  public InputQueue(TaskId worker, long generation, Format format) {
    this.worker = worker;
    this.generation = generation;
    this.format = format;
  }

  /**
   * Takes a share out when it runs, and waits for one where there is none. The number of rows is
   * unknown to the graph, all other dimensions are known to it.
   */
  public Element dequeue(Ops tf) {
    Ops onWorker = worker.onCpu(tf);
    Iterator<Output<?>> components =
        onWorker.io.queueDequeue(queue(onWorker), types()).components().iterator();
    return new Element(
        next(onWorker, components, Shape.scalar()),
        next(onWorker, components, Shape.scalar()),
        new PackedInputs(
            present(onWorker, components, Shape.of(-1, format.idWidth()), format.idWidth()),
            present(onWorker, components, Shape.of(-1, format.denseWidth()), format.denseWidth())),
        next(onWorker, components, Shape.of(-1, format.labels())),
        present(onWorker, components, Shape.of(format.dropoutWidth(), -1), format.dropoutWidth()));
  }

  private static <T extends TType> Optional<Operand<T>> present(
      Ops tf, Iterator<Output<?>> components, Shape shape, int width) {
    return width == 0 ? Optional.empty() : Optional.of(next(tf, components, shape));
  }

  @SuppressWarnings("unchecked") // the queue has these types
  private static <T extends TType> Operand<T> next(
      Ops tf, Iterator<Output<?>> components, Shape shape) {
    return tf.ensureShape((Operand<T>) components.next(), shape);
  }

  /** Puts a share in when it runs, and waits where the queue is full. */
  public Op enqueue(Ops tf, Element share) {
    Ops onWorker = worker.onCpu(tf);
    return onWorker.io.queueEnqueue(queue(onWorker), share.components());
  }

  /** How many shares wait ready, when it runs. */
  public Operand<TInt32> size(Ops tf) {
    Ops onWorker = worker.onCpu(tf);
    return onWorker.io.queueSize(queue(onWorker));
  }

  /**
   * Ends the queue: a thread that waits to add a share fails; a thread that takes one finds those
   * that are left, and after them, even if it waits already, an end that is an error (out of
   * range).
   */
  public Op close(Ops tf) {
    Ops onWorker = worker.onCpu(tf);
    return onWorker.io.queueClose(queue(onWorker), QueueClose.cancelPendingEnqueues(true));
  }

  private FifoQueue queue(Ops onWorker) {
    return onWorker.io.fifoQueue(
        types(),
        FifoQueue.sharedName(SHARED_NAME + Long.toUnsignedString(generation)),
        FifoQueue.capacity((long) CAPACITY));
  }

  private List<Class<? extends TType>> types() {
    List<Class<? extends TType>> types = new ArrayList<>(List.of(TInt64.class, TInt32.class));
    if (format.idWidth() > 0) {
      types.add(TInt32.class);
    }
    if (format.denseWidth() > 0) {
      types.add(TFloat32.class);
    }
    types.add(TFloat32.class);
    if (format.dropoutWidth() > 0) {
      types.add(TBool.class);
    }
    return types;
  }
}
