package io.scenerank.cli;

import com.google.common.collect.ImmutableSet;
import io.scenerank.bench.Benchmarks;
import io.scenerank.bench.Benchmarks.BenchOptions;
import io.scenerank.config.InvalidInputException;
import io.scenerank.train.Device;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Times predictions. */
@Command(
    name = "inference",
    mixinStandardHelpOptions = true,
    description = {
      "Time predictions of an exported model in this process, from features to scores that are"
          + " read: a row at once (one_row); candidates of one user, ranked with the user's side"
          + " computed once (candidates); the same rows with the user repeated (candidate_rows).",
      "Also time a new JVM from its start to its first prediction."
    })
final class BenchInferenceCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private OutputOptions output;
  @Mixin private BenchModelOptions bench;
  @Mixin private BenchRunOptions run;
  @Mixin private BenchWorkerOptions worker;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "0",
      description = "Threads to predict with; 0, the default, means one for each core.")
  private int threads;

  @Option(
      names = "--candidates",
      paramLabel = "N",
      defaultValue = "512",
      description = "Candidates of a user. Default: ${DEFAULT-VALUE}.")
  private int candidates;

  @Option(
      names = "--cold-starts",
      paramLabel = "N",
      defaultValue = "5",
      description = "How many JVMs to start. Default: ${DEFAULT-VALUE}.")
  private int coldStarts;

  @Option(
      names = "--user-features",
      split = ",",
      paramLabel = "NAME",
      description =
          "With --run: the inputs that are the user's, separated by commas. Without, its candidates"
              + " are rows with all inputs.")
  private Set<String> userFeatures = Set.of();

  @Option(
      names = "--saved-model",
      paramLabel = "DIR",
      description =
          "Time this SavedModel with the same columns, for example an export of Keras, instead of a"
              + " model that the command exports; its candidates are rows with the user repeated.")
  private @Nullable Path savedModel;

  @Override
  public Integer call() throws IOException {
    bench.check();
    requireAtLeast("--threads", threads, 0);
    requireAtLeast("--candidates", candidates, 1);
    requireAtLeast("--cold-starts", coldStarts, 1);
    if (!userFeatures.isEmpty() && run.folder().isEmpty()) {
      throw new InvalidInputException(
          "--user-features is " + userFeatures + ", expected together with --run");
    }
    Benchmarks benchmarks =
        new Benchmarks(
            bench.options(new RuntimeOptions.Compute(Device.parse("cpu"), threads), run.folder()));
    BenchOptions.Requests requests =
        new BenchOptions.Requests(
            candidates, ImmutableSet.copyOf(userFeatures), Optional.ofNullable(savedModel));
    PrintWriter out = spec.commandLine().getOut();
    if (worker.worker) {
      benchmarks.serveInference(requests, BenchWorkerOptions.requests(), out);
    } else {
      BenchModelOptions.print(
          benchmarks.inference(requests, FirstPrediction.class, coldStarts), output.json, out);
    }
    out.flush();
    return ScenerankCommand.GOOD;
  }

  private static void requireAtLeast(String option, int value, int least) {
    if (value < least) {
      throw new InvalidInputException(option + " is " + value + ", expected " + least + " or more");
    }
  }
}
