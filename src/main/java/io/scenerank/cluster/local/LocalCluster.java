package io.scenerank.cluster.local;

import static java.util.Objects.requireNonNull;

import com.google.common.base.Ticker;
import com.google.common.collect.ImmutableList;
import io.scenerank.cluster.ClusterSpec;
import io.scenerank.cluster.ClusterSpec.TaskId;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Starts the processes of a cluster on this machine and keeps them alive until the chief is done.
 *
 * <p>A process that a signal or a fault of its own ended (exit code 3) is started again by the same
 * command. The chief's end by itself is the end of all. So is that of another process which its
 * input ended, and of one that dies more than five times within a minute.
 */
final class LocalCluster {
  private static final int GOOD = 0;
  private static final int FAULT = 3;
  private static final long END_SECONDS = 5;

  private final ImmutableList<TaskId> tasks;
  private final Function<TaskId, TaskCommand> commands;
  private final Consumer<String> lines;
  private final RestartLimit deaths = new RestartLimit(Ticker.systemTicker());
  private final Map<TaskId, ChildTask> running = new LinkedHashMap<>();

  /** Processes that have ended; empty for a wish that the training stop. */
  private final BlockingQueue<Optional<ChildTask>> events = new LinkedBlockingQueue<>();

  private boolean stopping;

  /**
   * @param commands how each process is started; it ends when its standard input does
   * @param lines takes what is to be told, and what processes but the chief say; called from
   *     several threads
   */
  LocalCluster(ClusterSpec spec, Function<TaskId, TaskCommand> commands, Consumer<String> lines) {
    // The chief is started last, so that it waits for the others as briefly as possible.
    this.tasks =
        ImmutableList.<TaskId>builder()
            .addAll(spec.tasks().stream().filter(task -> !isChief(task)).toList())
            .add(TaskId.chief())
            .build();
    this.commands = commands;
    this.lines = lines;
  }

  private static boolean isChief(TaskId task) {
    return task.role() == TaskId.Role.CHIEF;
  }

  /**
   * Runs the cluster to its end, after which none of its processes is left.
   *
   * @return the exit code of the chief, or of the process that ended the training
   * @throws IOException if a process cannot be started
   */
  int run() throws IOException, InterruptedException {
    try {
      startMissing();
      while (true) {
        Optional<ChildTask> ended = events.take();
        if (ended.isEmpty()) {
          stopping = true;
          requireNonNull(running.get(TaskId.chief()), "chief").terminate();
          continue;
        }
        OptionalInt code = after(ended.get());
        if (code.isPresent()) {
          return code.getAsInt();
        }
      }
    } finally {
      endAll();
    }
  }

  /** Asks the chief to stop with a checkpoint; {@link #run} then returns. Any thread may. */
  void stop() {
    events.add(Optional.empty());
  }

  private void startMissing() throws IOException {
    for (TaskId task : tasks) {
      if (!running.containsKey(task)) {
        start(task);
      }
    }
  }

  private void start(TaskId task) throws IOException {
    ChildTask process = ChildTask.start(task, commands.apply(task), lines);
    running.put(task, process);
    tell("%s: pid %d", task, process.pid());
    process.onExit(ended -> events.add(Optional.of(ended)));
  }

  /** What comes after the end of a process: the end of all with an exit code, or continuing. */
  private OptionalInt after(ChildTask ended) throws IOException {
    TaskId task = ended.task();
    running.remove(task);
    ended.awaitEnd(END_SECONDS);
    int code = ended.exitCode();
    boolean restart = ended.wasKilled() || code == FAULT;
    if (isChief(task) && (stopping || !restart)) {
      return OptionalInt.of(code);
    }
    if (!isChief(task) && code == GOOD) {
      return OptionalInt.empty(); // The chief has told it that the training is done.
    }
    if (!restart) {
      tell("%s %s, which ends the training", task, ended.ending());
      return OptionalInt.of(code);
    }
    if (deaths.tooMany(task)) {
      tell(
          "%s %s, more than %d times within a minute, which ends the training",
          task, ended.ending(), RestartLimit.MOST);
      return OptionalInt.of(FAULT);
    }
    tell("%s %s and is started again", task, ended.ending());
    restart(task);
    return OptionalInt.empty();
  }

  private void restart(TaskId task) throws IOException {
    if (isChief(task)) {
      startMissing(); // Those too that it had told to end.
    } else {
      start(task);
    }
  }

  private void endAll() {
    running.values().forEach(ChildTask::end);
    running.values().forEach(process -> process.awaitEnd(END_SECONDS));
  }

  private void tell(String format, Object... args) {
    lines.accept("[cluster] " + String.format(Locale.ROOT, format, args));
  }
}
