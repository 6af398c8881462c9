package io.scenerank.cli;

import io.scenerank.eval.Evaluator.RankingBy;
import io.scenerank.run.TrainingRequest;
import io.scenerank.train.Device;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;

/** Options of every command that trains: how. */
final class SettingOptions {
  @Option(names = "--epochs", paramLabel = "N", description = "Passes over the training rows.")
  private @Nullable Integer epochs;

  @Option(names = "--batch-size", paramLabel = "N", description = "Rows a step.")
  private @Nullable Integer batchSize;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "YAML with model_params, training and feature_columns.")
  private @Nullable Path config;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description =
          "One setting, for example --set learning_rate=0.002; may be given several times.")
  private List<String> settings = List.of();

  @Mixin private RankingOptions ranking;

  /** The request with these options and, where they are given, threads and device. */
  <R extends TrainingRequest<R>> R to(R base, RuntimeOptions runtime, CommandLine command) {
    R request = config == null ? base : base.withConfig(config);
    for (String text : settings()) {
      request = request.withSetting(text);
    }
    Optional<RankingBy> lists = ranking.ranking();
    request = lists.isPresent() ? request.withRanking(lists.get().by(), lists.get().k()) : request;
    int threads = runtime.threads();
    Device device = runtime.device();
    ParseResult parsed = command.getParseResult();
    request = parsed.hasMatchedOption("--threads") ? request.withThreads(threads) : request;
    return parsed.hasMatchedOption("--device") ? request.withDevice(device) : request;
  }

  /** Every {@code key=value}, those of options of their own last. */
  private List<String> settings() {
    List<String> all = new ArrayList<>(settings);
    Optional.ofNullable(epochs).ifPresent(value -> all.add("training.epochs=" + value));
    Optional.ofNullable(batchSize).ifPresent(value -> all.add("training.batch_size=" + value));
    return List.copyOf(all);
  }
}
