package io.scenerank.cli;

import com.google.common.collect.ImmutableList;
import io.scenerank.bench.ColdStart;
import io.scenerank.bench.ExportedModel;
import io.scenerank.bench.Gemm;
import io.scenerank.bench.InferenceSpeed;
import io.scenerank.bench.InferenceWork;
import io.scenerank.bench.TempFolder;
import io.scenerank.bench.TimedWindow;
import io.scenerank.bench.WarmUp;
import io.scenerank.bench.Workload;
import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import io.scenerank.eval.TextTable;
import io.scenerank.model.ModelDefinition;
import io.scenerank.train.Device;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
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
      "And the time from the start of a JVM to its first prediction."
    })
final class BenchInferenceCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private OutputOptions output;
  @Mixin private BenchModelOptions bench;
  @Mixin private BenchWorkerOptions worker;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "0",
      description = "Threads to predict with; 0, the default, for one a core.")
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
      names = "--saved-model",
      paramLabel = "DIR",
      description =
          "A SavedModel of the same columns, as Keras' export, in place of an own one; its"
              + " candidates are rows with the user repeated.")
  private Path savedModel;

  @Override
  public Integer call() throws IOException {
    double seconds = bench.seconds();
    WarmUp warmUp = bench.warmUp();
    requireAtLeast("--threads", threads, 0);
    requireAtLeast("--candidates", candidates, 1);
    requireAtLeast("--cold-starts", coldStarts, 1);
    ModelDefinition<?> definition = bench.definition();
    PrintWriter out = spec.commandLine().getOut();
    InferenceWork.Options options = new InferenceWork.Options(candidates, bench.seed, threads);
    try (TempFolder temp = new TempFolder()) {
      Path model =
          savedModel == null
              ? ExportedModel.write(definition, bench.seed, threads, temp.path())
              : savedModel;
      try (InferenceWork work =
          savedModel == null
              ? InferenceWork.ofExport(model, definition, options)
              : InferenceWork.of(model, definition, options)) {
        work.workloads().forEach(warmUp::run);
        if (worker.worker) {
          serve(work.workloads(), out);
        } else {
          print(measure(work.workloads(), seconds, model), out);
        }
      }
    }
    out.flush();
    return ScenerankCommand.GOOD;
  }

  private static void requireAtLeast(String option, int value, int least) {
    if (value < least) {
      throw new InvalidInputException(option + " is " + value + ", expected " + least + " or more");
    }
  }

  private void serve(List<Workload> workloads, PrintWriter out) throws IOException {
    try (Gemm gemm = new Gemm(Device.parse("cpu"), threads)) {
      worker.serve(workloads, gemm, out);
    }
  }

  private InferenceSpeed measure(List<Workload> workloads, double seconds, Path model)
      throws IOException {
    ImmutableList<TimedWindow> windows =
        workloads.stream()
            .map(workload -> TimedWindow.measure(workload, seconds))
            .collect(ImmutableList.toImmutableList());
    ColdStart coldStart = new ColdStart(FirstPrediction.class.getName(), List.of(model.toString()));
    return new InferenceSpeed(windows, coldStart.seconds(coldStarts).median());
  }

  private void print(InferenceSpeed speed, PrintWriter out) {
    if (output.json) {
      out.println(new ConfigMapper().toJson(speed));
      return;
    }
    TextTable table = TextTable.withHeader("what", "p50 ms", "p99 ms", "rows/s");
    for (TimedWindow window : speed.windows()) {
      table =
          table.plus(
              window.workload(),
              number("%.3f", window.medianMs()),
              number("%.3f", window.p99Ms()),
              number("%,.0f", window.rowsPerSecond()));
    }
    out.print(table.render());
    out.println(
        number(
            "From the start of a JVM to the first prediction: %.2f s", speed.coldStartSeconds()));
  }

  private static String number(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }
}
