package io.scenerank.data;

import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * Hands chunks of rows from the thread that makes them to the thread that writes them, in order,
 * and back for the next rows. A few are under way at most.
 */
final class ChunkPipe {
  private static final int UNDER_WAY = 4;

  private final Deque<RowChunk> filled = new ArrayDeque<>();
  private final Deque<RowChunk> empty = new ArrayDeque<>();
  private boolean ended;
  private boolean stopped;

  /**
   * Passes a chunk on.
   *
   * @return an empty chunk that was written before, if there is one; empty after {@link #stop}
   * @throws InterruptedIOException if the thread is interrupted while it waits for the writer
   */
  synchronized Optional<RowChunk> put(RowChunk chunk) throws InterruptedIOException {
    while (filled.size() == UNDER_WAY && !stopped) {
      await();
    }
    filled.add(chunk);
    notifyAll();
    return Optional.ofNullable(empty.poll());
  }

  /** No chunk follows. */
  synchronized void end() {
    ended = true;
    notifyAll();
  }

  /** Nothing more is taken, and no {@link #put} waits. */
  synchronized void stop() {
    stopped = true;
    filled.clear();
    notifyAll();
  }

  /** Whether {@link #stop} was called. */
  synchronized boolean isStopped() {
    return stopped;
  }

  /** The next chunk; empty after the last one or after {@link #stop}. */
  synchronized Optional<RowChunk> take() throws InterruptedIOException {
    while (filled.isEmpty() && !ended && !stopped) {
      await();
    }
    Optional<RowChunk> next = Optional.ofNullable(filled.poll());
    notifyAll();
    return next;
  }

  /** Gives a chunk back that {@link #take} gave. */
  synchronized void release(RowChunk chunk) {
    chunk.clear();
    empty.add(chunk);
  }

  @SuppressWarnings("WaitNotInLoop") // the callers loop
  private void await() throws InterruptedIOException {
    try {
      wait();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while writing rows");
    }
  }
}
