package io.scenerank.cluster;

import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Lets lanes run their steps at the same time, but for the first of a lane, which runs alone. A
 * graph's first run takes TensorFlow a second and more to prepare, after parts of it may have read
 * the variables: others would make dozens of updates meanwhile, and the gradient, just when the
 * training moves the fastest, would be that far behind. For any thread.
 */
final class FirstSteps {
  private final ReadWriteLock lock = new ReentrantReadWriteLock(true);

  /** Runs a step. */
  void run(boolean first, Runnable step) {
    Lock mine = first ? lock.writeLock() : lock.readLock();
    mine.lock();
    try {
      step.run();
    } finally {
      mine.unlock();
    }
  }
}
