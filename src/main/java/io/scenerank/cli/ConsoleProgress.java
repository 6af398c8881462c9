package io.scenerank.cli;

import io.scenerank.run.ProgressListener;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Shows how far long work is: one line that renews itself on a terminal, a plain line every few
 * seconds elsewhere. Any thread may put a line.
 */
final class ConsoleProgress implements ProgressListener, AutoCloseable {
  private static final long TERMINAL_EVERY = 200_000_000L; // ns
  private static final long PLAIN_EVERY = 5_000_000_000L; // ns

  private final PrintWriter out;
  private final boolean terminal;
  private long begin = System.nanoTime();
  private long lastShown = begin;
  private int shownWidth;

  /**
   * @param terminal the terminal's device; null where there is none
   * @param plain where lines go otherwise
   */
  ConsoleProgress(@Nullable Path terminal, PrintWriter plain) {
    PrintWriter opened = null;
    if (terminal != null) {
      try {
        opened = new PrintWriter(Files.newBufferedWriter(terminal, StandardCharsets.UTF_8), true);
      } catch (IOException e) {
        // Lines on standard error are as good.
        opened = null;
      }
    }
    this.terminal = opened != null;
    this.out = opened == null ? plain : opened;
  }

  /** Starts a new stretch of work: rate and time left count from here. */
  @Override
  public synchronized void start() {
    begin = System.nanoTime();
    lastShown = begin;
  }

  /** Shows a stretch's progress, if it is time to. */
  @Override
  public synchronized void update(String what, long done, long total, String unit) {
    long now = System.nanoTime();
    if (now - lastShown < (terminal ? TERMINAL_EVERY : PLAIN_EVERY)) {
      return;
    }
    lastShown = now;
    double rate = done / ((now - begin) / 1e9);
    String text =
        String.format(
            Locale.ROOT,
            "%s  %,d/%,d %s  %,.0f/s  %.0f s left",
            what,
            done,
            total,
            unit,
            rate,
            (total - done) / rate);
    show(text);
  }

  private void show(String text) {
    if (!terminal) {
      out.println(text);
      out.flush();
      return;
    }
    out.print("\r" + text + " ".repeat(Math.max(0, shownWidth - text.length())));
    out.flush();
    shownWidth = text.length();
  }

  /** Puts a line that stays above the progress. */
  @Override
  public synchronized void line(String text) {
    clear();
    out.println(text);
    out.flush();
  }

  private void clear() {
    if (terminal && shownWidth > 0) {
      out.print("\r" + " ".repeat(shownWidth) + "\r");
      shownWidth = 0;
    }
  }

  @Override
  public synchronized void close() {
    clear();
    out.flush();
    if (terminal) {
      out.close();
    }
  }
}
