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
  public StepBytes bytes(Batch batch) {
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
}
