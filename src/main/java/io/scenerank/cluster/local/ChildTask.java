package io.scenerank.cluster.local;

import com.google.common.collect.ImmutableList;
import com.google.common.util.concurrent.Uninterruptibles;
import io.scenerank.cluster.ClusterSpec.TaskId;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** A process of a cluster. Its standard input ends with this process, which tells it to end too. */
final class ChildTask {
  /** Ctrl-C on a terminal goes to all its processes; what it means is decided by their parent. */
  private static final ImmutableList<String> WITHOUT_INTERRUPT =
      ImmutableList.of("sh", "-c", "trap '' INT; exec \"$@\"", "sh");

  private static final int SIGNAL = 128;

  private final TaskId task;
  private final Process process;
  private final Thread output;

  private ChildTask(TaskId task, Process process, Thread output) {
    this.task = task;
    this.process = process;
    this.output = output;
  }

  /**
   * Starts one. What the chief says goes where this process's own output goes; what the others say,
   * to {@code lines} with their name before it.
   */
  static ChildTask start(TaskId task, TaskCommand command, Consumer<String> lines)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            ImmutableList.<String>builder()
                .addAll(WITHOUT_INTERRUPT)
                .addAll(command.command())
                .build());
    builder.environment().putAll(command.environment());
    if (task.role() == TaskId.Role.CHIEF) {
      builder.redirectOutput(Redirect.INHERIT).redirectError(Redirect.INHERIT);
    } else {
      builder.redirectErrorStream(true);
    }
    Process process = builder.start();
    Thread output = new Thread(new TaskOutput(task, process.getInputStream(), lines));
    output.setDaemon(true);
    output.start();
    return new ChildTask(task, process, output);
  }

  TaskId task() {
    return task;
  }

  long pid() {
    return process.pid();
  }

  /** Calls this once the process has ended. */
  @SuppressWarnings("FutureReturnValueIgnored") // the listener only queues an event
  void onExit(Consumer<ChildTask> listener) {
    process.onExit().thenRunAsync(() -> listener.accept(this));
  }

  /** Of a process that has ended; 128 and the signal's number if a signal ended it. */
  int exitCode() {
    return process.exitValue();
  }

  /** How it ended, in words. */
  String ending() {
    int code = exitCode();
    return code > SIGNAL
        ? "was ended by signal " + (code - SIGNAL)
        : "ended with exit code " + code;
  }

  /** Whether a signal ended it. */
  boolean wasKilled() {
    return exitCode() > SIGNAL;
  }

  /** Asks it to end, by SIGTERM. */
  void terminate() {
    // Process.destroy would close its input besides, which ends it before it has stopped in order.
    process.toHandle().destroy();
  }

  /** Tells it to end, by the end of its input and by SIGTERM. */
  void end() {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      // It has ended already.
    }
    terminate();
  }

  /**
   * Waits until it has ended and what it said has been passed on, and ends it at once if it takes
   * longer than this.
   */
  void awaitEnd(long seconds) {
    Future<Process> end = process.onExit();
    try {
      Uninterruptibles.getUninterruptibly(end, seconds, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      process.destroyForcibly();
    } catch (ExecutionException e) {
      throw new IllegalStateException("waiting for " + task + " failed", e);
    }
    Uninterruptibles.joinUninterruptibly(output, seconds, TimeUnit.SECONDS);
  }
}
