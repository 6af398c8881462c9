package io.scenerank.train;

import com.google.common.collect.ImmutableMap;
import io.scenerank.train.TrainingListener.ClusterMetrics;
import io.scenerank.variable.Placement;
import io.scenerank.variable.SessionOptions;
import io.scenerank.variable.WeightStore;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
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

  /** Runs the steps of a training, on one machine or on several. */
  interface StepRunner {

    /**
     * Begins to run the steps of an epoch that are left.
     *
     * @param start the present state of the training
     * @param rates learning rate of each step of the epoch
     */
    Steps begin(TrainingState start, Rates rates);

    /** Learning rates of an epoch's steps. */
    @FunctionalInterface
    interface Rates {
      /**
       * The learning rate of a step.
       *
       * @param step number of the step in its epoch, from 0
       */
      float of(int step);
    }

    /**
     * A finished step.
     *
     * @param loss of its rows before the update, with regularisers
     * @param rows number of its rows
     * @param learningRate rate of its update
     * @param gradientNorm Euclidean norm of all gradients together, where it is known
     * @param lossWeights what the losses were multiplied by, by task, where that is learned and
     *     known
     */
    record Finished(
        float loss,
        int rows,
        float learningRate,
        OptionalDouble gradientNorm,
        ImmutableMap<String, Float> lossWeights) {
      /** A step with fixed weights of the losses. */
      public Finished(float loss, int rows, float learningRate, OptionalDouble gradientNorm) {
        this(loss, rows, learningRate, gradientNorm, ImmutableMap.of());
      }
    }

    /** The steps of an epoch. Closing ends them, finished or not. For one thread. */
    interface Steps extends AutoCloseable {

      /**
       * Waits for a step.
       *
       * @param measured whether the norm of the gradients is wanted
       * @return empty if the training is to stop while there is nothing to wait for
       */
      Optional<Finished> next(boolean measured);

      /** Finishes the steps that have begun; none begins before {@link #next} is called again. */
      List<Finished> settle();

      /**
       * What several machines did since the last call; empty for one machine.
       *
       * @param step number of finished steps by now
       */
      Optional<ClusterMetrics> clusterMetrics(int step);

      @Override
      void close();
    }
  }
}
