package io.scenerank.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Options of every command that trains: how. */
final class SettingOptions {
  @Option(names = "--epochs", paramLabel = "N", description = "Passes over the training rows.")
  private Integer epochs;

  @Option(names = "--batch-size", paramLabel = "N", description = "Rows a step.")
  private Integer batchSize;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "YAML with model_params, training and feature_columns.")
  private Path config;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "One setting, for example --set learning_rate=0.002; may stand several times.")
  private List<String> settings = List.of();

  Optional<Path> config() {
    return Optional.ofNullable(config);
  }

  /** Every {@code key=value}, those of options of their own last. */
  List<String> settings() {
    List<String> all = new ArrayList<>(settings);
    Optional.ofNullable(epochs).ifPresent(value -> all.add("training.epochs=" + value));
    Optional.ofNullable(batchSize).ifPresent(value -> all.add("training.batch_size=" + value));
    return List.copyOf(all);
  }
}
