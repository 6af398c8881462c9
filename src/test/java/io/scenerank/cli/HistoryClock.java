package io.scenerank.cli;

import com.google.common.util.concurrent.Uninterruptibles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Notes when a run's history grows, which says how long a training stood still. */
final class HistoryClock implements AutoCloseable {
  /** What was written within so much time after a kill was under way before, ns. */
  private static final long UNDER_WAY = 50_000_000;

  private final Path history;
  private final List<Long> growths = new ArrayList<>();
  private final Thread thread = new Thread(this::watch, "history-clock");

  private HistoryClock(Path history) {
    this.history = history;
  }

  static HistoryClock start(Path run) {
    HistoryClock clock = new HistoryClock(run.resolve("history.jsonl"));
    clock.thread.setDaemon(true);
    clock.thread.start();
    return clock;
  }

  private void watch() {
    long size = 0;
    try {
      while (true) {
        Thread.sleep(10);
        long now = Files.exists(history) ? Files.size(history) : 0;
        if (now > size) {
          synchronized (growths) {
            growths.add(System.nanoTime());
          }
        }
        size = now;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the end
    }
  }

  /** For each kill, the seconds until the training resumed; none if it had ended. */
  String recoveries(List<Long> kills) {
    StringBuilder text = new StringBuilder();
    synchronized (growths) {
      for (long kill : kills) {
        String after =
            growths.stream()
                .filter(growth -> growth > kill + UNDER_WAY)
                .findFirst()
                .map(growth -> String.format(Locale.ROOT, "%.1f s", (growth - kill) / 1e9))
                .orElse("none");
        text.append(text.isEmpty() ? ", resumed after " : ", ").append(after);
      }
    }
    return text.toString();
  }

  @Override
  public void close() {
    thread.interrupt();
    Uninterruptibles.joinUninterruptibly(thread);
  }
}
