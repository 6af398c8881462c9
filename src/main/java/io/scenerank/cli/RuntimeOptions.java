package io.scenerank.cli;

import io.scenerank.config.InvalidInputException;
import io.scenerank.data.DuckDb.DuckDbOptions;
import io.scenerank.train.Device;
import java.io.PrintWriter;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Options of every command that computes. */
final class RuntimeOptions {
  /** Property with the terminal's device; empty where there is none. */
  static final String TERMINAL = "scenerank.terminal";

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "0",
      description = "Threads to compute with; 0, the default, means one for each core.")
  int threads;

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      defaultValue = "auto",
      description =
          "auto (the first GPU if there is one, else the CPU), cpu or gpu:N. Default: auto.")
  String device;

  /** With what to compute. */
  record Compute(Device device, int threads) {}

  /** The device, once it is known to exist. */
  Device device() {
    Device parsed = Device.parse(device);
    parsed.requireSeen();
    return parsed;
  }

  int threads() {
    if (threads < 0) {
      throw new InvalidInputException("--threads is " + threads + ", expected 0 or more");
    }
    return threads;
  }

  /** Device and threads, both checked. */
  Compute compute() {
    return new Compute(device(), threads());
  }

  DuckDbOptions duckDb() {
    return new DuckDbOptions(threads());
  }

  /** Progress on the terminal that {@code bin/scenerank} found, or on standard error. */
  static ConsoleProgress progress(PrintWriter err) {
    String terminal = System.getProperty(TERMINAL, "");
    return new ConsoleProgress(terminal.isEmpty() ? null : Path.of(terminal), err);
  }
}
