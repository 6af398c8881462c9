package io.scenerank.cli;

import io.scenerank.serve.Trust;
import picocli.CommandLine.Option;

/** The option of commands that run a SavedModel. */
final class TrustOptions {
  @Option(
      names = "--trust",
      description = {
        "Run a SavedModel even if it has ops that read or write files, open connections or run"
            + " other code (inspect lists them). Its author can then do anything that you can do."
      })
  private boolean trusted;

  Trust trust() {
    return trusted ? Trust.FULL : Trust.CHECKED;
  }
}
