package io.scenerank.bench;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.scenerank.bench.Benchmarks.BenchOptions;
import io.scenerank.bench.Benchmarks.BenchResult;
import io.scenerank.config.InvalidInputException;
import io.scenerank.model.ModelDefinition;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Times predictions of an exported model. */
final class InferenceBench {
  private final BenchOptions options;
  private final BenchOptions.Requests requests;

  /** What is done with a model while it is loaded. */
  @FunctionalInterface
  private interface Use<T> {
    T of(ImmutableList<Workload> predictions, Path model) throws IOException;
  }

  InferenceBench(BenchOptions options, BenchOptions.Requests requests) {
    this.options = options;
    this.requests = requests;
  }

  /**
   * Measures a row at once, candidates of one user, and the time from the start of a JVM to its
   * first prediction.
   *
   * @param firstPrediction a main class that predicts with the model of its argument and prints a
   *     line
   * @param coldStarts how many JVMs to start
   */
  BenchResult measure(Class<?> firstPrediction, int coldStarts) throws IOException {
    return withModel(
        (predictions, model) -> {
          ImmutableList<TimedWindow> windows =
              predictions.stream()
                  .map(prediction -> TimedWindow.measure(prediction, options.seconds()))
                  .collect(ImmutableList.toImmutableList());
          ColdStart coldStart = new ColdStart(firstPrediction.getName(), List.of(model.toString()));
          return new InferenceSpeed(windows, coldStart.seconds(coldStarts).median());
        });
  }

  /**
   * Says {@code ready} once warmed up, then answers each line with a line, until {@code quit}.
   *
   * @throws InvalidInputException naming the line that asks for nothing known
   */
  void serve(BufferedReader in, PrintWriter out) throws IOException {
    withModel(
        (predictions, model) -> {
          try (Gemm gemm = options.gemm()) {
            new BenchWorker(predictions, gemm).serve(in, out);
          }
          return model;
        });
  }

  private <T> T withModel(Use<T> use) throws IOException {
    ModelDefinition<?> definition = options.experiment(BenchModel.USUAL_ROWS).definition();
    InferenceWork.Options asked =
        new InferenceWork.Options(
            requests.candidates(), userFeatures(definition), options.seed(), options.threads());
    try (TempFolder temp = new TempFolder()) {
      Optional<Path> foreign = requests.savedModel();
      Path model = foreign.isPresent() ? foreign.get() : own(definition, temp);
      try (InferenceWork work =
          foreign.isPresent()
              ? InferenceWork.of(model, definition, asked)
              : InferenceWork.ofExport(model, definition, asked)) {
        work.workloads().forEach(options.warmUp()::run);
        return use.of(work.workloads(), model);
      }
    }
  }

  private ImmutableSet<String> userFeatures(ModelDefinition<?> definition) {
    return options.run().isPresent()
        ? requests.userFeatures()
        : RequestLoop.userFeatures(definition.columns());
  }

  private Path own(ModelDefinition<?> definition, TempFolder temp) throws IOException {
    return options.run().isPresent()
        ? options.run().get().resolve("saved_model")
        : ExportedModel.write(definition, options.seed(), options.threads(), temp.path());
  }
}
