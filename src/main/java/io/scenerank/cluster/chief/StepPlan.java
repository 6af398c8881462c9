package io.scenerank.cluster.chief;

import io.scenerank.data.Batch;
import io.scenerank.model.ModelDefinition;
import io.scenerank.model.ModelGraph;
import io.scenerank.train.Device;
import io.scenerank.variable.Seeds;
import io.scenerank.variable.WeightStore;
import java.util.Optional;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;

/**
 * Says what steps of a model will send before anything is trained. Its graph has the model's wiring
 * and none of its values, so that tables of any size take no memory.
 */
public final class StepPlan implements AutoCloseable {
  private final Graph graph = new Graph();
  private final Session session;
  private final ModelGraph model;
  private final TouchedRows touched;

  /** Wires a model. */
  public StepPlan(ModelDefinition<?> definition) {
    try {
      Device cpu = Device.parse("cpu");
      Ops tf = cpu.place(Ops.create(graph));
      WeightStore store = new WeightStore(graph, tf, new Seeds(0), Optional.empty());
      this.model =
          ModelGraph.build(definition, tf, store, ModelGraph.placeholders(tf, definition.layout()));
      this.touched = new TouchedRows(tf, store);
      this.session = new Session(graph, cpu.sessionConfig(1));
    } catch (RuntimeException e) {
      graph.close();
      throw e;
    }
  }

  /**
   * What a worker's step sends.
   *
   * @param batch the rows that the worker takes, in the model's layout; they stay the caller's to
   *     close
   */
  public Bytes bytes(Batch batch) {
    try (Result result =
        model
            .inputs()
            .feed(session.runner(), batch.ids(), batch.dense())
            .fetch(touched.counts())
            .run()) {
      TInt32 counts = (TInt32) result.get(0);
      int[] counted = new int[Math.toIntExact(counts.size())];
      counts.asRawTensor().data().asInts().read(counted);
      return touched.bytes(counted);
    }
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }

  /**
   * Values and row numbers that cross the network in one step of one worker, in bytes. Each takes 4
   * bytes. What TensorFlow, gRPC, TCP and the network put around them is not in it.
   *
   * @param dense every value that is in no embedding table, once to the worker and its gradient
   *     once back
   * @param rows the tables' rows that the batch reads: for each look-up the number of every
   *     distinct row to the parameter servers, and the row back
   * @param gradients of the tables' rows: for each table that training changes the gradient of
   *     every distinct row to the parameter servers; for one that is looked up several times, the
   *     rows' numbers too
   */
  public record Bytes(long dense, long rows, long gradients) {
    private static final int VALUE = 4;

    /** What the values outside of the tables take. */
    static Bytes ofDense(long values) {
      return new Bytes(2 * VALUE * values, 0, 0);
    }

    /** What a look-up of rows takes. */
    static Bytes ofRows(long distinct, long width) {
      return new Bytes(0, numberedRows(distinct, width), 0);
    }

    /**
     * What the gradients of a table's rows take.
     *
     * @param lookUps of the table: the numbers of a single one's rows have been sent already
     */
    static Bytes ofGradients(long distinct, long width, int lookUps) {
      return new Bytes(
          0, 0, lookUps == 1 ? VALUE * distinct * width : numberedRows(distinct, width));
    }

    private static long numberedRows(long distinct, long width) {
      return VALUE * distinct * (1 + width);
    }

    Bytes plus(Bytes other) {
      return new Bytes(dense + other.dense, rows + other.rows, gradients + other.gradients);
    }

    /** All of them. */
    public long total() {
      return dense + rows + gradients;
    }
  }
}
