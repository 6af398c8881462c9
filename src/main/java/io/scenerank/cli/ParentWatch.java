package io.scenerank.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * Ends this process at once when the one that started it is gone, however that ended: its end of
 * our standard input is closed then.
 */
final class ParentWatch implements Runnable {
  private static final int TERMINATED = 143; // as by SIGTERM

  private final InputStream in;

  private ParentWatch(InputStream in) {
    this.in = in;
  }

  /** Begins to watch. */
  static void start() {
    Thread thread = new Thread(new ParentWatch(System.in), "parent-watch");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void run() {
    try {
      in.transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      // What cannot be read has ended.
    }
    Runtime.getRuntime().halt(TERMINATED);
  }
}
