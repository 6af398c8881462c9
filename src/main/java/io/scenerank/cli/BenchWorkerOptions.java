package io.scenerank.cli;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine.Option;

/** Options of a benchmark that another process may drive. */
final class BenchWorkerOptions {
  @Option(
      names = "--worker",
      description =
          "Print 'ready' after the warm-up and time what each line on standard input requests:"
              + " window SECONDS [WHAT], share SECONDS [WHAT], first [WHAT], memory, quit.")
  boolean worker;

  /** The lines on standard input. */
  static BufferedReader requests() {
    return new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
  }
}
