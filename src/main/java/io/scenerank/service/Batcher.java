package io.scenerank.service;

import io.scenerank.serve.LoadedModel;
import io.scenerank.serve.Ranker.CheckedRows;
import io.scenerank.serve.Scores;
import io.scenerank.service.ServiceOptions.Batching;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Scores rows of several calls together. Calls wait in one queue, in their order; a batch takes the
 * first and those behind it that go with it: to the same version and signature, of the same form.
 */
final class Batcher implements AutoCloseable {
  private final Batching batching;
  private final int threads;
  private final Listeners listeners;
  private final List<Thread> workers = new ArrayList<>();

  private final Lock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<Pending> queue = new ArrayDeque<>();
  private int queuedRows;
  private int busy;
  private boolean collecting;
  private boolean closed;

  /** A call that waits. */
  private record Pending(
      LoadedModel.Signature model,
      CheckedRows rows,
      long version,
      Deadline deadline,
      long since,
      CompletableFuture<Scores> result) {
    boolean goesWith(Pending other) {
      return model == other.model && rows.form().equals(other.rows.form());
    }
  }

  Batcher(Batching batching, Listeners listeners) {
    this.batching = batching;
    this.threads =
        batching.threads() > 0 ? batching.threads() : Runtime.getRuntime().availableProcessors();
    this.listeners = listeners;
    for (int i = 0; i < threads; i++) {
      Thread worker = new Thread(this::work, "scenerank-batches-" + i);
      worker.setDaemon(true);
      workers.add(worker);
      worker.start();
    }
  }

  int queuedRows() {
    lock.lock();
    try {
      return queuedRows;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Scores rows and waits for the scores. While nobody waits and a thread of the batches is free,
   * this thread computes: a hand-over costs more than a row.
   *
   * @throws RefusedException if too many rows wait, or the deadline is over before they are scored
   */
  Scores score(LoadedModel.Signature model, CheckedRows rows, long version, Deadline deadline) {
    Pending call = pending(model, rows, version, deadline);
    if (takeSlot()) {
      try {
        compute(List.of(call));
      } finally {
        leaveSlot();
      }
    } else {
      add(call);
    }
    return await(call);
  }

  /** Scores rows in another thread; see {@link #score}. */
  CompletableFuture<Scores> submit(
      LoadedModel.Signature model, CheckedRows rows, long version, Deadline deadline) {
    Pending call = pending(model, rows, version, deadline);
    add(call);
    return call.result();
  }

  private static Pending pending(
      LoadedModel.Signature model, CheckedRows rows, long version, Deadline deadline) {
    deadline.require();
    return new Pending(
        model, rows, version, deadline, System.nanoTime(), new CompletableFuture<>());
  }

  private boolean takeSlot() {
    lock.lock();
    try {
      if (batching.maxDelayMicros() > 0 || !queue.isEmpty() || collecting || busy >= threads) {
        return false;
      }
      busy++;
      return true;
    } finally {
      lock.unlock();
    }
  }

  private void leaveSlot() {
    lock.lock();
    try {
      busy--;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void add(Pending call) {
    lock.lock();
    try {
      if (isFull(call)) {
        dropOverdue();
      }
      if (isFull(call)) {
        throw new RefusedException.Overloaded(
            "overloaded: " + queuedRows + " rows wait, the limit is " + batching.queueLimit());
      }
      queue.add(call);
      queuedRows += call.rows().rows();
      if (collecting) {
        changed.signalAll();
      } else {
        changed.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  /** A call with more rows than may wait is taken when it is the only one. */
  private boolean isFull(Pending call) {
    return !queue.isEmpty() && queuedRows + call.rows().rows() > batching.queueLimit();
  }

  private void dropOverdue() {
    for (Iterator<Pending> calls = queue.iterator(); calls.hasNext(); ) {
      Pending call = calls.next();
      if (call.deadline().isOver()) {
        calls.remove();
        drop(call);
      }
    }
  }

  private void drop(Pending call) {
    queuedRows -= call.rows().rows();
    call.result().completeExceptionally(call.deadline().exceeded());
  }

  private Scores await(Pending call) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return !call.deadline().limited() || interrupted
              ? call.result().get()
              : call.result().get(call.deadline().left(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
          withdraw(call);
          return call.result().join();
        } catch (InterruptedException e) {
          interrupted = true;
          withdraw(call);
        }
      }
    } catch (ExecutionException | CompletionException e) {
      throw rethrown(e.getCause());
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static RuntimeException rethrown(@Nullable Throwable cause) {
    if (cause instanceof Error error) {
      throw error;
    }
    return cause instanceof RuntimeException e ? e : new IllegalStateException(cause);
  }

  /** Takes a call out of the queue; one that is computed already has its scores soon. */
  private void withdraw(Pending call) {
    lock.lock();
    try {
      if (queue.remove(call)) {
        drop(call);
      }
    } finally {
      lock.unlock();
    }
  }

  private void work() {
    while (true) {
      List<Pending> batch = next();
      if (batch.isEmpty()) {
        return;
      }
      try {
        compute(batch);
      } finally {
        leaveSlot();
      }
    }
  }

  /** The next batch, once there is a call and a slot; empty when the batcher is closed. */
  private List<Pending> next() {
    lock.lock();
    try {
      while (true) {
        while (queue.isEmpty() || busy >= threads || collecting) {
          if (closed && queue.isEmpty()) {
            return List.of();
          }
          changed.awaitUninterruptibly();
        }
        dropOverdue();
        if (!queue.isEmpty()) {
          return collect();
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private List<Pending> collect() {
    List<Pending> batch = new ArrayList<>();
    Pending first = queue.element();
    long end = first.since() + TimeUnit.MICROSECONDS.toNanos(batching.maxDelayMicros());
    collecting = true;
    try {
      int rows = take(batch, first, 0);
      for (long left = end - System.nanoTime();
          left > 0 && rows < batching.maxBatchSize() && !closed;
          left = end - System.nanoTime()) {
        try {
          long unused = changed.awaitNanos(left);
        } catch (InterruptedException e) {
          // Nobody interrupts these threads; the batch is computed with what it has.
        }
        rows = take(batch, first, rows);
      }
      return batch;
    } finally {
      collecting = false;
      busy++;
      changed.signalAll();
    }
  }

  /** Moves the calls that go with the first into the batch, as long as they fit. */
  private int take(List<Pending> batch, Pending first, int rows) {
    int all = rows;
    for (Iterator<Pending> calls = queue.iterator();
        calls.hasNext() && all < batching.maxBatchSize(); ) {
      Pending call = calls.next();
      int more = call.rows().rows();
      if (call.goesWith(first) && (batch.isEmpty() || all + more <= batching.maxBatchSize())) {
        calls.remove();
        queuedRows -= more;
        batch.add(call);
        all += more;
      }
    }
    return all;
  }

  /** Completes every call of a batch. If it fails, each is scored alone: one may be wrong. */
  private void compute(List<Pending> batch) {
    long begin = System.nanoTime();
    Pending first = batch.get(0);
    try {
      List<Scores> scores = first.model().predictAll(batch.stream().map(Pending::rows).toList());
      tellComputed(batch, System.nanoTime() - begin);
      for (int i = 0; i < batch.size(); i++) {
        batch.get(i).result().complete(scores.get(i));
      }
    } catch (RuntimeException e) {
      if (batch.size() == 1) {
        first.result().completeExceptionally(e);
      } else {
        batch.forEach(call -> compute(List.of(call)));
      }
    } catch (Error e) {
      batch.forEach(call -> call.result().completeExceptionally(e));
    }
  }

  private void tellComputed(List<Pending> batch, long nanos) {
    int rows = batch.stream().mapToInt(call -> call.rows().rows()).sum();
    listeners.tell(
        listener -> listener.computed(batch.get(0).version(), batch.size(), rows, nanos));
  }

  /** Ends the threads when no call waits. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    boolean interrupted = false;
    for (Thread worker : workers) {
      while (worker != Thread.currentThread() && worker.isAlive()) {
        try {
          worker.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
