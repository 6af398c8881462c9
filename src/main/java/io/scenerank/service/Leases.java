package io.scenerank.service;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts the calls that use something, and tells when the last one ended after its retirement. */
final class Leases {
  /** The sign says that it is retired, the other bits count. */
  private static final int RETIRED = Integer.MIN_VALUE;

  private final AtomicInteger state = new AtomicInteger();
  private final CountDownLatch drained = new CountDownLatch(1);

  /** Takes a lease, unless it is retired. */
  boolean take() {
    for (int now = state.get(); now >= 0; now = state.get()) {
      if (state.compareAndSet(now, now + 1)) {
        return true;
      }
    }
    return false;
  }

  /** Gives a lease back. */
  void giveBack() {
    if (state.decrementAndGet() == RETIRED) {
      drained.countDown();
    }
  }

  /** Gives no more leases. A second time does nothing. */
  void retire() {
    if (state.getAndUpdate(now -> now | RETIRED) == 0) {
      drained.countDown();
    }
  }

  /** Waits until it is retired and every lease is given back. */
  void awaitDrained() {
    boolean interrupted = false;
    while (true) {
      try {
        drained.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true; // Native memory that is in use must not be freed.
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
