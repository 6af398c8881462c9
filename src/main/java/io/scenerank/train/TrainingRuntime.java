package io.scenerank.train;

import io.scenerank.variable.Placement;
import io.scenerank.variable.SessionOptions;
import io.scenerank.variable.WeightStore;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;

/** Where a training graph runs and its variables live. */
public interface TrainingRuntime {
  /** Ops where the graph's own ops run. */
  Ops own(Ops tf);

  /** Where its variables live. */
  Placement placement();

  /** Opens a session, which the caller closes. */
  Session open(Graph graph);

  /**
   * The same session, with what suits a graph of these variables.
   *
   * @param store the graph's variables
   */
  default Session open(Graph graph, WeightStore store) {
    return open(graph);
  }

  /** This process, on a device. */
  static TrainingRuntime local(Device device, int threads) {
    return new TrainingRuntime() {
      @Override
      public Ops own(Ops tf) {
        return device.place(tf);
      }

      @Override
      public Placement placement() {
        return Placement.local();
      }

      @Override
      public Session open(Graph graph) {
        return new Session(graph, device.sessionConfig(threads));
      }

      @Override
      public Session open(Graph graph, WeightStore store) {
        return new Session(graph, SessionOptions.ofGraph(store, device.sessionConfig(threads)));
      }
    };
  }
}
