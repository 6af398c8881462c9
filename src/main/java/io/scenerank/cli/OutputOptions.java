package io.scenerank.cli;

import picocli.CommandLine.Option;

/** Options of every command. */
final class OutputOptions {
  @Option(names = "--json", description = "Print the result as one JSON object.")
  boolean json;

  @Option(
      names = {"-v", "--verbose"},
      description = "Show the stack trace of an error.")
  boolean verbose;
}
