package io.scenerank.cli.serve;

import io.scenerank.config.InvalidInputException;
import io.scenerank.server.ModelServer.Limits;
import java.time.Duration;
import picocli.CommandLine.Option;

/** What a server takes at most. */
final class LimitOptions {
  @Option(
      names = "--max-body-bytes",
      paramLabel = "N",
      defaultValue = "16777216",
      description = "The largest body of a request. Default: ${DEFAULT-VALUE}, 16 MiB.")
  private int bodyBytes;

  @Option(
      names = "--max-rows",
      paramLabel = "N",
      defaultValue = "10000",
      description = "The most rows, or candidates, of a request. Default: ${DEFAULT-VALUE}.")
  private int rows;

  @Option(
      names = "--max-connections",
      paramLabel = "N",
      defaultValue = "1024",
      description = "The most connections at a time. Default: ${DEFAULT-VALUE}.")
  private int connections;

  @Option(
      names = "--max-requests",
      paramLabel = "N",
      defaultValue = "256",
      description =
          "The most requests that are answered at a time; one more gets status 503 at once."
              + " Default: ${DEFAULT-VALUE}.")
  private int requests;

  @Option(
      names = "--workers",
      paramLabel = "N",
      defaultValue = "64",
      description =
          "Threads that read requests, compute and write answers. Default: ${DEFAULT-VALUE}.")
  private int workers;

  @Option(
      names = "--timeout-ms",
      paramLabel = "N",
      defaultValue = "10000",
      description =
          "The most time of a request in milliseconds; then it gets status 504. Default:"
              + " ${DEFAULT-VALUE}.")
  private int timeoutMillis;

  Limits limits() {
    require("--max-body-bytes", bodyBytes);
    require("--max-rows", rows);
    require("--max-connections", connections);
    require("--max-requests", requests);
    require("--workers", workers);
    require("--timeout-ms", timeoutMillis);
    return new Limits(
        bodyBytes, rows, connections, requests, workers, Duration.ofMillis(timeoutMillis));
  }

  private static void require(String option, int value) {
    if (value < 1) {
      throw new InvalidInputException(option + " is " + value + ", expected at least 1");
    }
  }
}
