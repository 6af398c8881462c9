package io.scenerank.serve;

import io.scenerank.serve.Ranker.RankerClosedException;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

/**
 * Lets many threads use native memory at once and one free it: freeing waits for the calls in
 * flight, calls that come later fail.
 */
final class CloseGate {
  private final String source;
  private final ReadWriteLock lock = new ReentrantReadWriteLock();
  private boolean closed;

  /**
   * @param source what errors name in front
   */
  CloseGate(String source) {
    this.source = source;
  }

  /**
   * Runs a call.
   *
   * @throws RankerClosedException if the gate is closed
   */
  <T> T call(Supplier<T> work) {
    lock.readLock().lock();
    try {
      if (closed) {
        throw new RankerClosedException(source);
      }
      return work.get();
    } finally {
      lock.readLock().unlock();
    }
  }

  /**
   * Waits for the calls in flight and frees what they used. A second call, from any thread, returns
   * when it is free and does nothing.
   */
  void close(Runnable free) {
    lock.writeLock().lock();
    try {
      if (!closed) {
        closed = true;
        free.run();
      }
    } finally {
      lock.writeLock().unlock();
    }
  }
}
