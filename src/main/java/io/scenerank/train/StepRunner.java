package io.scenerank.train;

import io.scenerank.train.TrainingListener.ClusterMetrics;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** Runs the steps of a training, on one machine or on several. */
public interface StepRunner {

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
   */
  record Finished(float loss, int rows, float learningRate, OptionalDouble gradientNorm) {}

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
