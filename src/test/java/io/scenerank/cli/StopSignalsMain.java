package io.scenerank.cli;

import java.util.concurrent.TimeUnit;

/** Takes the signals over and waits. The main of a child JVM. */
final class StopSignalsMain {
  private static final int NOT_STOPPED = 9;

  private StopSignalsMain() {}

  public static void main(String[] args) throws InterruptedException {
    try (StopSignals signals = StopSignals.install(() -> System.out.println("first"))) {
      System.out.println("ready " + signals.isRequested());
      TimeUnit.SECONDS.sleep(60);
    }
    System.exit(NOT_STOPPED);
  }
}
