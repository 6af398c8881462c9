package io.scenerank.cli.serve;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.scenerank.config.InvalidInputException;
import io.scenerank.serve.Trust;
import io.scenerank.service.ServiceOptions;
import io.scenerank.service.ServiceOptions.Batching;
import io.scenerank.service.ServiceOptions.Label;
import io.scenerank.service.ServiceOptions.Versions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** Which versions of a model are served, and how they are computed. */
final class ModelOptions {
  private static final String CANARY = "canary";

  @Option(
      names = "--pin",
      paramLabel = "VERSION",
      split = ",",
      description =
          "Serve these versions, for example 3,5, and no other. Default: the newest, and each that"
              + " appears later.")
  private List<Long> pinned = List.of();

  @Option(
      names = "--label",
      paramLabel = "NAME=VERSION",
      description =
          "A name of a version, for requests that ask for it. May be given several times.")
  private Map<String, Long> labels = Map.of();

  @Option(
      names = "--canary-share",
      paramLabel = "SHARE",
      defaultValue = "0",
      description =
          "The share of requests without a version that the label 'canary' gets, from 0 to 1."
              + " Default: ${DEFAULT-VALUE}.")
  private double canaryShare;

  @Option(
      names = "--poll-ms",
      paramLabel = "N",
      defaultValue = "1000",
      description =
          "How often to look for new versions, in milliseconds. Default: ${DEFAULT-VALUE}.")
  private int pollMillis;

  @Option(
      names = "--user-features",
      paramLabel = "NAME",
      split = ",",
      description =
          "The features of the user in /v1/rank, so that each version is prepared for them while it"
              + " is loaded. Default: those that the first request gives.")
  private List<String> userFeatures = List.of();

  @Option(
      names = "--max-batch-size",
      paramLabel = "N",
      defaultValue = "64",
      description =
          "The most rows of several requests that are scored together; 0 scores each request alone."
              + " Default: ${DEFAULT-VALUE}.")
  private int maxBatchSize;

  @Option(
      names = "--max-delay-micros",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "How long a request waits for others while a thread is free, in microseconds. Default:"
              + " ${DEFAULT-VALUE}.")
  private long maxDelayMicros;

  @Option(
      names = "--queue-limit",
      paramLabel = "N",
      defaultValue = "512",
      description =
          "The most rows that wait to be scored; a request beyond gets status 503 at once. Default:"
              + " ${DEFAULT-VALUE}.")
  private int queueLimit;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "TensorFlow's threads of a version: 1 computes each batch in one thread, and batches side"
              + " by side; 0 means one for each core. Default: ${DEFAULT-VALUE}.")
  private int threads;

  @Option(
      names = "--trust",
      description =
          "Load models that do more than compute: read and write files, open connections, run other"
              + " code.")
  private boolean trust;

  ServiceOptions options() {
    if (canaryShare > 0 && !labels.containsKey(CANARY)) {
      throw new InvalidInputException("--canary-share is given without --label canary=VERSION");
    }
    ServiceOptions options =
        ServiceOptions.defaults()
            .withThreads(threads)
            .withTrust(trust ? Trust.FULL : Trust.CHECKED)
            .withPollInterval(Duration.ofMillis(pollMillis))
            .withUserFeatures(ImmutableSet.copyOf(userFeatures))
            .withLabels(
                labels.entrySet().stream()
                    .map(label -> label(label.getKey(), label.getValue()))
                    .collect(ImmutableList.toImmutableList()));
    if (!pinned.isEmpty()) {
      options =
          options.withVersions(
              Versions.pinned(pinned.stream().mapToLong(Long::longValue).toArray()));
    }
    return maxBatchSize == 0
        ? options
        : options.withBatching(new Batching(maxBatchSize, maxDelayMicros, queueLimit, 0));
  }

  private Label label(String name, long version) {
    Label label = Label.of(name, version);
    return name.equals(CANARY) ? label.withShare(canaryShare) : label;
  }
}
