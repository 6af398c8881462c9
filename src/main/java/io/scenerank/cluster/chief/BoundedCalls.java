package io.scenerank.cluster.chief;

import static java.util.Objects.requireNonNull;

import com.google.common.base.Throwables;
import com.google.common.util.concurrent.ThreadFactoryBuilder;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.tensorflow.exceptions.TensorFlowException;

/**
 * Calls into TensorFlow, one after the other, none of which is waited for longer than a while. Its
 * own time limits count for steps that run, while it waits without an end for a task that hangs (a
 * stopped process, a machine that is cut off) when it opens a session or makes a graph known to it.
 * A call that is given up continues, on the thread of these, until the task answers or is gone;
 * what it works with stays its own.
 */
final class BoundedCalls {
  private final ExecutorService thread;
  private final int milliseconds;

  /**
   * @param name of the thread
   * @param milliseconds how long a call is waited for, with those before it
   */
  BoundedCalls(String name, int milliseconds) {
    this.thread =
        Executors.newSingleThreadExecutor(
            new ThreadFactoryBuilder().setNameFormat(name).setDaemon(true).build());
    this.milliseconds = milliseconds;
  }

  /**
   * Waits for a call.
   *
   * @throws TensorFlowException also if it is given up
   */
  <T> T call(Callable<T> call) {
    return await(thread.submit(call));
  }

  private <T> T await(Future<T> answer) {
    try {
      return answer.get(milliseconds, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      answer.cancel(false); // It need not begin any more, if others hold it up.
      throw new TensorFlowException("no answer within " + milliseconds + " ms", e);
    } catch (InterruptedException e) {
      answer.cancel(false);
      Thread.currentThread().interrupt();
      throw new TensorFlowException("interrupted before the answer", e);
    } catch (ExecutionException e) {
      throw failed("a call failed", e);
    }
  }

  /** Makes the last call, after all others, however late that is; waits for it no longer either. */
  void end(Runnable last) {
    Future<?> answer = thread.submit(last);
    thread.shutdown();
    try {
      answer.get(milliseconds, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      // It comes behind one that does not come back.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      throw failed("the last call failed", e);
    }
  }

  private static IllegalStateException failed(String what, ExecutionException e) {
    Throwable cause = requireNonNull(e.getCause(), "a future's failure has a cause");
    Throwables.throwIfUnchecked(cause);
    return new IllegalStateException(what, cause);
  }
}
