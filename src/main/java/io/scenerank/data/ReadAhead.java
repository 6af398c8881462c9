package io.scenerank.data;

import static java.util.Objects.requireNonNull;

import com.google.common.util.concurrent.Uninterruptibles;
import java.util.NoSuchElementException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Things that a daemon thread makes ahead of their reader, a few at most. Read by one thread;
 * {@link #close} stops the making at any time and discards what was not taken.
 */
final class ReadAhead<T> implements AutoCloseable {
  private final int count;
  private final Consumer<T> discard;
  private final BlockingQueue<Made<T>> ready;
  private final Thread thread;
  private int taken;
  private boolean closed;

  /** A thing, or why there is none. */
  private record Made<T>(@Nullable T thing, @Nullable Throwable failure) {}

  /**
   * Starts to make.
   *
   * @param name of the thread
   * @param count how many there are in all
   * @param maker makes the thing of a number, from 0 on; called on the thread alone
   * @param discard closes a thing that nobody will take
   * @param waiting how many wait ready at most, besides the one being made
   */
  ReadAhead(String name, int count, IntFunction<T> maker, Consumer<T> discard, int waiting) {
    this.count = count;
    this.discard = discard;
    this.ready = new ArrayBlockingQueue<>(waiting);
    this.thread = new Thread(() -> makeAll(maker), name);
    thread.setDaemon(true);
    thread.start();
  }

  private void makeAll(IntFunction<T> maker) {
    for (int i = 0; i < count; i++) {
      Made<T> made;
      try {
        made = new Made<>(maker.apply(i), null);
      } catch (RuntimeException | Error e) {
        made = new Made<>(null, e);
      }
      try {
        ready.put(made);
      } catch (InterruptedException e) {
        // close() interrupts: nobody will take this one.
        discard(made);
        return;
      }
      if (made.failure != null) {
        return;
      }
    }
  }

  private void discard(Made<T> made) {
    if (made.thing != null) {
      discard.accept(made.thing);
    }
  }

  boolean hasNext() {
    return !closed && taken < count;
  }

  /**
   * The next one, which is the caller's from now on.
   *
   * @throws RuntimeException the failure of the thread, once
   */
  T next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    Made<T> made;
    try {
      made = ready.take();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      close();
      throw new IllegalStateException("interrupted while waiting for rows", e);
    }
    taken++;
    if (made.failure != null) {
      close();
      if (made.failure instanceof Error error) {
        throw error;
      }
      throw (RuntimeException) made.failure;
    }
    return requireNonNull(made.thing, "made without a failure");
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    thread.interrupt();
    Uninterruptibles.joinUninterruptibly(thread);
    ready.forEach(this::discard);
    ready.clear();
  }
}
