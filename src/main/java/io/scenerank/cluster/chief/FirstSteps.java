package io.scenerank.cluster.chief;

import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Lets lanes run their steps at the same time, except for those that run alone because a late
 * gradient would do harm. For any thread.
 *
 * <p>These are the first ones of a training: its variables move the fastest then, and Adam's steps
 * are as large for any gradient. Source: Large Scale Distributed Deep Networks (Dean et al., 2012),
 * section 4.1, which trains one replica alone before the others join. And the first of a lane,
 * since a graph's first run takes TensorFlow a second and more to prepare, after parts of it may
 * have read the variables: others would make dozens of updates meanwhile.
 */
final class FirstSteps {
  private final int warmStart;
  private final ReadWriteLock lock = new ReentrantReadWriteLock(true);

  /**
   * @param warmStart number of a training's first steps that run alone
   */
  FirstSteps(int warmStart) {
    this.warmStart = warmStart;
  }

  /**
   * Runs a step.
   *
   * @param firstOfLane whether the lane has run none yet
   * @param step number of steps before it in the training
   */
  void run(boolean firstOfLane, int step, Runnable training) {
    Lock mine = firstOfLane || step < warmStart ? lock.writeLock() : lock.readLock();
    mine.lock();
    try {
      training.run();
    } finally {
      mine.unlock();
    }
  }
}
