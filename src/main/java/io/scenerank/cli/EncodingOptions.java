package io.scenerank.cli;

import io.scenerank.run.EncodingCheck;
import java.util.function.Consumer;
import picocli.CommandLine.Option;

/** The option of every command that takes a trained model and encoded data. */
final class EncodingOptions {
  @Option(
      names = "--ignore-encoding",
      description = "Accept data whose encoding differs from that of the training data.")
  private boolean ignore;

  /** Whether data that is encoded otherwise is taken. */
  boolean isIgnored() {
    return ignore;
  }

  EncodingCheck check(Consumer<String> lines) {
    return new EncodingCheck(ignore, lines);
  }
}
