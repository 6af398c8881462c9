package io.scenerank.cli;

import io.scenerank.bench.Gemm;
import io.scenerank.bench.GemmShare;
import io.scenerank.bench.TrainingSteps;
import io.scenerank.bench.WarmUp;
import io.scenerank.config.ConfigMapper;
import io.scenerank.eval.TextTable;
import io.scenerank.model.ModelDefinition;
import io.scenerank.train.optimizer.OptimizerType;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Times steps of training. */
@Command(
    name = "training",
    mixinStandardHelpOptions = true,
    description = {
      "Time steps of training on rows in memory, and matrix products in turn with them.",
      "The share is that of the machine's matrix products which the model's formulas ask for."
    })
final class BenchTrainingCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private OutputOptions output;
  @Mixin private RuntimeOptions runtime;
  @Mixin private BenchModelOptions bench;
  @Mixin private BenchWorkerOptions worker;

  @Option(
      names = "--optimizer",
      paramLabel = "NAME",
      defaultValue = "lazy_adam",
      description = "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
  private OptimizerType optimizer;

  @Option(
      names = "--batch-size",
      paramLabel = "N",
      defaultValue = "1024",
      description = "Rows a step. Default: ${DEFAULT-VALUE}.")
  private int batchSize;

  @Option(
      names = "--rows",
      paramLabel = "N",
      defaultValue = "20480",
      description = "Rows of an epoch, a multiple of the batch size. Default: ${DEFAULT-VALUE}.")
  private int rows;

  @Option(
      names = "--rows-of-video-id",
      paramLabel = "N",
      defaultValue = "100000",
      description = "Rows of the table video_id. Default: ${DEFAULT-VALUE}.")
  private int rowsOfVideoId;

  @Override
  public Integer call() throws IOException {
    double seconds = bench.seconds();
    WarmUp warmUp = bench.warmUp();
    RuntimeOptions.Compute compute = runtime.compute();
    ModelDefinition<?> definition = bench.definition(rowsOfVideoId);
    TrainingSteps.Options options =
        new TrainingSteps.Options(
            optimizer, batchSize, rows, bench.seed, compute.device(), compute.threads());
    PrintWriter out = spec.commandLine().getOut();
    try (TrainingSteps training = new TrainingSteps(definition.type().name(), definition, options);
        Gemm gemm = new Gemm(compute.device(), compute.threads())) {
      warmUp.run(training);
      if (worker.worker) {
        worker.serve(List.of(training), gemm, out);
      } else {
        print(GemmShare.measure(training, gemm, seconds), definition, out);
      }
    }
    out.flush();
    return ScenerankCommand.GOOD;
  }

  private void print(GemmShare speed, ModelDefinition<?> definition, PrintWriter out) {
    if (output.json) {
      out.println(new ConfigMapper().toJson(speed));
      return;
    }
    out.print(
        TextTable.withHeader(
                "model", "columns", "ms a step", "rows/s", "GEMM GFLOP/s", "share of GEMM")
            .plus(
                speed.workload(),
                Integer.toString(definition.columns().size()),
                number("%.2f", speed.medianMs()),
                number("%,.0f", speed.rowsPerSecond()),
                number("%.1f", speed.gemmGigaflops()),
                number("%.1f%%", 100 * speed.share()))
            .render());
  }

  private static String number(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }
}
